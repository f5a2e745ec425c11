import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { startRedis, whyNoRedis } from '@plimsoll/queue/testing';
import type { TestRedis } from '@plimsoll/queue/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FixtureFeature } from '../testing/fixture.feature.ts';
import { createTestApi } from '../testing/test-api.ts';
import type { TestApi } from '../testing/test-api.ts';

const missing = await whyNoRedis();
// Loud, so that nobody takes silence for success.
if (missing !== null) process.stderr.write(`SKIPPED rate limits shared through Redis: ${missing}\n`);

describe.skipIf(missing !== null)('two API processes with one Redis', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let apis: readonly [TestApi, TestApi];
  beforeAll(async () => {
    database = await createTestDatabase();
    redis = await startRedis();
    const start = () =>
      createTestApi(database, {
        features: [FixtureFeature],
        environment: { REDIS_URL: redis.url, PLIMSOLL_RATE_LIMIT_PER_MINUTE: '4' },
      });
    apis = [await start(), await start()];
  });
  afterAll(async () => {
    for (const api of apis) await api.close();
    await database.close();
  });

  test('they count together, and let requests pass while Redis is away', async () => {
    const ada = `Bearer viewer ${newId()} ${newId()}`;
    const list = (api: TestApi) => api.request.get('/v1/boats').set('authorization', ada);
    for (const api of [...apis, ...apis]) expect(await list(api)).toMatchObject({ status: 200 });
    for (const api of apis) expect(await list(api)).toMatchObject({ status: 429 });
    await redis.stop();
    for (const api of apis) expect(await list(api)).toMatchObject({ status: 200 });
  });
});
