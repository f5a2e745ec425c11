import type { Actor } from '@plimsoll/contracts';
import { type SimulatedFaults, type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import {
  type StartedQueueBackend,
  postgresBackend,
  queueBackends,
  startRedis,
  whyNoRedis,
} from '@plimsoll/queue/testing';
import { CheckParametersService } from '@plimsoll/scanning';
import { type World, anActor, openWorld } from '@plimsoll/scanning/testing';
import { generateMasterKey } from '@plimsoll/vault';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WorkerProcess, buildWorker } from './testing/worker-process.ts';

let bundle: Awaited<ReturnType<typeof buildWorker>>;
beforeAll(async () => {
  bundle = await buildWorker();
}, 120_000);
afterAll(() => bundle.remove());

const patience = { timeout: 80_000, interval: 25 };
const imagesHang: SimulatedFaults = {
  requests: [{ path: /^\/images\/json$/u, fault: { kind: 'hang' }, times: 1 }],
};

for (const backend of queueBackends) {
  describe.skipIf(backend.skipped !== null)(`the worker, with its queue on ${backend.name}`, () => {
    let started: StartedQueueBackend;
    let world: World;
    let actor: Actor;
    const masterKey = generateMasterKey();
    const workers: WorkerProcess[] = [];
    const hosts: SimulatedHost[] = [];
    beforeAll(async () => {
      started = await backend.start();
      world = await openWorld(started.db, masterKey);
    }, 120_000);
    afterAll(async () => {
      for (const host of hosts.splice(0)) await host.close();
      await world.close();
      await started.stop();
    });
    beforeEach(async () => {
      actor = await anActor(world.database);
    });
    afterEach(async () => {
      for (const worker of workers.splice(0)) await worker.end('SIGKILL');
    });

    const startWorker = async (more: Record<string, string> = {}): Promise<WorkerProcess> => {
      const worker = WorkerProcess.spawn(bundle.script, { ...started.store, masterKey, more });
      workers.push(worker);
      await worker.takesUpJobs();
      return worker;
    };
    const simulate = async (faults: SimulatedFaults = {}): Promise<SimulatedHost> => {
      const host = await startSimulatedHost({ faults });
      hosts.push(host);
      return host;
    };
    const scan = async (host: SimulatedHost): Promise<string> => {
      const { id: hostId } = await world.register(actor, host);
      return (await world.scans.start(actor, hostId)).id;
    };
    const stateOf = (scanId: string) => async (): Promise<string> => (await world.scans.get(actor, scanId)).state;
    const untilHanging = (host: SimulatedHost): Promise<void> =>
      expect.poll(() => host.requests.some(({ url }) => url.includes('/images/json')), patience).toBe(true);
    const completions = async (): Promise<number> =>
      (await world.events(actor.tenantId)).filter(({ type }) => type === 'scan.completed').length;

    describe('running', () => {
      let early: string;
      let worker: WorkerProcess;
      beforeAll(async () => {
        actor = await anActor(world.database);
        early = await scan(await simulate());
        worker = await startWorker({ PLIMSOLL_WORKER_PORT: '0' });
        workers.length = 0; // it stays for all tests of this group
      }, 120_000);
      afterAll(() => worker.end('SIGKILL'));

      test('does a scan that was asked for while no worker ran', { timeout: 120_000 }, async () => {
        const ended = () =>
          started.db
            .asOwner<{ state: string }>('SELECT state FROM scans WHERE id = $1', [early])
            .then(([row]) => row?.state);
        await expect.poll(ended, patience).toBe('succeeded');
      });

      test('does a scan that is asked for now', { timeout: 120_000 }, async () => {
        const scanId = await scan(await simulate());
        await expect.poll(stateOf(scanId), patience).toBe('succeeded');
      });

      test(
        'judges a stored snapshot again when asked, and when a parameter changes',
        { timeout: 120_000 },
        async () => {
          const host = await simulate();
          const scanId = await scan(host);
          await expect.poll(stateOf(scanId), patience).toBe('succeeded');
          const { hostId } = await world.scans.get(actor, scanId);
          const asked = host.requests.length;
          const judgement = await world.scans.judgeAgain(actor, hostId);
          await expect.poll(stateOf(judgement.id), patience).toBe('succeeded');
          const parameters = new CheckParametersService({ database: world.database });
          await parameters.set(actor, 'daemon-log-level', null, { allowedLevels: ['debug'] });
          const adjusted = async (): Promise<unknown[]> => {
            const { items } = await world.scans.list(actor, { hostId, kind: 'rejudge', state: 'succeeded', limit: 1 });
            return items.flatMap(({ adjustedParameters }) => adjustedParameters.map(({ name }) => name));
          };
          await expect.poll(adjusted, patience).toEqual(['allowedLevels']);
          expect(host.requests).toHaveLength(asked);
          expect(await completions()).toBe(1);
        },
      );

      test('stops a scan that is cancelled', { timeout: 120_000 }, async () => {
        const host = await simulate(imagesHang);
        const scanId = await scan(host);
        await untilHanging(host);
        await world.scans.cancel(actor, scanId);
        await expect.poll(stateOf(scanId), patience).toBe('cancelled');
      });

      test('answers for its health', { timeout: 120_000 }, async () => {
        await worker.prints('worker answers for its health');
        const url = /"url":"([^"]+)"/u.exec(worker.output)?.[1] ?? '';
        expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
        expect(await (await fetch(`${url}/readyz`)).json()).toEqual({
          status: 'ok',
          checks: { database: 'ok', queue: 'ok' },
        });
        const metrics = await (await fetch(`${url}/metrics`)).text();
        expect(metrics).toContain('plimsoll_backlog{what="scans-queued"');
        expect(metrics).toMatch(/^plimsoll_queue_jobs\{queue="[\w-]+",state="waiting",service="worker"\} 0$/m);
        expect(metrics).toMatch(/^plimsoll_outbox_set_aside\{service="worker"\} 0$/m);
        expect((await fetch(`${url}/other`)).status).toBe(404);
      });
    });

    test('killed in the middle of a scan, it is taken up again and ends once', { timeout: 180_000 }, async () => {
      const host = await simulate(imagesHang);
      const doomed = await startWorker();
      const scanId = await scan(host);
      await untilHanging(host);
      expect(await doomed.end('SIGKILL')).toBe('SIGKILL');
      expect(await stateOf(scanId)()).toBe('running');
      await startWorker();
      await startWorker();
      await expect.poll(stateOf(scanId), patience).toBe('succeeded');
      expect(await completions()).toBe(1);
      const [row] = await started.db.asOwner<{ attempt: number; findings: number; opened: number }>(
        `SELECT attempt, opened_count AS opened,
                (SELECT count(*)::integer FROM findings f WHERE f.host_id = s.host_id) AS findings
         FROM scans s WHERE id = $1`,
        [scanId],
      );
      expect(row).toMatchObject({ attempt: 2, findings: row?.opened });
    });

    test('asked to end, it finishes what it does', { timeout: 120_000 }, async () => {
      const host = await simulate({
        requests: [{ path: /^\/images\/json$/u, fault: { kind: 'slow', delayMs: 1_000 }, times: 1 }],
      });
      const worker = await startWorker();
      const scanId = await scan(host);
      await untilHanging(host);
      expect(await worker.end('SIGTERM')).toBe(0);
      expect(await stateOf(scanId)()).toBe('succeeded');
      expect(worker.output).toContain('stopped');
    });
  });
}

