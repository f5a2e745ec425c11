import { ProblemDocument } from '@plimsoll/contracts';
import type { z } from 'zod';
import { problemsOf } from './implied-problems.ts';
import { ComponentSchemas } from './component-schemas.ts';
import { exampleOf } from './example.ts';
import { parametersOf } from './parameters.ts';
import { responsesOf } from './responses.ts';
import type { OpenApiDocument, Operation } from './types.ts';
import type { Route } from '../http/route.ts';

const description = `Plimsoll tells which of your Docker hosts are safe, what changed, and what to fix first.

Errors are problem details (RFC 9457) with a stable \`type\`. Lists are read page by page with \`cursor\`. A POST that creates takes an \`Idempotency-Key\`, so it can be sent again after a network failure. Updates take \`If-Match\` with the \`ETag\` that was read. Times are RFC 3339 in UTC, ids are UUIDv7. A thing of another tenant is answered 404.`;

/** The OpenAPI document of these routes, made from the schemas that validate. */
export const openApiDocument = (routes: readonly Route[]): OpenApiDocument => {
  const schemas = new ComponentSchemas();
  schemas.learn(ProblemDocument, 'output');
  for (const route of routes) {
    const { response, events } = route.endpoint;
    for (const { schema } of route.parameters) schemas.learn(schema, 'input');
    for (const schema of [response, events, ...problemsOf(route).map(({ extra }) => extra)]) {
      if (schema !== undefined) schemas.learn(schema, 'output');
    }
  }
  const sorted = routes.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of sorted) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Plimsoll', version: '1', description },
    servers: [{ url: '/' }],
    tags: [...new Set(sorted.map(tagOf))].toSorted().map((name) => ({ name })),
    paths,
    components: {
      schemas: schemas.components(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token of a session (10 minutes), or an API key (`plim_…`).',
        },
      },
    },
  };
};

/** `/v1/hosts/…` belongs to hosts. */
const tagOf = ({ path }: Route): string => (path.startsWith('/v1/') ? (path.split('/')[2] ?? 'other') : 'system');

const operationOf = (route: Route, schemas: ComponentSchemas): Operation => {
  const { endpoint, parameters } = route;
  const { permission } = endpoint;
  const needs =
    permission === 'public' || permission === 'authenticated' ? undefined : `Needs the permission \`${permission}\`.`;
  const details = [endpoint.description, needs].filter((part) => part !== undefined).join('\n\n');
  const body = parameters.find(({ place }) => place === 'body')?.schema;
  return {
    operationId: endpoint.operationId,
    summary: endpoint.summary,
    ...(details === '' ? {} : { description: details }),
    tags: [tagOf(route)],
    parameters: parametersOf(route, schemas),
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body, schemas) }),
    responses: responsesOf(route, schemas),
    security: permission === 'public' ? [] : [{ bearer: [] }],
    ...(needs === undefined ? {} : { 'x-permission': permission }),
  };
};

const requestBodyOf = (body: z.ZodType, schemas: ComponentSchemas): NonNullable<Operation['requestBody']> => {
  const schema = schemas.schemaOf(body, 'input');
  const example = exampleOf(schema, schemas.components());
  return { required: !body.safeParse(undefined).success, content: { 'application/json': { schema, example } } };
};
