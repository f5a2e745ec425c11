import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { featureModules } from './features.ts';
import { openApiDocument } from './openapi/document.ts';
import { routesOfFeatures } from './openapi/feature-routes.ts';
import type { Route } from './http/route.ts';
import { createTestApi } from './testing/test-api.ts';
import type { TestApi } from './testing/test-api.ts';

let database: TestDatabase;
let api: TestApi;
let token: string;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database);
  const owner = { tenantName: 'Acme', name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' };
  const { body } = await api.request.post('/v1/sign-up').send(owner);
  token = z.looseObject({ accessToken: z.string() }).parse(body).accessToken;
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const routes = routesOfFeatures(featureModules).filter(({ path }) => path.startsWith('/v1/'));
const named = (chosen: readonly Route[]) => chosen.map((route) => [route.endpoint.operationId, route] as const);
const takes = (place: string) => routes.filter(({ parameters }) => parameters.some((one) => one.place === place));

/** Ids of things are at home nowhere; a check must be there for its parameters to be refused. */
const pathOf = ({ path }: Route, id?: string): string =>
  path.replaceAll(/:\w+/g, (name) => id ?? (name === ':checkId' ? 'container-capabilities' : newId()));

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly errors: readonly { readonly field: string; readonly in: string }[];
}

const call = async (route: Route, path: string, init: RequestInit = {}): Promise<Answer> => {
  const isPublic = route.endpoint.permission === 'public';
  const headers = new Headers({ 'if-match': '*', ...(isPublic ? {} : { authorization: `Bearer ${token}` }) });
  new Headers(init.headers).forEach((value, name) => headers.set(name, value));
  const response = await fetch(`${api.url}${path}`, { ...init, method: route.method, headers });
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const text = await response.text();
  const { errors = [] } = isProblem ? (JSON.parse(text) as { errors?: Answer['errors'] }) : {};
  return { status: response.status, type: isProblem ? 'problem' : text.slice(0, 200), errors };
};
const send = (route: Route, body: string | Uint8Array<ArrayBuffer>, contentType = 'application/json') =>
  call(route, pathOf(route), { body, headers: { 'content-type': contentType } });

const refused =
  (statuses: readonly number[], ...fields: string[]) =>
  (answer: Answer) => {
    expect(answer).toMatchObject({ type: 'problem' });
    expect(statuses).toContain(answer.status);
    if (fields.length > 0) expect(answer.errors.map(({ field }) => field)).toEqual(fields);
    else expect(answer.errors.length).toBeGreaterThan(0);
  };

test('there are routes to try', () => {
  expect(routes.length).toBeGreaterThan(40);
});

test.for(named(routes.filter(({ endpoint }) => endpoint.permission !== 'public')))(
  '%s is closed to strangers',
  async ([, route]) => {
    const headers = { authorization: '', 'content-type': 'application/json' };
    const body = route.method === 'GET' || route.method === 'DELETE' ? {} : { body: '{}' };
    expect(await call(route, pathOf(route), { ...body, headers })).toMatchObject({ status: 401, type: 'problem' });
    const forged = { authorization: 'Bearer plim_0000000000000000000000000000000000000000' };
    expect(await call(route, pathOf(route), { headers: forged })).toMatchObject({ status: 401, type: 'problem' });
  },
);

test.for(named(routes))('%s refuses a strange query by name', async ([, route]) => {
  refused([422], 'sails')(await call(route, `${pathOf(route)}?sails=3`));
  refused([422], 'sails')(await call(route, `${pathOf(route)}?sails=%00`));
  refused([422], 'sails')(await call(route, `${pathOf(route)}?sails=%ed%a0%80`));
});

test.for(named(takes('path')))('%s refuses a strange id', async ([, route]) => {
  for (const id of [
    'nonsense!',
    '%00',
    '%07',
    '..%2f..',
    "1'%20OR%20'1'='1",
    'x'.repeat(250),
    '%ff',
    '-1',
    '%F0%9F%92%A9',
  ]) {
    const answer = await call(route, pathOf(route, id));
    expect(answer).toMatchObject({ type: 'problem' });
    // A check's id is a word, and so a strange one is simply not there.
    expect([404, 422]).toContain(answer.status);
  }
});

