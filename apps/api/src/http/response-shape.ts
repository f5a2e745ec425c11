import { z } from 'zod';

/** The path of the first member that does not fit, or undefined when all do. */
export type ShapeCheck = (value: unknown) => string | undefined;

/**
 * Compiles a response schema into a check of its shape alone: every member is listed, none is missing, each has its
 * type. That is what must hold for each answer of a running server, at a twentieth of the cost of the whole schema, whose
 * patterns were checked when the values came in. Tests check the whole schema.
 */
export const compileShape = (schema: z.ZodType): ShapeCheck => compile(schema);

const fits: ShapeCheck = () => undefined;
const misfit = '(value)';
const when =
  (holds: (value: unknown) => boolean): ShapeCheck =>
  (value) =>
    holds(value) ? undefined : misfit;

const compile = (schema: z.core.$ZodType): ShapeCheck => {
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) {
    return when((value) => typeof value === 'string');
  }
  if (schema instanceof z.ZodNumber) return when((value) => typeof value === 'number' && Number.isFinite(value));
  if (schema instanceof z.ZodBoolean) return when((value) => typeof value === 'boolean');
  if (schema instanceof z.ZodNull) return when((value) => value === null);
  if (schema instanceof z.ZodUnknown) return fits;
  if (schema instanceof z.ZodEnum) return oneOf(new Set(schema.options));
  if (schema instanceof z.ZodLiteral) return oneOf(schema.values);
  if (schema instanceof z.ZodNullable) return unless(null, compile(schema.unwrap()));
  if (schema instanceof z.ZodOptional) return unless(undefined, compile(schema.unwrap()));
  if (schema instanceof z.ZodArray) return arrayOf(compile(schema.element));
  if (schema instanceof z.ZodRecord) return recordOf(compile(schema.valueType));
  if (schema instanceof z.ZodObject) return objectOf(schema);
  if (schema instanceof z.ZodUnion) return anyOf(schema.options.map(compile));
  // Whatever has no cheap equivalent is checked in full.
  return (value) => (z.safeParse(schema, value).success ? undefined : misfit);
};

const oneOf = (values: ReadonlySet<unknown>): ShapeCheck => when((value) => values.has(value));
const unless =
  (exception: null | undefined, check: ShapeCheck): ShapeCheck =>
  (value) =>
    value === exception ? undefined : check(value);
const anyOf =
  (checks: readonly ShapeCheck[]): ShapeCheck =>
  (value) =>
    checks.some((check) => check(value) === undefined) ? undefined : misfit;

const arrayOf =
  (check: ShapeCheck): ShapeCheck =>
  (value) => {
    if (!Array.isArray(value)) return misfit;
    for (let index = 0; index < value.length; index += 1) {
      const wrong = check(value[index]);
      if (wrong !== undefined) return `${index}.${wrong}`;
    }
    return undefined;
  };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const recordOf =
  (check: ShapeCheck): ShapeCheck =>
  (value) => {
    if (!isRecord(value)) return misfit;
    for (const name in value) {
      const wrong = check(value[name]);
      if (wrong !== undefined) return `${name}.${wrong}`;
    }
    return undefined;
  };

const objectOf = (schema: z.ZodObject): ShapeCheck => {
  const members = Object.entries(schema.shape).map(([name, member]) => [name, compile(member)] as const);
  const known = new Set(members.map(([name]) => name));
  const isOpen = schema.def.catchall !== undefined && !(schema.def.catchall instanceof z.ZodNever);
  return (value) => {
    if (!isRecord(value)) return misfit;
    for (const [name, check] of members) {
      const wrong = check(value[name]);
      if (wrong !== undefined) return `${name}.${wrong}`;
    }
    // A plain object would let Zod drop what is not listed; nothing is dropped here, so nothing may be there.
    if (!isOpen) for (const name in value) if (!known.has(name)) return `${name} (unlisted)`;
    return undefined;
  };
};
