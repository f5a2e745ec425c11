import { Injectable } from '@nestjs/common';
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { ValidationFailed } from '@plimsoll/contracts';
import type { FieldError } from '@plimsoll/contracts';
import type { z } from 'zod';
import { printable } from './strict-json.ts';

type StandardSchema = NonNullable<ArgumentMetadata['schema']>;
type Issue = NonNullable<
  Extract<Awaited<ReturnType<StandardSchema['~standard']['validate']>>, { issues: object }>['issues']
>[number];

/** So many are named; the rest would only repeat. */
const errorLimit = 50;

/**
 * Checks what a parameter declares by `@Body({ schema })`, `@Query({ schema })` and `@Param('id', { schema })`.
 * Beyond Nest's own pipe it knows where a value came from, and names unknown members, for which Zod leaves the path of
 * the object and a list of keys.
 */
@Injectable()
export class ValidationPipe implements PipeTransform {
  async transform(value: unknown, { schema, type, data }: ArgumentMetadata): Promise<unknown> {
    if (schema === undefined || type === 'custom') return value;
    const result = await schema['~standard'].validate(value);
    if (result.issues === undefined) return result.value;
    const place = type === 'param' ? 'path' : type;
    const prefix = typeof data === 'string' ? [data] : [];
    const errors = result.issues.flatMap((issue) => [...fieldErrorsOf(issue, prefix, place)]).slice(0, errorLimit);
    throw new ValidationFailed({}, { errors });
  }
}

function* fieldErrorsOf(issue: Issue, prefix: readonly string[], place: FieldError['in']): Generator<FieldError> {
  const path = [...prefix, ...(issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part))];
  if (isUnrecognized(issue)) {
    for (const key of issue.keys)
      yield { field: fieldOf([...path, key || '(empty name)'], place), in: place, message: 'Unknown field' };
  } else yield { field: fieldOf(path, place), in: place, message: printable(issue.message) };
}

const isUnrecognized = (issue: Issue): issue is Issue & z.core.$ZodIssueUnrecognizedKeys =>
  'code' in issue && issue.code === 'unrecognized_keys' && 'keys' in issue;

/** The whole body or query goes by its own name: there is no member to point at. */
const fieldOf = (path: readonly PropertyKey[], place: FieldError['in']): string =>
  printable(path.map(String).join('.')) || place;
