import { z } from 'zod';

/**
 * A field as the engine should send it. Absent, or of a type that the Engine API does not document: `undefined`,
 * so that a lying or odd host turns into "not seen" and never into a crash or a silent pass.
 */
export const lenient = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);

/** Like {@link lenient}, where the engine's `null` has a meaning of its own (e.g. `PidsLimit: null` is "no limit"). */
export const lenientNullable = <T extends z.ZodType>(schema: T) => schema.nullable().optional().catch(undefined);

export const text = lenient(z.string());
export const number = lenient(z.number());
export const flag = lenient(z.boolean());
/** A list whose `null` means empty, as Go encodes an empty slice; `undefined` when not seen or of a wrong type. */
export const list = <T extends z.ZodType>(item: T) => lenientNullable(z.array(item));
export const textList = list(z.string());
export const textMap = lenientNullable(z.record(z.string(), z.string()));
