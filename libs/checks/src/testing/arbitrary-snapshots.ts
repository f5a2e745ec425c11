import { HostSnapshot } from '@plimsoll/snapshot';
import fc from 'fast-check';
import type { z } from 'zod';
import { interestingKeys, interestingStrings } from './interesting-values.ts';
import { type Json, copyOf, isObject } from './json.ts';
import { asOneHost } from './one-host.ts';

/** What of zod's definitions of schemas is read here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly keyType?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly values?: readonly Json[];
  readonly entries?: Readonly<Record<string, string>>;
}
const definitionOf = (schema: z.core.$ZodType | undefined): Definition => {
  if (schema === undefined) throw new Error('a schema without the part that its type promises');
  return schema._zod.def;
};

/** Where in the snapshot a value stands: the names of the fields that lead to it, without list positions. */
type Path = readonly string[];

/** In place of a field's value: of no type that any field of the schema takes. */
const wrongType: Json = [[[{}]]];

interface Style {
  /** How a lenient field is filled, given what the schema would take there. */
  readonly field: (fitting: fc.Arbitrary<Json>) => fc.Arbitrary<Json>;
  /** A part of the snapshot: its value, or missing. */
  readonly part: (value: fc.Arbitrary<Json>, missing: fc.Arbitrary<Json>) => fc.Arbitrary<Json>;
  readonly maxLength: number;
}

/** JSON that the snapshot's schema takes, made from the schema itself, so that new fields are covered without a word. */
const jsonFor = (schema: z.core.$ZodType | undefined, path: Path, style: Style): fc.Arbitrary<Json> => {
  const definition = definitionOf(schema);
  const inner = (next: z.core.$ZodType | undefined, name?: string): fc.Arbitrary<Json> =>
    jsonFor(next, name === undefined ? path : [...path, name], style);
  switch (definition.type) {
    case 'catch':
      return style.field(inner(definition.innerType));
    case 'optional':
      return inner(definition.innerType);
    case 'nullable':
      return fc.oneof(
        { weight: 1, arbitrary: fc.constant(null) },
        { weight: 6, arbitrary: inner(definition.innerType) },
      );
    case 'string':
      return fc.constantFrom(...interestingStrings(path));
    case 'number':
      return fc.constantFrom(0, -1, 1, 2, 200, 1024, 1.5, 2 ** 31, 2 ** 40, Number.MAX_SAFE_INTEGER);
    case 'boolean':
      return fc.boolean();
    case 'unknown':
      return fc.constant({});
    case 'literal':
      return fc.constantFrom(...(definition.values ?? []));
    case 'enum':
      return fc.constantFrom(...Object.values(definition.entries ?? {}));
    case 'array':
      return fc.array(inner(definition.element), { maxLength: style.maxLength });
    case 'record':
      return fc.dictionary(fc.constantFrom(...interestingKeys(path)), inner(definition.valueType), {
        maxKeys: style.maxLength,
      });
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(definition.shape ?? {}).map(([name, field]) => [name, inner(field, name)])),
      );
    case 'union':
      return partJson(definition, inner, style);
    default:
      throw new Error(`no snapshot had a schema of type ${definition.type} before: teach this generator`);
  }
};

const partJson = (
  { options }: Definition,
  inner: (schema: z.core.$ZodType | undefined) => fc.Arbitrary<Json>,
  style: Style,
): fc.Arbitrary<Json> => {
  const value = definitionOf(options?.[0]).shape?.['value'];
  const missing = inner(options?.[1]);
  if (definitionOf(value).type === 'never') return missing;
  return style.part(
    inner(value).map((given) => ({ value: given })),
    missing,
  );
};

const parsed = (json: fc.Arbitrary<Json>): fc.Arbitrary<HostSnapshot> => json.map((value) => HostSnapshot.parse(value));

