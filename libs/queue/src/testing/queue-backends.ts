import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { startRedis, whyNoRedis } from './redis-server.ts';

/** A queue backend to run a suite against. `redisUrl` is undefined on PostgreSQL. */
export interface QueueBackendUnderTest {
  readonly name: 'PostgreSQL' | 'Redis';
  /** Why it can't be had on this machine; null where it can. */
  readonly skipped: string | null;
  /** A migrated database of its own, and a Redis server where the backend is Redis. */
  start(): Promise<StartedQueueBackend>;
}

export interface StartedQueueBackend {
  readonly db: TestDatabase;
  readonly store: { readonly databaseUrl: string; readonly redisUrl?: string };
  stop(): Promise<void>;
}

const redisMissing = await whyNoRedis();
if (redisMissing !== null) process.stderr.write(`SKIPPED: the tests on the Redis backend. ${redisMissing}\n`);

/** What an installation has without a Redis. */
export const postgresBackend: QueueBackendUnderTest = {
  name: 'PostgreSQL',
  skipped: null,
  start: async () => {
    const db = await createTestDatabase();
    return { db, store: { databaseUrl: db.appUrl }, stop: () => db.close() };
  },
};

/** Both backends: what must hold on one must hold on the other, so suites are written once and run on each. */
export const queueBackends: readonly QueueBackendUnderTest[] = [
  postgresBackend,
  {
    name: 'Redis',
    skipped: redisMissing,
    start: async () => {
      const [db, redis] = [await createTestDatabase(), await startRedis()];
      return {
        db,
        store: { databaseUrl: db.appUrl, redisUrl: redis.url },
        stop: async () => {
          await redis.stop();
          await db.close();
        },
      };
    },
  },
];
