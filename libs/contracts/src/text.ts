import { z } from 'zod';

/** NUL can't be stored by PostgreSQL, lone surrogates are not UTF-8, other control characters only deceive a reader. */
const isCleanLine = (value: string): boolean => value.isWellFormed() && !/[\p{Cc}\u2028\u2029]/u.test(value);
const isCleanText = (value: string): boolean => value.isWellFormed() && !/[\p{Cc}--[\n\r\t]]/v.test(value);

/** One line a person typed: trimmed, 1 to `maximum` characters, no control characters. */
export const line = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .refine(isCleanLine, { error: 'Control characters and unpaired surrogates are not allowed', abort: true })
    .trim()
    .min(1);

/** Text of several lines, e.g. PEM or a note: up to `maximum` characters. */
export const multilineText = (maximum: number) =>
  z.string().max(maximum).refine(isCleanText, 'Control characters and unpaired surrogates are not allowed');

export const Uuid = z.uuid().meta({ description: 'UUIDv7', example: '0199c0de-7c1e-7000-8000-3f1f5e3a9b10' });
export const Timestamp = z.iso
  .datetime()
  // ISO 8601 has a year 0, PostgreSQL has not.
  .refine((value) => !value.startsWith('0000'), 'The year must be 1 to 9999')
  .meta({ description: 'RFC 3339, UTC', example: '2026-11-24T12:00:00.000Z' });
export const Email = z
  .string()
  .max(254)
  .refine(isCleanLine, { error: 'Control characters and unpaired surrogates are not allowed', abort: true })
  .trim()
  .toLowerCase()
  .pipe(z.email())
  .meta({ example: 'ada@example.com' });