/** Snapshots of which every field was seen and is of the right type, though its value may be nonsense. */
const seenJson = jsonFor(HostSnapshot, [], { field: (fitting) => fitting, part: (value) => value, maxLength: 3 });

/** Snapshots with parts missing, and fields that are absent, of a wrong type, or any JSON whatever. */
export const brokenSnapshots: fc.Arbitrary<HostSnapshot> = parsed(
  jsonFor(HostSnapshot, [], {
    field: (fitting) =>
      fc.oneof(
        { weight: 6, arbitrary: fitting },
        { weight: 1, arbitrary: fc.constant(wrongType) },
        { weight: 1, arbitrary: fc.constant(null) },
        {
          weight: 1,
          arbitrary: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
        },
      ),
    part: (value, missing) => fc.oneof({ weight: 6, arbitrary: value }, { weight: 1, arbitrary: missing }),
    maxLength: 3,
  }),
);

/** A place in a snapshot's JSON that can be made unseen. */
interface Site {
  readonly holder: Record<string, Json>;
  readonly name: string;
  readonly path: string;
  readonly isPart: boolean;
}

const sitesIn = (schema: z.core.$ZodType | undefined, json: Json | undefined, path: Path): Site[] => {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'catch':
    case 'optional':
    case 'nullable':
      return sitesIn(definition.innerType, json, path);
    case 'array':
      return Array.isArray(json) ? json.flatMap((item) => sitesIn(definition.element, item, path)) : [];
    case 'record':
      return isObject(json) ? Object.values(json).flatMap((item) => sitesIn(definition.valueType, item, path)) : [];
    case 'union':
      return isObject(json) && 'value' in json
        ? sitesIn(definitionOf(definition.options?.[0]).shape?.['value'], json['value'], path)
        : [];
    case 'object':
      if (!isObject(json)) return [];
      return Object.entries(definition.shape ?? {}).flatMap(([name, field]) => {
        const { type } = definitionOf(field);
        const here: Site = { holder: json, name, path: [...path, name].join('.'), isPart: type === 'union' };
        return [
          ...(type === 'catch' || type === 'union' ? [here] : []),
          ...sitesIn(field, json[name], [...path, name]),
        ];
      });
    default:
      return [];
  }
};

export interface PartlyHidden {
  readonly seen: HostSnapshot;
  /** What may be hidden, by its place, e.g. `containers.inspect.HostConfig.Privileged`. */
  readonly hidden: readonly { readonly path: string; readonly site: number }[];
  /** The same host, of which less was seen: these fields are of a wrong type, these parts missing. */
  readonly without: (sites: readonly { readonly site: number }[]) => HostSnapshot;
}

/**
 * A host of which all was seen, and a choice of what might not have been.
 * @param kept what is never hidden, with all that lies inside
 */
export const partlyHidden = (kept: readonly string[]): fc.Arbitrary<PartlyHidden> =>
  fc.tuple(seenJson.map(asOneHost), fc.array(fc.nat(), { minLength: 1, maxLength: 12 })).map(([json, picks]) => {
    const sites = sitesIn(HostSnapshot, json, []);
    const isKept = (path: string): boolean => kept.some((place) => path === place || path.startsWith(`${place}.`));
    const hidden = [...new Set(picks.map((pick) => pick % sites.length))].flatMap((site) => {
      const path = sites[site]?.path;
      return path === undefined || isKept(path) ? [] : [{ path, site }];
    });
    const without: PartlyHidden['without'] = (chosen) => {
      const copy = copyOf(json);
      const sitesOfCopy = sitesIn(HostSnapshot, copy, []);
      for (const { site } of chosen) {
        const found = sitesOfCopy[site];
        if (found !== undefined)
          found.holder[found.name] = found.isPart ? { missing: 'denied', detail: '403 Forbidden' } : wrongType;
      }
      return HostSnapshot.parse(copy);
    };
    return { seen: HostSnapshot.parse(json), hidden, without };
  });
