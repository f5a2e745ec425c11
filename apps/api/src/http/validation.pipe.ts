import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { ValidationFailed } from '@plimsoll/contracts';
import type { FieldError } from '@plimsoll/contracts';
import { z } from 'zod';
import { plainMessageOf } from './plain-message.ts';
import { printable } from './strict-json.ts';

/** So many are named; the rest would only repeat. */
const errorLimit = 50;

/**
 * Checks what a parameter declares by `@Body({ schema })`, `@Query({ schema })` and `@Param('id', { schema })`.
 * Beyond Nest's own pipe it knows where a value came from, and names unknown members, for which Zod leaves the path of
 * the object and a list of keys.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { schema, type, data }: ArgumentMetadata): unknown {
    if (schema === undefined || type === 'custom') return value;
    if (!(schema instanceof z.ZodType)) throw new TypeError('Parameters are declared by schemas of Zod');
    const result = schema.safeParse(value, { error: plainMessageOf });
    if (result.success) return result.data;
    const place = type === 'param' ? 'path' : type;
    const prefix = typeof data === 'string' ? [data] : [];
    const errors = result.error.issues
      .flatMap((issue) => [...fieldErrorsOf(issue, prefix, place)])
      .slice(0, errorLimit);
    throw new ValidationFailed({}, { errors });
  }
}

function* fieldErrorsOf(
  issue: z.core.$ZodIssue,
  prefix: readonly string[],
  place: FieldError['in'],
): Generator<FieldError> {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys)
      yield {
        field: fieldOf([...path, key || '(empty name)'], place),
        in: place,
        message: 'Unknown field: leave it out.',
      };
  } else yield { field: fieldOf(path, place), in: place, message: printable(issue.message) };
}

/** The whole body or query goes by its own name: there is no member to point at. */
const fieldOf = (path: readonly PropertyKey[], place: FieldError['in']): string =>
  printable(path.map(String).join('.')) || place;
