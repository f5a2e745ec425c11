import 'reflect-metadata';
import { problems } from '@plimsoll/contracts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { featureModules } from '../features.ts';
import { FixtureFeature } from '../testing/fixture.feature.ts';
import { openApiDocument } from './document.ts';
import { routesOfFeatures } from './feature-routes.ts';
import type { OpenApiDocument, Operation } from './types.ts';

const fixture = openApiDocument(routesOfFeatures([FixtureFeature]));
const product = openApiDocument(routesOfFeatures(featureModules));

const operationOf = (document: OpenApiDocument, operationId: string): Operation => {
  const found = operationsOf(document).find(([id]) => id === operationId)?.[1];
  if (found === undefined) throw new Error(`There is no operation ${operationId}`);
  return found;
};
const operationsOf = (document: OpenApiDocument): [string, Operation][] =>
  Object.values(document.paths).flatMap((path) =>
    Object.values(path).map((operation): [string, Operation] => [operation.operationId, operation]),
  );

test('a route that creates says what it takes, needs and answers', () => {
  const operation = operationOf(fixture, 'createBoat');
  expect(operation).toMatchObject({
    summary: 'Launch a boat',
    'x-permission': 'hosts:manage',
    security: [{ bearer: [] }],
    tags: ['boats'],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/CreateBoat' } } },
    },
    parameters: [{ name: 'Idempotency-Key', in: 'header', required: false }],
  });
  expect(operation.responses['201']).toMatchObject({
    headers: { ETag: {}, Location: {}, 'Idempotency-Replayed': {}, RateLimit: {} },
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Boat' } } },
  });
  expect(Object.keys(operation.responses)).toEqual(
    expect.arrayContaining(['400', '401', '403', '409', '413', '415', '422', '429', '500', '503']),
  );
});

test('a list says its parameters with limits and defaults', () => {
  const { parameters, responses } = operationOf(fixture, 'listBoats');
  expect(parameters).toMatchObject([
    { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 200, default: 50 } },
    { name: 'cursor', in: 'query', required: false },
    { name: 'search', in: 'query', required: false, schema: { maxLength: 20 } },
  ]);
  expect(Object.keys(responses['400']?.content?.['application/problem+json']?.examples ?? {})).toEqual([
    'cursor-invalid',
  ]);
});

test('an update asks for If-Match, a read offers If-None-Match and 304', () => {
  const update = operationOf(fixture, 'updateBoat');
  expect(update.parameters).toMatchObject([
    { name: 'boatId', in: 'path', required: true },
    { name: 'If-Match', in: 'header', required: true },
  ]);
  expect(Object.keys(update.responses)).toEqual(expect.arrayContaining(['404', '412', '428']));
  const read = operationOf(fixture, 'getBoat');
  expect(read.parameters).toMatchObject([{ name: 'boatId' }, { name: 'If-None-Match', required: false }]);
  expect(read.responses['304']).toBeDefined();
});

test('a stream says the shape of its events', () => {
  expect(operationOf(fixture, 'streamTides').responses['200']?.content).toMatchObject({
    'text/event-stream': { schema: { contentSchema: { $ref: '#/components/schemas/Tide' } } },
  });
});

test('a schema with defaults is described as its writer sees it', () => {
  expect(fixture.components.schemas['CreateBoat']).toMatchObject({ required: ['name'], additionalProperties: false });
  expect(fixture.components.schemas['Boat']).toMatchObject({
    required: ['id', 'name', 'labels', 'launchedAt', 'version'],
  });
});

test('public routes ask for nothing', () => {
  const { security, responses } = operationOf(fixture, 'getHealth');
  expect(security).toEqual([]);
  expect(Object.keys(responses)).not.toContain('401');
});

test.for(operationsOf(product))('%s is described completely', ([, operation]) => {
  expect(operation.operationId).toMatch(/^[a-z][A-Za-z0-9]+$/);
  expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
  for (const { content } of Object.values(operation.responses)) {
    for (const media of Object.values(content ?? {})) expect(media.example ?? media.examples).toBeDefined();
  }
  expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['422', '500']));
});

test('every reference leads to a component', () => {
  const text = JSON.stringify(product);
  const names = [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? '');
  expect(names.length).toBeGreaterThan(10);
  for (const name of new Set(names)) expect(Object.keys(product.components.schemas)).toContain(name);
  expect(text).not.toContain('#/$defs');
});

test('every example of a body is one that would be accepted', () => {
  for (const [features, document] of [
    [[FixtureFeature], fixture],
    [featureModules, product],
  ] as const) {
    for (const { parameters, endpoint } of routesOfFeatures(features)) {
      const schema = parameters.find(({ place }) => place === 'body')?.schema;
      const body = operationOf(document, endpoint.operationId).requestBody?.content['application/json'];
      const error = schema?.safeParse(body?.example).error;
      expect(error === undefined ? '' : `${endpoint.operationId}: ${z.prettifyError(error)}`).toBe('');
    }
  }
});

test('every problem that a route names is in the table', () => {
  const known = problems.map(({ slug }) => slug);
  for (const [, { responses }] of operationsOf(product)) {
    for (const { content } of Object.values(responses)) {
      const named = Object.keys(content?.['application/problem+json']?.examples ?? {});
      for (const slug of named) expect(known).toContain(slug);
    }
  }
});
