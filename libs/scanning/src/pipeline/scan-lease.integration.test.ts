import { catalogue, catalogueVersion, judge } from '@plimsoll/checks';
import { aContainer, aSnapshot } from '@plimsoll/checks/testing';
import type { Actor } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { aHost, createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { concludeJudgedAgain } from './conclude-judged-again.ts';
import { concludeJudged } from './conclude-judged.ts';
import { concludeCancelled, concludeFailed } from './conclude-scan.ts';
import { type HeldScan, LeaseLost, claimScan, releaseScan, renewLease } from './scan-lease.ts';
import { tookTooLong } from './scan-failure.ts';

let db: TestDatabase;
let world: World;
let actor: Actor;
let ref: { tenantId: string; scanId: string };
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openWorld(db);
});
afterAll(async () => {
  await world.close();
  await db.close();
});
beforeEach(async () => {
  actor = await anActor(world.database);
  const host = await aHost(world.database, { tenantId: actor.tenantId });
  const { id: scanId } = await world.scans.start(actor, host.id);
  ref = { tenantId: actor.tenantId, scanId };
});

const timing = { leaseMs: 60_000, renewMs: 60_000 };
const claim = (owner: string): Promise<HeldScan | undefined> => claimScan(world.database, ref, owner, timing);
const held = async (owner: string): Promise<HeldScan> => {
  const scan = await claim(owner);
  if (scan === undefined) throw new Error(`${owner} could not claim the scan`);
  return scan;
};
const letLeaseRunOut = () =>
  db.asOwner(`UPDATE scans SET lease_expires_at = now() - interval '1 ms' WHERE id = $1`, [ref.scanId]);
const at = new Date('2026-11-24T12:00:00.000Z');
const judged = (() => {
  const snapshot = aSnapshot({ containers: [aContainer({ hostConfig: { Privileged: true } })] });
  const results = judge(snapshot, catalogue);
  return { snapshot, checks: catalogue, results, catalogueVersion, adjusted: [], basis: `${catalogueVersion}/0/0` };
})();
const everything = async () => ({
  scans: await db.asOwner('SELECT * FROM scans WHERE id = $1', [ref.scanId]),
  hosts: await db.asOwner('SELECT * FROM hosts WHERE tenant_id = $1', [ref.tenantId]),
  findings: await db.asOwner('SELECT * FROM findings WHERE tenant_id = $1 ORDER BY id', [ref.tenantId]),
  events: await db.asOwner('SELECT * FROM outbox_messages WHERE tenant_id = $1 ORDER BY sequence', [ref.tenantId]),
  audit: await db.asOwner('SELECT * FROM audit_events WHERE tenant_id = $1 ORDER BY sequence', [ref.tenantId]),
});

test('a scan is held by one worker at a time', async () => {
  expect(await held('a')).toMatchObject({ attempt: 1 });
  expect(await claim('b')).toBeUndefined();
  await letLeaseRunOut();
  expect(await held('b')).toMatchObject({ attempt: 2 });
});

test('a sign of life keeps it, and comes too late once another holds it', async () => {
  const first = await held('a');
  expect(await renewLease(world.database, first, timing)).toEqual({ cancelRequested: false });
  await world.scans.cancel(actor, ref.scanId);
  expect(await renewLease(world.database, first, timing)).toEqual({ cancelRequested: true });
  await letLeaseRunOut();
  await held('b');
  expect(await renewLease(world.database, first, timing)).toBeUndefined();
});

test('a scan that was let go is taken up at once, and not let go by another', async () => {
  const first = await held('a');
  const release = (scan: HeldScan) => world.database.forTenant(ref.tenantId, (tx) => releaseScan(tx, scan, 60_000));
  await release({ ...first, leaseOwner: 'b' });
  expect(await claim('b')).toBeUndefined();
  await release(first);
  expect(await held('b')).toMatchObject({ attempt: 2 });
});

test.for<[string, (scan: HeldScan) => Promise<unknown>]>([
  ['a result', (scan) => concludeJudged(world.database, scan, judged, at)],
  [
    'a judgement of a stored snapshot',
    (scan) => concludeJudgedAgain(world.database, { ...scan, kind: 'rejudge' }, { ...judged, snapshotId: newId() }, at),
  ],
  ['a failure', (scan) => concludeFailed(world.database, scan, tookTooLong(1), at)],
  ['a cancellation', (scan) => concludeCancelled(world.database, scan, at)],
])('%s of a worker that has lost the scan changes nothing', async ([, conclude]) => {
  const late = await held('late');
  await letLeaseRunOut();
  const present = await held('present');
  const before = await everything();
  await expect(conclude(late)).rejects.toThrow(LeaseLost);
  expect(await everything()).toEqual(before);
  await concludeJudged(world.database, present, judged, at);
  const after = await everything();
  await expect(conclude(late)).rejects.toThrow(LeaseLost);
  await expect(conclude(present)).rejects.toThrow(LeaseLost);
  expect(await everything()).toEqual(after);
});
