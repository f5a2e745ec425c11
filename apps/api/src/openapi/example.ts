import type { JsonSchema } from './types.ts';

const componentPrefix = '#/components/schemas/';
const formats: Readonly<Record<string, string>> = {
  'date-time': '2026-11-24T12:00:00.000Z',
  date: '2026-11-24',
  uuid: '0199c0de-7c1e-7000-8000-3f1f5e3a9b10',
  email: 'ada@example.com',
  uri: 'https://example.com/',
};

/** A value that the schema accepts, as telling as the schema's own examples are. */
export const exampleOf = (schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): unknown => {
  const own = schema['example'] ?? (Array.isArray(schema['examples']) ? schema['examples'][0] : undefined);
  if (own !== undefined) return own;
  if (schema['default'] !== undefined) return schema['default'];
  if (schema['const'] !== undefined) return schema['const'];
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  const reference = schema['$ref'];
  if (typeof reference === 'string') {
    return exampleOf(components[reference.slice(componentPrefix.length)] ?? {}, components);
  }
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices)) {
    return exampleOf(choices.filter(isSchema).find((choice) => choice['type'] !== 'null') ?? {}, components);
  }
  return exampleOfType(schema, components);
};

const exampleOfType = (schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): unknown => {
  const { type } = schema;
  // What may be null as well has a list of types.
  switch (Array.isArray(type) ? type.find((one) => one !== 'null') : type) {
    case 'object':
      return exampleObject(schema, components);
    case 'array':
      return isSchema(schema['items']) ? [exampleOf(schema['items'], components)] : [];
    case 'integer':
    case 'number':
      return typeof schema['minimum'] === 'number' ? Math.max(schema['minimum'], 1) : 1;
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return formats[String(schema['format'])] ?? 'text';
  }
};

const exampleObject = (schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>): unknown => {
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  return Object.fromEntries(
    properties.map(([name, property]) => [name, isSchema(property) ? exampleOf(property, components) : null]),
  );
};

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
