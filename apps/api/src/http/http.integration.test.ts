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
  api = await createTestApi(database, { features: [FixtureFeature] });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

test('the process is alive and ready', async () => {
  const alive = await api.request.get('/healthz');
  expect(alive.body).toEqual({ status: 'ok' });
  const ready = await api.request.get('/readyz');
  expect(ready.body).toEqual({ status: 'ok', checks: { database: 'ok', queue: 'ok' } });
});