const whyNot = await whyNoRedis();
test.skipIf(whyNot !== null)(
  `asked to end when its Redis is gone, the worker ends all the same${whyNot === null ? '' : ` (skipped: ${whyNot})`}`,
  { timeout: 120_000 },
  async () => {
    const [started, redis] = [await postgresBackend.start(), await startRedis()];
    const worker = WorkerProcess.spawn(bundle.script, {
      ...started.store,
      redisUrl: redis.url,
      masterKey: generateMasterKey(),
    });
    try {
      await worker.takesUpJobs();
      await redis.stop();
      await worker.prints('ECONNREFUSED');
      expect(await worker.end('SIGTERM')).toBe(1);
      expect(worker.output).toContain('could not stop in order');
    } finally {
      await worker.end('SIGKILL');
      await started.stop();
    }
  },
);

test('without a migrated database the worker ends at once and says what to do', { timeout: 120_000 }, async () => {
  const started = await postgresBackend.start();
  const { db } = started;
  const empty = `empty_${process.pid}`;
  try {
    await db.asOwner(`CREATE DATABASE ${empty}`);
    const url = new URL(db.ownerUrl);
    url.pathname = `/${empty}`;
    const worker = WorkerProcess.spawn(bundle.script, { databaseUrl: url.toString(), masterKey: generateMasterKey() });
    expect(await worker.ended()).toBe(1);
    expect(worker.output).toContain('plimsoll migrate');
  } finally {
    await db.asOwner(`DROP DATABASE IF EXISTS ${empty} WITH (FORCE)`);
    await started.stop();
  }
});
