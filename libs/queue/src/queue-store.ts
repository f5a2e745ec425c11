import {
  SchemaMigrationRequiredError,
  SchemaVersionMismatchError,
  assertSchemaCompatibility,
  createPostgresBackend,
  createRedisBackend,
  isPgPool,
  withBackend,
} from 'bullmq';
import type { PgPool, Processor, QueueOptions, WorkerOptions } from 'bullmq';
import pg from 'pg';
import { QueueError } from './queue-error.ts';

/** Where jobs are kept: in PostgreSQL beside everything else, or in Redis (or Valkey) where its URL is given. */
export interface QueueStoreOptions {
  /** The application's connection string; its schema `bullmq` must have been migrated by the owner. */
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
}

type Unconnected<Options> = Omit<Options, 'connection'>;

/** What both backends have in common, as far as this library uses it. */
export interface StoredQueue {
  add(name: string, data: unknown, options: QueueOptions['defaultJobOptions'] & { jobId: string }): Promise<unknown>;
  getJobCounts(): Promise<Record<string, number>>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
export interface StoredWorker {
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'stalled', listener: (jobId: string) => void): unknown;
  waitUntilReady(): Promise<void>;
  cancelAllJobs(reason?: string): void;
  close(force?: boolean): Promise<void>;
}

/** Opens queues and workers on one backend. The backend is bound to each of them: nothing depends on a global default. */
export interface QueueStore {
  readonly backend: 'postgres' | 'redis';
  /** @throws QueueError when the store can not be used, before anything spins on it */
  assertUsable(): Promise<void>;
  openQueue(name: string): StoredQueue;
  openWorker(name: string, processor: Processor, options: Unconnected<WorkerOptions>): StoredWorker;
  /** After every queue and worker was closed. */
  close(): Promise<void>;
}

export const openQueueStore = (options: QueueStoreOptions): QueueStore =>
  options.redisUrl === undefined ? openPostgresStore(options.databaseUrl) : openRedisStore(options.redisUrl);

const openPostgresStore = (databaseUrl: string): QueueStore => {
  const { Queue, Worker } = withBackend(createPostgresBackend);
  const pools: pg.Pool[] = [];
  const openPool = (max: number): PgPool => {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      options: '-c search_path=bullmq',
      application_name: 'plimsoll queue',
      keepAlive: true,
      max,
    });
    // An idle connection that breaks (the server restarts) is replaced by the pool; unheard, it would end the process.
    pool.on('error', () => undefined);
    pools.push(pool);
    // The same thing at run time; the two declarations differ in how they write the overloads of `on`.
    if (!isPgPool(pool)) throw new TypeError('pg.Pool is not what BullMQ takes for a pool');
    return pool;
  };
  const shared = openPool(4);
  return {
    backend: 'postgres',
    assertUsable: () => assertMigrated(shared),
    openQueue: (name) => new Queue(name, { connection: shared }),
    // A worker keeps one connection for its notifications all its life: pools of their own, so that none starves.
    openWorker: (name, processor, options) => new Worker(name, processor, { ...options, connection: openPool(4) }),
    close: async () => {
      await Promise.all(pools.map((pool) => pool.end()));
    },
  };
};

/** A worker on an unmigrated schema asks and fails without a pause until the memory is full: so look before. */
const assertMigrated = async (pool: PgPool): Promise<void> => {
  try {
    await assertSchemaCompatibility(pool);
  } catch (cause) {
    if (cause instanceof SchemaMigrationRequiredError) {
      throw new QueueError(
        'queue-not-migrated',
        'The database holds no queue yet: its schema "bullmq" is missing or older than this version needs.',
        'Migrate the database first (plimsoll migrate), then start again.',
        { cause },
      );
    }
    if (cause instanceof SchemaVersionMismatchError) {
      throw new QueueError(
        'queue-too-new',
        'The queue in the database was migrated by a newer version.',
        'Start that newer version.',
        { cause },
      );
    }
    throw unreachable('PostgreSQL', 'Check DATABASE_URL, and that the server runs.', cause);
  }
};

const openRedisStore = (url: string): QueueStore => {
  const { Queue, Worker } = withBackend(createRedisBackend);
  const prefix = 'plimsoll';
  const connection = { url, maxRetriesPerRequest: null };
  return {
    backend: 'redis',
    assertUsable: async () => {
      const probe = new Queue('probe', {
        prefix,
        connection: { ...connection, maxRetriesPerRequest: 0, retryStrategy: () => null },
      });
      const failed = new Promise<never>((_resolve, reject) => probe.on('error', reject));
      try {
        await Promise.race([probe.waitUntilReady(), failed]);
      } catch (cause) {
        throw unreachable('Redis', 'Check REDIS_URL, and that the server runs.', cause);
      } finally {
        await probe.close().catch(() => undefined);
      }
    },
    openQueue: (name) => new Queue(name, { prefix, connection }),
    openWorker: (name, processor, options) => new Worker(name, processor, { ...options, prefix, connection }),
    close: () => Promise.resolve(),
  };
};

const unreachable = (server: string, nextStep: string, cause: unknown): QueueError =>
  new QueueError(
    'queue-unreachable',
    `The queue's server (${server}) can not be used: ${cause instanceof Error ? cause.message : String(cause)}`,
    nextStep,
    { cause },
  );
