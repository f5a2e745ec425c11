import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FixtureFeature } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

let database: TestDatabase;
let api: TestApi;
beforeAll(async () => {
  database = await createTestDatabase();
  api = await createTestApi(database, {
    features: [FixtureFeature],
    environment: { PLIMSOLL_RATE_LIMIT_PER_MINUTE: '3', PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE: '2' },
  });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

const list = (actor: string) => api.request.get('/v1/boats').set('authorization', actor);
const actorOf = (tenantId: string) => `Bearer viewer ${tenantId} ${newId()}`;

test('an actor is told what is left, then refused until the window ends', async () => {
  const ada = actorOf(newId());
  const first = await list(ada);
  expect(first.headers['ratelimit-policy']).toBe('"address";q=60;w=60, "tenant";q=30;w=60, "actor";q=3;w=60');
  expect(first.headers['ratelimit']).toMatch(/^"address";r=\d+;t=\d+, "tenant";r=29;t=60, "actor";r=2;t=60$/);
  await list(ada);
  await list(ada);
  const refused = await list(ada);
  expect(refused).toMatchObject({ status: 429, body: { type: '/problems/too-many-requests' } });
  const { retryAfterSeconds } = refused.body as { retryAfterSeconds: number };
  expect(refused.headers['retry-after']).toBe(String(retryAfterSeconds));
  expect(refused.headers['ratelimit']).toContain('"actor";r=0;');
  expect(await list(actorOf(newId()))).toMatchObject({ status: 200 });
});

test('one tenant with many keys uses up its own share, not that of others', async () => {
  const tenantId = newId();
  const answers: number[] = [];
  for (let sent = 0; sent < 31; sent += 1) answers.push((await list(actorOf(tenantId))).status);
  expect(answers.filter((status) => status === 200)).toHaveLength(30);
  expect(answers.at(-1)).toBe(429);
  expect(await list(actorOf(newId()))).toMatchObject({ status: 200 });
});

test('an address that has not signed in is limited, however many tokens it makes up', async () => {
  const anonymous = () => api.request.get('/v1/boats/leaky');
  await anonymous();
  await anonymous();
  expect(await anonymous()).toMatchObject({ status: 429 });
  const flood: number[] = [];
  for (let sent = 0; sent < 60; sent += 1) flood.push((await list(`Bearer made-up-${sent}`)).status);
  expect(new Set(flood)).toEqual(new Set([401, 429]));
  expect(flood.at(-1)).toBe(429);
});

test('probes are always answered', async () => {
  for (let sent = 0; sent < 70; sent += 1) expect(await api.request.get('/healthz')).toMatchObject({ status: 200 });
});

test('refusals are counted by scope', async () => {
  const metrics = await api.request.get('/metrics');
  expect(metrics.text).toMatch(/plimsoll_http_rate_limited_total\{scope="actor",service="api"\} 1\n/);
});
