import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type JobContext, type JobWorkerOptions, Queues, defineJob } from './index.ts';
import { type StartedQueueBackend, postgresBackend, queueBackends } from './testing/index.ts';

const aJob = () =>
  defineJob({
    name: `job-${randomUUID()}`,
    schema: z.strictObject({ id: z.string(), value: z.number() }),
    idOf: ({ id }) => `job-${id}`,
    attempts: 3,
    backoff: { type: 'fixed', delayMs: 10 },
  });
type Payload = { id: string; value: number };

/** Remembers calls; `count(n)` resolves once there were n of them. */
const recorder = <T>() => {
  const calls: T[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    calls,
    note: (call: T): void => {
      calls.push(call);
      for (const { count, resolve } of waiting) if (calls.length >= count) resolve();
    },
    count: (count: number): Promise<void> => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (calls.length >= count) resolve();
      else waiting.push({ count, resolve });
      return promise;
    },
  };
};

for (const backend of queueBackends) {
  describe.skipIf(backend.skipped !== null)(`queues on ${backend.name}`, () => {
    let started: StartedQueueBackend;
    let queues: Queues;
    const errors: Error[] = [];
    beforeAll(async () => {
      started = await backend.start();
    }, 60_000);
    afterAll(() => started.stop());
    beforeEach(async () => {
      errors.length = 0;
      queues = await Queues.open({ ...started.store, onError: (error) => errors.push(error) });
    });
    afterEach(async () => {
      await queues.close();
      if (errors.length > 0) throw new AggregateError(errors, 'a queue reported errors');
    });
    const work = (
      job: ReturnType<typeof aJob>,
      handler: (payload: Payload, context: JobContext) => Promise<void>,
      options?: JobWorkerOptions,
    ) => queues.work(job, handler, options);

    test('a job reaches a worker with its payload', async () => {
      const job = aJob();
      const seen = recorder<Payload>();
      await work(job, async (payload) => seen.note(payload));
      await queues.add(job, { id: 'a', value: 1 });
      await seen.count(1);
      expect(seen.calls).toEqual([{ id: 'a', value: 1 }]);
    });

    test('a job that was added before the worker started is taken up', async () => {
      const job = aJob();
      const seen = recorder<Payload>();
      await queues.add(job, { id: 'a', value: 1 });
      await work(job, async (payload) => seen.note(payload));
      await seen.count(1);
    });

    test('a job added twice is one while it waits, and a new one after it ended', async () => {
      const job = aJob();
      const seen = recorder<Payload>();
      await queues.add(job, { id: 'a', value: 1 });
      await queues.add(job, { id: 'a', value: 2 });
      const worker = await work(job, async (payload) => seen.note(payload));
      await seen.count(1);
      await worker.close();
      await queues.add(job, { id: 'a', value: 3 });
      await work(job, async (payload) => seen.note(payload));
      await seen.count(2);
      expect(seen.calls.map(({ value }) => value)).toEqual([1, 3]);
    });

    test('a failing job is tried again as often as its definition says, and then leaves', async () => {
      const job = aJob();
      const seen = recorder<number>();
      await work(job, async (_payload, { attempt }) => {
        seen.note(attempt);
        throw new Error('not today');
      });
      await queues.add(job, { id: 'a', value: 1 });
      await seen.count(3);
      await expect.poll(() => queues.counts(job)).toMatchObject({ active: 0, delayed: 0, failed: 0 });
      expect(seen.calls).toEqual([1, 2, 3]);
    });

    test('a payload that is not of the schema is neither added nor handled', async () => {
      const job = aJob();
      const seen = recorder<unknown>();
      await expect(queues.add(job, { id: 'a', value: 1, other: true } as Payload)).rejects.toThrow(z.ZodError);
      const loose = { ...job, schema: z.looseObject({ id: z.string(), value: z.number() }) };
      await queues.add(loose, { id: 'bad', value: 1, other: true } as Payload);
      await queues.add(job, { id: 'good', value: 2 });
      await work(job, async (payload) => seen.note(payload), { concurrency: 1 });
      await seen.count(1);
      expect(seen.calls).toEqual([{ id: 'good', value: 2 }]);
    });

    test('closing waits for the running job', async () => {
      const job = aJob();
      const [began, may] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      let ended = false;
      const worker = await work(job, async () => {
        began.resolve();
        await may.promise;
        ended = true;
      });
      await queues.add(job, { id: 'a', value: 1 });
      await began.promise;
      const closed = worker.close();
      may.resolve();
      await closed;
      expect(ended).toBe(true);
    });

    test('closing aborts a job that takes too long, and the next worker takes it up', async () => {
      const job = aJob();
      const began = Promise.withResolvers<void>();
      const worker = await work(
        job,
        (_payload, { signal }) => {
          began.resolve();
          return new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
          );
        },
        { drainMs: 0 },
      );
      await queues.add(job, { id: 'a', value: 1 });
      await began.promise;
      await worker.close();
      const seen = recorder<Payload>();
      await work(job, async (payload) => seen.note(payload));
      await seen.count(1);
    });
  });
}

test('a database without the queue’s schema is refused before any worker starts', async () => {
  const started = await postgresBackend.start();
  const { db } = started;
  const empty = `empty_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(db.ownerUrl);
  try {
    await db.asOwner(`CREATE DATABASE ${empty}`);
    url.pathname = `/${empty}`;
    await expect(Queues.open({ databaseUrl: url.toString(), onError: () => undefined })).rejects.toMatchObject({
      code: 'queue-not-migrated',
      nextStep: expect.stringContaining('migrate'),
    });
  } finally {
    const admin = new pg.Client({ connectionString: db.ownerUrl });
    await admin.connect();
    await admin.query(`DROP DATABASE ${empty}`);
    await admin.end();
    await started.stop();
  }
});

test.for([
  ['PostgreSQL', { databaseUrl: 'postgres://plimsoll@127.0.0.1:9/none' }],
  ['Redis', { databaseUrl: 'postgres://unused', redisUrl: 'redis://127.0.0.1:9' }],
] as const)('an unreachable %s is told at once', async ([, store]) => {
  await expect(Queues.open({ ...store, onError: () => undefined })).rejects.toMatchObject({
    code: 'queue-unreachable',
  });
});
