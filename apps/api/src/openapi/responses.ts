import { ProblemDocument } from '@plimsoll/contracts';
import { STATUS_CODES } from 'node:http';
import type { ProblemDescription } from '../http/endpoint.decorator.ts';
import { problemMediaType } from '../http/problem-response.ts';
import type { Route } from '../http/route.ts';
import type { ComponentSchemas } from './component-schemas.ts';
import { exampleOf } from './example.ts';
import { problemsOf } from './implied-problems.ts';
import type { Content, Header, JsonSchema, ResponseObject } from './types.ts';

const text: JsonSchema = { type: 'string' };
const headers = {
  'X-Request-Id': { description: 'Names this request in our log; yours, if you sent one.', schema: text },
  'RateLimit-Policy': { description: 'The limits that count this request: quota and window in seconds.', schema: text },
  RateLimit: { description: 'What is left of each limit, and for how many seconds.', schema: text },
  ETag: { description: 'Names this state; for `If-None-Match`, and for `If-Match` on an update.', schema: text },
  Location: { description: 'Where it is.', schema: { type: 'string', format: 'uri-reference' } },
  'Idempotency-Replayed': {
    description: '`true` when this is the answer to an earlier request with the same `Idempotency-Key`.',
    schema: text,
  },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } },
  Allow: { description: 'The methods that are allowed here.', schema: text },
} satisfies Readonly<Record<string, Header>>;

/** The answers of a route: its success, and every problem by status. */
export const responsesOf = (route: Route, schemas: ComponentSchemas): Record<string, ResponseObject> => {
  const { endpoint } = route;
  const responses: Record<string, ResponseObject> = { [endpoint.status]: successOf(route, schemas) };
  if (endpoint.etag === true && route.method === 'GET') {
    responses['304'] = { description: 'Not changed since the state that `If-None-Match` names.' };
  }
  for (const [status, problems] of Map.groupBy(problemsOf(route), (problem) => problem.status)) {
    responses[status] = problemResponse(status, problems, schemas);
  }
  return responses;
};

const successOf = ({ endpoint, path }: Route, schemas: ComponentSchemas): ResponseObject => {
  const content = contentOf(endpoint.response, endpoint.events, schemas);
  return {
    description: STATUS_CODES[endpoint.status] ?? 'Success',
    headers: {
      'X-Request-Id': headers['X-Request-Id'],
      ...(path.startsWith('/v1/')
        ? { RateLimit: headers.RateLimit, 'RateLimit-Policy': headers['RateLimit-Policy'] }
        : {}),
      ...(endpoint.etag === true ? { ETag: headers.ETag } : {}),
      ...(endpoint.location === undefined ? {} : { Location: headers.Location }),
      ...(endpoint.idempotent === true ? { 'Idempotency-Replayed': headers['Idempotency-Replayed'] } : {}),
    },
    ...(content === undefined ? {} : { content }),
  };
};

const contentOf = (
  response: Route['endpoint']['response'],
  events: Route['endpoint']['events'],
  schemas: ComponentSchemas,
): Content | undefined => {
  if (events !== undefined) {
    const schema = schemas.schemaOf(events, 'output');
    const data = JSON.stringify(exampleOf(schema, schemas.components()));
    return {
      'text/event-stream': {
        schema: { type: 'string', description: '`data` of each event', contentSchema: schema },
        example: `id: 7\ndata: ${data}\n\n`,
      },
    };
  }
  if (response === undefined) return undefined;
  const schema = schemas.schemaOf(response, 'output');
  return { 'application/json': { schema, example: exampleOf(schema, schemas.components()) } };
};

const problemResponse = (
  status: number,
  problems: readonly ProblemDescription[],
  schemas: ComponentSchemas,
): ResponseObject => {
  const variants = problems.map((problem) => problemSchema(problem, schemas));
  const [only] = variants;
  return {
    description: problems.map(({ title }) => title).join('. Or: '),
    headers: {
      'X-Request-Id': headers['X-Request-Id'],
      ...(status === 429 || status === 503 ? { 'Retry-After': headers['Retry-After'] } : {}),
    },
    content: {
      [problemMediaType]: {
        schema: variants.length === 1 && only !== undefined ? only : { anyOf: variants },
        examples: Object.fromEntries(
          problems.map((problem) => [
            problem.slug,
            { summary: problem.title, value: problemExample(problem, schemas) },
          ]),
        ),
      },
    },
  };
};

const problemSchema = ({ slug, extra }: ProblemDescription, schemas: ComponentSchemas): JsonSchema => {
  const { properties, required } = schemas.schemaOf(extra, 'output');
  return {
    allOf: [schemas.schemaOf(ProblemDocument, 'output')],
    type: 'object',
    properties: { type: { type: 'string', const: `/problems/${slug}` }, ...Object(properties) },
    required: ['type', ...(Array.isArray(required) ? required : [])],
  };
};

const problemExample = ({ slug, title, status, extra }: ProblemDescription, schemas: ComponentSchemas): unknown => ({
  type: `/problems/${slug}`,
  title,
  status,
  instance: '/v1/…',
  requestId: '0199c0de-7c1e-7000-8000-3f1f5e3a9b10',
  ...(slug === 'validation-failed'
    ? { errors: [{ field: 'name', in: 'body', message: 'Unknown field: leave it out.' }] }
    : {}),
  ...Object(exampleOf(schemas.schemaOf(extra, 'output'), schemas.components())),
});
