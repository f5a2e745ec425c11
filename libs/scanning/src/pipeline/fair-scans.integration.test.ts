import type { Actor } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { Queues, scanHostJob } from '@plimsoll/queue';
import { type StartedQueueBackend, queueBackends } from '@plimsoll/queue/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { anActor } from '../testing/world.ts';
import { FairScans } from './fair-scans.ts';
import { type ScanRef, claimScan, defaultLeaseTiming, releaseScan } from './scan-lease.ts';

for (const backend of queueBackends) {
  describe.skipIf(backend.skipped !== null)(`tenants take turns on ${backend.name}`, () => {
    let started: StartedQueueBackend;
    let queues: Queues;
    beforeAll(async () => {
      started = await backend.start();
      queues = await Queues.open({ ...started.store, onError: () => undefined });
    }, 60_000);
    afterAll(async () => {
      await queues.close();
      await started.stop();
    });

    /** So many hosts of a new tenant, each with a scan that waits, and the jobs as the outbox would add them. */
    const queueScans = async (count: number): Promise<Actor> => {
      const actor = await anActor(started.db.database);
      const { tenantId } = actor;
      await started.db.asOwner(
        `INSERT INTO hosts (id, tenant_id, name, address, updated_at)
       SELECT gen_random_uuid(), $1, n, 'tcp://h:2376', now() FROM generate_series(1, $2::integer) AS n`,
        [tenantId, count],
      );
      const scans = await started.db.asOwner<{ id: string }>(
        `INSERT INTO scans (id, tenant_id, host_id)
       SELECT gen_random_uuid(), tenant_id, id FROM hosts WHERE tenant_id = $1 RETURNING id`,
        [tenantId],
      );
      for (const { id } of scans) await queues.add(scanHostJob, { tenantId, scanId: id, attempt: 0 });
      return actor;
    };

    /** Does scans in the order of their turns until `enough`: claims and ends the rows, with no host behind them. */
    const doScans = async (
      enough: number,
      during: (done: readonly ScanRef[]) => Promise<unknown> = async () => undefined,
    ) => {
      const done: ScanRef[] = [];
      const finished = Promise.withResolvers<void>();
      const run = async (ref: ScanRef): Promise<boolean> => {
        if (done.length >= enough) return true;
        const { database } = started.db;
        const held = await claimScan(database, ref, newId(), defaultLeaseTiming);
        if (held === undefined) return false;
        done.push(ref);
        try {
          await during(done);
        } catch (error) {
          await database.forTenant(ref.tenantId, (tx) => releaseScan(tx, held, 60_000));
          throw error;
        }
        await database.forTenant(ref.tenantId, (tx) =>
          tx.scan.update({ where: { id: ref.scanId }, data: { state: 'succeeded', leaseOwner: null } }),
        );
        if (done.length >= enough) finished.resolve();
        return true;
      };
      const scans = new FairScans({ database: started.db.database, pipeline: { run } });
      const worker = await queues.work(scanHostJob, (scan, job) => scans.run(scan, job), { concurrency: 1 });
      await finished.promise;
      await worker.close();
      return done;
    };

    const forgetAll = async (): Promise<void> => {
      await started.db.asOwner(`UPDATE scans SET state = 'cancelled' WHERE state IN ('queued', 'running')`);
    };

    test('one scan is not held up by five hundred of another tenant that were asked for before', async () => {
      const many = await queueScans(500);
      let single: Actor | undefined;
      const done = await doScans(4, async ({ length }) => {
        if (length === 2) single = await queueScans(1);
      });
      const [one, other] = [many.tenantId, single?.tenantId];
      expect(done.map(({ tenantId }) => tenantId)).toEqual([one, one, other, one]);
      await forgetAll();
    });

    test('every scan is done, once', async () => {
      const actors = [await queueScans(6), await queueScans(1), await queueScans(3)];
      const done = await doScans(10);
      expect(new Set(done.map(({ scanId }) => scanId))).toHaveLength(10);
      const [a, b, c] = actors.map(({ tenantId }) => tenantId);
      expect(done.map(({ tenantId }) => tenantId)).toEqual([a, b, c, a, c, a, c, a, a, a]);
    });

    test('a scan that is to be tried again goes on with the job that had begun it', async () => {
      await queueScans(1);
      const done = await doScans(2, async ({ length }) => {
        if (length === 1) throw new Error('not now');
      });
      expect(done[1]).toEqual(expect.objectContaining({ scanId: done[0]?.scanId }));
    });
  });
}
