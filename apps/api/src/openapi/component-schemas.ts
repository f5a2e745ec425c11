import { z } from 'zod';
import type { JsonSchema } from './types.ts';

type Direction = 'input' | 'output';

const prefix = '#/$defs/';
const JsonSchemaWithDefinitions = z.looseObject({ $defs: z.record(z.string(), z.looseObject({})).default({}) });

/**
 * Turns Zod schemas into JSON Schema, with one component for each schema that has an `id`. A schema with defaults looks
 * different to a writer and to a reader: where both are needed, the writer's is called `…Input`.
 */
export class ComponentSchemas {
  readonly #definitions: Record<Direction, Map<string, JsonSchema>> = { input: new Map(), output: new Map() };
  /** Problems and ids occur in nearly every route. */
  readonly #converted: Record<Direction, Map<z.ZodType, z.infer<typeof JsonSchemaWithDefinitions>>> = {
    input: new Map(),
    output: new Map(),
  };
  /** Filled when first asked for, after everything was learnt. */
  #differing: Set<string> | undefined;
  #components: Record<string, JsonSchema> | undefined;

  /** First pass: every schema that will be converted, since names depend on all of them. */
  learn(schema: z.ZodType, direction: Direction): void {
    const { $defs } = this.#convert(schema, direction);
    for (const [name, definition] of Object.entries($defs)) this.#definitions[direction].set(name, definition);
    this.#differing = undefined;
    this.#components = undefined;
  }

  /** Second pass: a schema that refers to components, or is a reference itself. */
  schemaOf(schema: z.ZodType, direction: Direction): JsonSchema {
    const { properties } = this.#convert(schema, direction);
    const root = z.looseObject({ root: z.looseObject({}) }).parse(properties).root;
    return this.#rename(root, direction);
  }

  /** All components, by name. */
  components(): Record<string, JsonSchema> {
    this.#components ??= this.#nameComponents();
    return this.#components;
  }

  #nameComponents(): Record<string, JsonSchema> {
    const components = new Map<string, JsonSchema>();
    for (const direction of ['output', 'input'] as const) {
      for (const [name, definition] of this.#definitions[direction]) {
        components.set(this.#nameOf(name, direction), this.#rename(definition, direction));
      }
    }
    return Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  #convert(schema: z.ZodType, direction: Direction): z.infer<typeof JsonSchemaWithDefinitions> {
    const known = this.#converted[direction].get(schema);
    if (known !== undefined) return known;
    const converted = convert(schema, direction);
    this.#converted[direction].set(schema, converted);
    return converted;
  }

  /** Names whose two sides differ, themselves or in what they refer to. */
  #findDiffering(): Set<string> {
    const { input, output } = this.#definitions;
    const shared = [...input.keys()].filter((name) => output.has(name));
    const differing = new Set(
      shared.filter((name) => JSON.stringify(input.get(name)) !== JSON.stringify(output.get(name))),
    );
    for (let before = -1; before !== differing.size;) {
      before = differing.size;
      for (const name of shared) {
        const text = JSON.stringify(input.get(name));
        if ([...differing].some((other) => text.includes(`"${prefix}${other}"`))) differing.add(name);
      }
    }
    return differing;
  }

  #nameOf(name: string, direction: Direction): string {
    this.#differing ??= this.#findDiffering();
    return direction === 'input' && this.#differing.has(name) ? `${name}Input` : name;
  }

  #rename(schema: JsonSchema, direction: Direction): JsonSchema {
    const renamed: unknown = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
      key === '$ref' && typeof value === 'string' && value.startsWith(prefix)
        ? `#/components/schemas/${this.#nameOf(value.slice(prefix.length), direction)}`
        : value,
    );
    return z.looseObject({}).parse(renamed);
  }
}

/** Wrapped in an object, so that a schema with an `id` becomes a definition like any other. */
const convert = (schema: z.ZodType, direction: Direction): z.infer<typeof JsonSchemaWithDefinitions> =>
  JsonSchemaWithDefinitions.parse(
    z.toJSONSchema(z.object({ root: schema }), { io: direction, target: 'draft-2020-12', unrepresentable: 'any' }),
  );