const cursorRoutes = routes.filter(({ parameters }) =>
  parameters.some(
    ({ place, schema }) => place === 'query' && schema instanceof z.ZodObject && 'cursor' in schema.shape,
  ),
);
const strangeCursors = [
  'nonsense',
  '0',
  'x'.repeat(1025),
  ...['null', '{}', '[]', '["x"]', '[null,null]', '{"v":1}', String.raw`["\u0000","\u0000"]`, '[1e400,"x"]', '"'].map(
    (text) => Buffer.from(text).toString('base64url'),
  ),
];
test.for(named(cursorRoutes))('%s refuses a strange cursor', async ([, route]) => {
  for (const cursor of strangeCursors) {
    const answer = await call(route, `${pathOf(route)}?cursor=${cursor}`);
    expect(answer).toMatchObject({ type: 'problem' });
    // A list below something that is not there says that first.
    expect([400, 404, 422]).toContain(answer.status);
  }
});

const bodyRoutes = takes('body');
const bodies = new Map(
  Object.values(openApiDocument(routes).paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId, requestBody }) => [
      operationId,
      requestBody?.content['application/json']?.example,
    ]),
  ),
);
const exampleBody = ({ endpoint }: Route): Record<string, unknown> =>
  z.record(z.string(), z.unknown()).parse(bodies.get(endpoint.operationId));
const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

test.for(named(bodyRoutes))('%s refuses a strange body by name', async ([, route]) => {
  refused([400], 'body')(await send(route, '{"a":'));
  refused([422], 'body')(await send(route, ''));
  refused([400], 'body')(await send(route, Uint8Array.of(0x22, 0xc3, 0x22)));
  refused([415], 'Content-Type')(await send(route, '{}', 'text/plain'));
  refused([415], 'Content-Type')(await send(route, 'a=b', 'application/x-www-form-urlencoded'));
  refused([413], 'body')(await send(route, JSON.stringify({ a: 'x'.repeat(1_100_000) })));
  for (const body of ['[]', 'null', '7', '"text"', 'true']) refused([422], 'body')(await send(route, body));
  refused([422])(await send(route, `{"a":${nested(40)}}`));
  refused([422], 'a')(await send(route, '{"a":1,"a":2}'));
  refused([422], '__proto__')(await send(route, '{"__proto__":{}}'));
});

const fieldsOf = bodyRoutes.flatMap((route) =>
  Object.keys(exampleBody(route)).map((field) => [`${route.endpoint.operationId}.${field}`, route, field] as const),
);
test('there are fields to try', () => {
  expect(fieldsOf.length).toBeGreaterThan(20);
});

test.for(fieldsOf)('%s refuses what it can not be', async ([, route, field]) => {
  const given = (value: unknown) => send(route, JSON.stringify({ ...exampleBody(route), [field]: value }));
  const namesField = (answer: Answer): void => {
    expect(answer).toMatchObject({ status: 422, type: 'problem' });
    expect(answer.errors.map((error) => error.field.split('.')[0])).toContain(field);
  };
  namesField(await given({ unexpected: { deep: true } }));
  namesField(await given([[[]]]));
  namesField(await given('a\0b'));
  namesField(await given('a\ud800'));
  namesField(await given('x'.repeat(100_000)));
  namesField(await given(1e308));
});

test.for(named(bodyRoutes))('%s refuses a field that it does not know', async ([, route]) => {
  const answer = await send(route, JSON.stringify({ ...exampleBody(route), sails: 3 }));
  expect(answer).toMatchObject({ status: 422, type: 'problem' });
  expect(answer.errors.map(({ field }) => field)).toContain('sails');
});

test('nothing of all this was an error of ours', () => {
  expect(api.logged.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
});
