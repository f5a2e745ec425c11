import { catalogue, catalogueVersion, judge } from '@plimsoll/checks';
import { aSnapshot } from '@plimsoll/checks/testing';
import type { Actor } from '@plimsoll/contracts';
import { type SimulatedFaults, type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { concludeJudged } from './conclude-judged.ts';
import { hostFileReadingOf, noteHostFilesAsked } from './host-file-reading.ts';
import { type HeldScan, claimScan, defaultLeaseTiming } from './scan-lease.ts';
import { ScanRetry } from './scan-host.pipeline.ts';

let db: TestDatabase;
let world: World;
let engine: SimulatedHost;
let actor: Actor;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openWorld(db);
  engine = await startSimulatedHost();
});
afterAll(async () => {
  await engine.close();
  await world.close();
  await db.close();
});
beforeEach(async () => {
  actor = await anActor(world.database);
});

const never = new AbortController().signal;
const aHostThat = async (inspectHostFiles: boolean, host = engine): Promise<string> => {
  const { id } = await world.register(actor, host);
  await world.hosts.update(actor, id, null, { inspectHostFiles });
  return id;
};
const claimed = async (hostId: string): Promise<HeldScan> => {
  const { id: scanId } = await world.scans.start(actor, hostId);
  const scan = await claimScan(world.database, { tenantId: actor.tenantId, scanId }, 'a worker', defaultLeaseTiming);
  if (scan === undefined) throw new Error('The scan could not be claimed');
  return scan;
};
const scanOnce = async (hostId: string) => {
  const { id: scanId } = await world.scans.start(actor, hostId);
  await world.pipeline().run({ tenantId: actor.tenantId, scanId }, never);
  return world.scans.get(actor, scanId);
};
const inspections = () =>
  db.asOwner<{ outcome: string; actor: string; subject: string; details: Record<string, unknown> }>(
    `SELECT outcome::text, actor_name AS actor, subject_id AS subject, details FROM audit_events
     WHERE tenant_id = $1 AND action = 'host.files-inspected' ORDER BY sequence`,
    [actor.tenantId],
  );
const readingOf = (scan: HeldScan, inspectHostFiles: boolean) =>
  world.database.forTenant(actor.tenantId, (tx) => hostFileReadingOf(tx, scan, { inspectHostFiles }));

describe('a scan of a host whose files may not be read', () => {
  test('says that it was off, and leaves no event', async () => {
    const scan = await scanOnce(await aHostThat(false));
    expect(scan).toMatchObject({ state: 'succeeded', hostFiles: 'off' });
    expect(await inspections()).toEqual([]);
  });

  test('is nothing but a read where no scan before has asked', async () => {
    const hostId = await aHostThat(false);
    expect(await readingOf(await claimed(hostId), false)).toBeUndefined();
  });

  test('removes what a scan before may have left, and the next need not', async () => {
    const hostId = await aHostThat(true);
    const first = await claimed(hostId);
    await noteHostFilesAsked(world.database, first, await readingOf(first, true));
    await db.asOwner(`UPDATE scans SET state = 'failed' WHERE id = $1`, [first.scanId]);
    const second = await claimed(hostId);
    const reading = await readingOf(second, false);
    expect(reading).toMatchObject({ read: false });
    await noteHostFilesAsked(world.database, second, reading);
    await db.asOwner(`UPDATE scans SET state = 'failed' WHERE id = $1`, [second.scanId]);
    const third = await claimed(hostId);
    expect(await readingOf(third, false)).toEqual(reading);
    await noteHostFilesAsked(world.database, third, reading);
    await db.asOwner(`UPDATE scans SET state = 'succeeded' WHERE id = $1`, [third.scanId]);
    expect(await readingOf(await claimed(hostId), false)).toBeUndefined();
  });
});

test('a reader is that of one installation and one host', async () => {
  const [row] = await db.asOwner<{ id: string }>('SELECT id FROM installations');
  const hostId = await aHostThat(true);
  expect(await readingOf(await claimed(hostId), true)).toEqual({ read: true, owner: `${row?.id}:${hostId}` });
});

describe('a scan that asks for files of its host', () => {
  const judgedWith = (hostFiles: HostSnapshot['hostFiles']) => {
    const snapshot: HostSnapshot = { ...aSnapshot(), hostFiles };
    const results = judge(snapshot, catalogue);
    return { snapshot, checks: catalogue, results, catalogueVersion, adjusted: [], basis: 'x/0/0' };
  };

  test.for<[string, HostSnapshot['hostFiles'], object]>([
    ['read', { value: {} }, { outcome: 'success', details: { result: 'read', detail: null } }],
    [
      'not-read',
      { missing: 'denied', detail: 'The gate lets no container be made' },
      { outcome: 'failure', details: { result: 'denied', detail: 'The gate lets no container be made' } },
    ],
  ])('says once that they were %s, and who asked', async ([state, hostFiles, event]) => {
    const hostId = await aHostThat(true);
    const scan = await claimed(hostId);
    await noteHostFilesAsked(world.database, scan, await readingOf(scan, true));
    expect(await world.scans.get(actor, scan.scanId)).toMatchObject({ hostFiles: 'asked' });
    await concludeJudged(world.database, scan, judgedWith(hostFiles), new Date());
    expect(await world.scans.get(actor, scan.scanId)).toMatchObject({ hostFiles: state });
    const [found, ...others] = await inspections();
    expect(others).toEqual([]);
    expect(found).toMatchObject({ actor: 'Plimsoll', subject: hostId, ...event });
    expect(found?.details).toMatchObject({ scanId: scan.scanId, requestedBy: { id: null, name: 'Ada' } });
  });

  test('asks the host that was registered so', async () => {
    const scan = await scanOnce(await aHostThat(true));
    expect(scan.hostFiles).toMatch(/^(?:read|not-read)$/);
    expect(await inspections()).toHaveLength(1);
  });

  test('says that it was not finished when it is cancelled on the way', async () => {
    const faults: SimulatedFaults = { requests: [{ path: /^\/images\/json$/u, fault: { kind: 'hang' } }] };
    const slow = await startSimulatedHost({ faults });
    const { id: scanId } = await world.scans.start(actor, await aHostThat(true, slow));
    const running = world.pipeline().run({ tenantId: actor.tenantId, scanId }, never);
    await expect.poll(() => slow.requests.some(({ url }) => url.includes('/images/json')), { interval: 5 }).toBe(true);
    await world.scans.cancel(actor, scanId);
    await running;
    await slow.close();
    expect(await inspections()).toMatchObject([{ outcome: 'failure', details: { scanId, result: 'unfinished' } }]);
  });

  test('says so too when it is cancelled while it waits for another attempt', async () => {
    const scan = await claimed(await aHostThat(true));
    await noteHostFilesAsked(world.database, scan, await readingOf(scan, true));
    await db.asOwner(`UPDATE scans SET lease_owner = NULL WHERE id = $1`, [scan.scanId]);
    await world.scans.cancel(actor, scan.scanId);
    expect(await inspections()).toMatchObject([{ outcome: 'failure', details: { result: 'unfinished' } }]);
  });

  test('has asked nothing of a host that it could not reach', async () => {
    const gone = await startSimulatedHost();
    const hostId = await aHostThat(true, gone);
    await gone.close();
    const { id: scanId } = await world.scans.start(actor, hostId);
    const ref = { tenantId: actor.tenantId, scanId };
    await expect(world.pipeline().run(ref, never)).rejects.toThrow(ScanRetry);
    await world.scans.cancel(actor, scanId);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'cancelled', hostFiles: null });
    expect(await inspections()).toEqual([]);
  });
});
