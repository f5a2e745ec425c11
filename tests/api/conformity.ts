import { z } from 'zod';
import type { JsonSchema, ResponseObject } from '../../apps/api/src/openapi/types.ts';
import { apiDocument, operations } from './operations.ts';
import type { Answer } from './wire.ts';

/** A documented schema, to check values with. */
export const zodOf = (schema: JsonSchema): z.ZodType => {
  const withDefinitions: unknown = JSON.parse(
    JSON.stringify({ ...schema, $defs: apiDocument.components.schemas }).replaceAll(
      '#/components/schemas/',
      '#/$defs/',
    ),
  );
  return z.fromJSONSchema(z.looseObject({}).parse(withDefinitions));
};

/** By operation, status and media type: converting one takes longer than sending a request. */
const compiled = new Map<string, z.ZodType>();

/** The documented schema of an answer; undefined where that media type is not documented. */
export const answerSchema = (id: string, status: number, mediaType: string): z.ZodType | undefined => {
  const key = `${id} ${status} ${mediaType}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const documented = responseOf(id, status)?.content?.[mediaType];
  if (documented === undefined) return undefined;
  const schema = zodOf(documented.schema);
  compiled.set(key, schema);
  return schema;
};

const responseOf = (id: string, status: number): ResponseObject | undefined =>
  operations.find((operation) => operation.id === id)?.operation.responses[status];

/** Headers that a documented answer always carries; the others depend on what happened. */
const alwaysSent = ['X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'ETag', 'Location', 'Retry-After'];

/**
 * How an answer departs from what the document promises of the operation: its status, media type, headers and body,
 * problems included. Undefined for one that keeps to it.
 */
export const departureOf = (id: string, answer: Answer): string | undefined => {
  const { status, headers, text } = answer;
  const documented = responseOf(id, status);
  if (documented === undefined) return `${id} answers ${status}, which is not documented: ${text}`;
  for (const name of alwaysSent) {
    const isDue = documented.headers?.[name] !== undefined;
    if (isDue && headers[name.toLowerCase()] === undefined) return `${id} answers ${status} without ${name}`;
  }
  const mediaType = (headers['content-type'] ?? '').split(';')[0] ?? '';
  if (documented.content === undefined) return text === '' ? undefined : `${id} answers ${status} with a body: ${text}`;
  const schema = answerSchema(id, status, mediaType);
  if (schema === undefined) return `${id} answers ${status} as "${mediaType}", which is not documented`;
  const error = schema.safeParse(mediaType === 'text/event-stream' ? text : answer.body).error;
  return error === undefined ? undefined : `${id} answers ${status} with ${text}\n${z.prettifyError(error)}`;
};
