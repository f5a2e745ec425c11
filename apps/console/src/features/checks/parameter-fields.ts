/** How a parameter is typed in, worked out from its JSON Schema. */
export type ParameterField =
  | { readonly kind: 'switch' }
  | { readonly kind: 'number'; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: 'text' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'list' }
  /** Whatever has no better field: as JSON. */
  | { readonly kind: 'json' };

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const numberIn = (schema: Schema, name: string): number | undefined =>
  typeof schema[name] === 'number' ? schema[name] : undefined;

export const fieldOf = (schema: unknown): ParameterField => {
  if (!isSchema(schema)) return { kind: 'json' };
  const choices = schema['enum'];
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string')) {
    return { kind: 'choice', choices };
  }
  switch (schema['type']) {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer':
    case 'number':
      return { kind: 'number', minimum: numberIn(schema, 'minimum'), maximum: numberIn(schema, 'maximum') };
    case 'string':
      return { kind: 'text' };
    case 'array':
      return isSchema(schema['items']) && schema['items']['type'] === 'string' && !('enum' in schema['items'])
        ? { kind: 'list' }
        : { kind: 'json' };
    default:
      return { kind: 'json' };
  }
};

/** The parameters that a check's schema names, with how each is typed in. */
export const fieldsOf = (schema: unknown): (readonly [string, ParameterField])[] =>
  isSchema(schema) && isSchema(schema['properties'])
    ? Object.entries(schema['properties']).map(([name, property]) => [name, fieldOf(property)] as const)
    : [];

/** `minimumDays` as a person reads it: `Minimum days`. */
export const labelOf = (name: string): string => {
  const words = name.replaceAll(/([a-z])([A-Z])/gu, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** What is to be stored: all that differs from the defaults. */
export const differing = (
  current: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(current).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name])),
  );
