import { z } from 'zod';

/** Why a part of a snapshot could not be had. */
export const MissingReason = z.enum([
  'denied', // 401 or 403: a gate or an authorization plugin refused it
  'not-found', // 404: this engine has no such endpoint or thing
  'timed-out',
  'too-large',
  'malformed',
  'engine-error', // any other status from the engine
  'connection-lost',
  'not-supported', // the engine's API version or kind can't do it
  'not-requested', // a setting of the host or of the scan switched it off
  'cancelled',
]);
export type MissingReason = z.infer<typeof MissingReason>;

export const Missing = z.object({ missing: MissingReason, detail: z.string() });
export type Missing = z.infer<typeof Missing>;

/** A part is its value, or the reason why it is missing: never an empty default. */
export const part = <T extends z.ZodType>(value: T) => z.union([z.object({ value }), Missing]);
export type Part<T> = { value: T } | Missing;

export const isMissing = <T>(candidate: Part<T>): candidate is Missing => 'missing' in candidate;
/** The value of a part, or `undefined` where it is missing. */
export const valueOf = <T>(candidate: Part<T> | undefined): T | undefined =>
  candidate === undefined || 'missing' in candidate ? undefined : candidate.value;
