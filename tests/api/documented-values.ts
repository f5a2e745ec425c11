import fc from 'fast-check';
import type { JsonSchema } from '../../apps/api/src/openapi/types.ts';
import { isSchema, membersOf, resolved } from './operations.ts';

/** Texts that have broken something somewhere: encodings, scripts, numbers in disguise, other people's syntax. */
const strangeTexts = [
  '',
  ' ',
  '0',
  '-1',
  'null',
  '%',
  '_',
  '\\',
  "'; DROP TABLE hosts; --",
  '${7*7}',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '\u{1f469}\u200d\u{1f680}',
  '\u202egnp.exe',
  'e\u0301',
  '\u{fdfa}',
  'İ',
  'x'.repeat(300),
  'a\u0000b',
  '\ud800',
  '__proto__',
  'constructor',
];
const strangeText = fc.oneof(
  fc.constantFrom(...strangeTexts),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Addresses that are answered at once and by no machine of anybody's: tests contact nothing else. */
const harmlessAddresses = [
  'tcp://127.0.0.1:1',
  'tcp://[::1]:1',
  'tcp://169.254.169.254:2376',
  'tcp://[::ffff:169.254.169.254]:2376',
  'tcp://0.0.0.0:0',
  'tcp://127.1:99999',
  'unix:///var/run/docker.sock',
];
const harmlessUrls = [
  'https://1.1.1.1/hook',
  'http://127.0.0.1/',
  'http://[::ffff:7f00:1]/',
  'https://0x7f.1/',
  'https://2130706433/',
  'https://user:password@1.1.1.1/',
  'https://1.1.1.1:0/',
  'javascript:alert(1)',
  'https://[fe80::1%25eth0]/',
];

/** Places that the schema leaves more open than a test may be. */
const byName: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  address: fc.constantFrom(...harmlessAddresses),
  url: fc.constantFrom(...harmlessUrls),
  email: fc.oneof({ weight: 4, arbitrary: fc.emailAddress() }, strangeText),
  label: fc.constantFrom('team', 'team=a', 'team=a,b', '=', ',', 'team=%', strangeTexts[8] ?? ''),
  severity: fc.constantFrom('high', 'high,low', 'high,high', ',', 'HIGH'),
  theme: fc.constantFrom('host', 'host,images', 'nonsense'),
};

/** Values that a documented schema takes, mostly. */
export const documentedValue = (schema: JsonSchema, name = '', ids: readonly string[] = []): fc.Arbitrary<unknown> => {
  const special = byName[name];
  if (special !== undefined) return special;
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...schema['enum']);
  if (Array.isArray(schema['anyOf'])) {
    return fc.oneof(...schema['anyOf'].filter(isSchema).map((one) => documentedValue(resolved(one), name, ids)));
  }
  switch (schema['type']) {
    case 'string':
      return documentedText(schema, ids);
    case 'integer':
    case 'number':
      return fc.integer({ min: limit(schema, 'minimum', -10), max: limit(schema, 'maximum', 10_000) });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(
        isSchema(schema['items']) ? documentedValue(resolved(schema['items']), '', ids) : fc.jsonValue(),
        {
          minLength: limit(schema, 'minItems', 0),
          maxLength: Math.min(limit(schema, 'maxItems', 5), 5),
        },
      );
    case 'object':
      return documentedObject(schema, ids);
    default:
      return fc.jsonValue();
  }
};

const documentedObject = (schema: JsonSchema, ids: readonly string[]): fc.Arbitrary<unknown> => {
  const members = membersOf(schema);
  const { additionalProperties, required } = schema;
  if (members.length === 0 && isSchema(additionalProperties)) {
    const names = fc.oneof(fc.constantFrom('team', 'environment', 'a.b/c-d_e'), strangeText);
    return fc.dictionary(names, documentedValue(resolved(additionalProperties), '', ids), { maxKeys: 4 });
  }
  const values = members.map(([name, member]) => [name, documentedValue(member, name, ids)] as const);
  const needed = members.map(([name]) => name).filter((name) => Array.isArray(required) && required.includes(name));
  return fc.record(Object.fromEntries(values), { requiredKeys: needed });
};

const documentedText = (schema: JsonSchema, ids: readonly string[]): fc.Arbitrary<string> => {
  if (schema['format'] === 'uuid') return fc.oneof(fc.constantFrom(...ids), fc.uuid());
  if (schema['format'] === 'date-time') {
    const strange = ['0000-01-01T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z'];
    const dates = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') });
    return fc.oneof(
      fc.constantFrom(...strange),
      dates.map((date) => date.toISOString()),
    );
  }
  const minLength = limit(schema, 'minLength', 0);
  const plain = fc.string({ minLength, maxLength: Math.max(minLength, Math.min(limit(schema, 'maxLength', 40), 40)) });
  return fc.oneof({ weight: 3, arbitrary: plain }, strangeText);
};

const limit = (schema: JsonSchema, keyword: string, otherwise: number): number => {
  const value = schema[keyword];
  return typeof value === 'number' && Math.abs(value) < 2 ** 31 ? value : otherwise;
};

/** The same value with something wrong in it, somewhere: another type, a member more or less, or a strange text. */
export const mutated = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(values, fc.nat(), fc.oneof(fc.jsonValue({ maxDepth: 2 }), strangeText)).map(([value, at, intruder]) => {
    if (typeof value !== 'object' || value === null) return intruder;
    const names = [...Object.keys(value), 'surplus'];
    const name = names[at % names.length] ?? 'surplus';
    if (Array.isArray(value)) return [...value.slice(0, at % 3), intruder];
    const { [name]: _old, ...others }: Record<string, unknown> = { ...value };
    return at % 5 === 0 ? others : { ...others, [name]: intruder };
  });

/** A query string of some of the declared parameters, sometimes twice, sometimes with one that is not declared. */
export const documentedQuery = (
  parameters: readonly { readonly name: string; readonly schema: JsonSchema }[],
  ids: readonly string[],
): fc.Arbitrary<string> => {
  const known = parameters.map(({ name, schema }) =>
    fc.tuple(fc.constant(name), fc.oneof(documentedValue(resolved(schema), name, ids), strangeText)),
  );
  const stranger = fc.tuple(fc.oneof(fc.constant('surplus'), strangeText), strangeText);
  const pairs =
    known.length === 0 ? stranger : fc.oneof(...known.map((pair) => ({ weight: 8, arbitrary: pair })), stranger);
  return fc
    .array(pairs, { maxLength: 3 })
    .map((list) => list.map(([name, value]) => `${escaped(name)}=${escaped(String(value))}`).join('&'));
};

/** As a client would write it; half characters become what their bytes would be. */
const escaped = (text: string): string =>
  text.isWellFormed()
    ? encodeURIComponent(text)
    : encodeURIComponent(text.toWellFormed()).replaceAll('%EF%BF%BD', '%ED%A0%80');
