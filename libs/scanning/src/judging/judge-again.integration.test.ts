import { type Check, catalogue } from '@plimsoll/checks';
import type { Actor } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { decompressJson } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { HostSnapshot } from '@plimsoll/snapshot';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CheckParametersService } from '../checks/check-parameters.service.ts';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { JudgeAgainSweeper } from './judge-again.sweeper.ts';

let db: TestDatabase;
let world: World;
let actor: Actor;
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
});

const never = new AbortController().signal;
interface Catalogue {
  readonly checks: readonly Check[];
  readonly catalogueVersion: string;
}
const run = (scanId: string, by?: Catalogue) =>
  world.pipeline({ ...by }).run({ tenantId: actor.tenantId, scanId }, never);

/** A host that was scanned once, and is gone: whatever is judged later is judged without it. */
const scannedHost = async (by?: Catalogue, name = 'sample'): Promise<{ hostId: string; scanId: string }> => {
  const engine = await startSimulatedHost();
  const { id: hostId } = await world.register(actor, engine, { name });
  const { id: scanId } = await world.scans.start(actor, hostId);
  await run(scanId, by);
  await engine.close();
  return { hostId, scanId };
};
const judgeAgain = async (hostId: string, by?: Catalogue) => {
  const { id } = await world.scans.judgeAgain(actor, hostId);
  await run(id, by);
  return world.scans.get(actor, id);
};
const sweep = (catalogueVersion?: string, waitingLimit?: number) =>
  new JudgeAgainSweeper({
    database: world.database,
    ...(catalogueVersion === undefined ? {} : { catalogueVersion }),
    ...(waitingLimit === undefined ? {} : { waitingLimit }),
  }).sweep();
/** What the sweeper queues for the host; other tests' hosts are swept as well. */
const sweepFor = async (hostId: string, catalogueVersion?: string): Promise<number> => {
  const waiting = async () => (await world.scans.list(actor, { hostId, state: 'queued', limit: 2 })).items.length;
  const before = await waiting();
  await sweep(catalogueVersion, 10_000);
  return (await waiting()) - before;
};
/** Runs what the sweeper has queued. @returns the judgement of the host */
const runQueued = async (hostId: string, by?: Catalogue) => {
  const [queued] = (await world.scans.list(actor, { hostId, state: 'queued', kind: 'rejudge', limit: 2 })).items;
  await run(queued?.id ?? '', by);
  return world.scans.get(actor, queued?.id ?? '');
};

const everything = async (hostId: string) => ({
  hosts: await db.asOwner('SELECT * FROM hosts WHERE id = $1', [hostId]),
  days: await db.asOwner('SELECT * FROM host_days WHERE host_id = $1', [hostId]),
  findings: await db.asOwner('SELECT * FROM findings WHERE host_id = $1 ORDER BY id', [hostId]),
  snapshots: await db.asOwner('SELECT * FROM snapshots WHERE host_id = $1', [hostId]),
});
const announced = async (): Promise<string[]> =>
  (await world.events(actor.tenantId)).map(({ type }) => type).filter((type) => type !== 'scan.requested');
const findingsOf = (hostId: string) =>
  world.database.forTenant(actor.tenantId, (tx) => tx.finding.findMany({ where: { hostId }, orderBy: { id: 'asc' } }));
const without = (id: string, catalogueVersion: string): Catalogue => ({
  checks: catalogue.filter((check) => check.id !== id),
  catalogueVersion,
});

test('a snapshot that is judged a hundred times changes nothing and announces nothing', async () => {
  const { hostId, scanId } = await scannedHost();
  const [before, said] = [await everything(hostId), await announced()];
  for (let round = 0; round < 100; round += 1) await judgeAgain(hostId);
  expect(await everything(hostId)).toEqual(before);
  expect(await announced()).toEqual(said);
  const [first, last] = await Promise.all([
    world.scans.results(actor, scanId, { limit: 200 }),
    world.scans
      .list(actor, { hostId, kind: 'rejudge', limit: 1 })
      .then(({ items: [newest] }) => world.scans.results(actor, newest?.id ?? '', { limit: 200 })),
  ]);
  expect(last.items).toEqual(first.items);
}, 120_000);

test('a host that no scan has judged is not judged again', async () => {
  const engine = await startSimulatedHost();
  const { id } = await world.register(actor, engine);
  await engine.close();
  await expect(world.scans.judgeAgain(actor, id)).rejects.toMatchObject({ slug: 'state-conflict' });
  expect(await sweepFor(id)).toBe(0);
});

describe('a new catalogue', () => {
  test('opens what its new check finds, and leaves the rest as it is but for who judged it', async () => {
    const { hostId } = await scannedHost(without('container-memory-limit', 'old'));
    const lastScan = await world.hosts.get(actor, hostId);
    const before = await findingsOf(hostId);
    const said = await announced();
    expect(await sweepFor(hostId, 'new')).toBe(1);
    expect(await sweepFor(hostId, 'new')).toBe(0);
    const judgement = await runQueued(hostId, { checks: catalogue, catalogueVersion: 'new' });
    const after = await findingsOf(hostId);
    const opened = after.filter(({ checkId }) => checkId === 'container-memory-limit');
    expect(opened.length).toBeGreaterThan(0);
    expect(judgement).toMatchObject({ kind: 'rejudge', state: 'succeeded', opened: opened.length, fixed: 0 });
    expect(judgement.requestedBy).toBe('Plimsoll');
    expect(new Set(opened.map(({ foundByCatalogueVersion }) => foundByCatalogueVersion))).toEqual(new Set(['new']));
    expect(after.filter(({ checkId }) => checkId !== 'container-memory-limit')).toEqual(
      before.map((row) => ({ ...row, foundByCatalogueVersion: 'old', catalogueVersion: 'new' })),
    );
    expect((await announced()).slice(said.length)).toEqual(['finding.opened']);
    const { lastScanId, lastScanAt, lastScanState } = lastScan;
    expect(await world.hosts.get(actor, hostId)).toMatchObject({
      lastScanId,
      lastScanAt,
      lastScanState,
      score: judgement.score,
      counts: judgement.counts,
    });
    expect(await sweepFor(hostId, 'new')).toBe(0);
  });

  test('closes what its check now knows to be well', async () => {
    const { hostId } = await scannedHost({ checks: catalogue, catalogueVersion: 'old' });
    const wrong = (await findingsOf(hostId)).filter(({ checkId }) => checkId === 'container-memory-limit');
    const corrected = catalogue.map((check): Check => {
      if (check.id !== 'container-memory-limit') return check;
      const evaluate: Check['evaluate'] = (input) =>
        [...check.evaluate(input)].map((verdict) => ({ ...verdict, outcome: 'pass' as const }));
      return { ...check, evaluate };
    });
    await sweepFor(hostId, 'corrected');
    const judgement = await runQueued(hostId, { checks: corrected, catalogueVersion: 'corrected' });
    expect(judgement).toMatchObject({ opened: 0, reopened: 0, fixed: wrong.length });
    const fixed = (await findingsOf(hostId)).filter(({ status }) => status === 'fixed');
    expect(fixed.map(({ id }) => id)).toEqual(wrong.map(({ id }) => id));
    expect((await announced()).at(-1)).toBe('finding.fixed');
  });

  test('is judged by only where the worker that started last has it', async () => {
    const { hostId } = await scannedHost({ checks: catalogue, catalogueVersion: 'A' });
    const old = new JudgeAgainSweeper({ database: world.database, catalogueVersion: 'B', waitingLimit: 10_000 });
    expect(await old.sweep()).toBeGreaterThan(0);
    await runQueued(hostId, { checks: catalogue, catalogueVersion: 'B' });
    expect(await sweepFor(hostId, 'C')).toBe(1);
    await runQueued(hostId, { checks: catalogue, catalogueVersion: 'C' });
    expect(await old.sweep()).toBe(0);
  });

  test('reaches many hosts a few at a time', async () => {
    for (const name of ['one', 'two', 'three']) await scannedHost({ checks: catalogue, catalogueVersion: 'A' }, name);
    const waiting = () =>
      db
        .asOwner(`SELECT 1 FROM scans WHERE kind = 'rejudge' AND state IN ('queued', 'running')`)
        .then((rows) => rows.length);
    const before = await waiting();
    expect(await sweep('few', before + 2)).toBe(2);
    expect(await sweep('few', before + 2)).toBe(0);
  });
});

test('an adjusted parameter has every host of the tenant judged by it, and the judgement says so', async () => {
  const { hostId } = await scannedHost();
  await sweepFor(hostId);
  const parameters = new CheckParametersService({ database: world.database });
  await parameters.set(actor, 'daemon-log-level', null, { allowedLevels: ['debug'] });
  expect(await sweepFor(hostId)).toBe(1);
  const judgement = await runQueued(hostId);
  const { items } = await world.scans.results(actor, judgement.id, { limit: 2, check: 'daemon-log-level' });
  expect(items).toHaveLength(1);
  expect(judgement.adjustedParameters).toEqual([
    { check: 'daemon-log-level', name: 'allowedLevels', value: ['debug'], default: ['info'] },
  ]);
  await parameters.reset(actor, 'daemon-log-level');
  expect(await sweepFor(hostId)).toBe(1);
  expect(await runQueued(hostId)).toMatchObject({ state: 'succeeded', adjustedParameters: [] });
});

describe('a judgement', () => {
  test('gives way to a scan that is wanted, and writes nothing more', async () => {
    const engine = await startSimulatedHost();
    const { id: hostId } = await world.register(actor, engine);
    await run((await world.scans.start(actor, hostId)).id);
    const judgement = await world.scans.judgeAgain(actor, hostId);
    const scan = await world.scans.start(actor, hostId);
    expect(scan).toMatchObject({ kind: 'full', state: 'queued' });
    expect(await world.scans.get(actor, judgement.id)).toMatchObject({ state: 'cancelled', reason: 'superseded' });
    await run(judgement.id);
    expect(await world.scans.get(actor, judgement.id)).toMatchObject({ state: 'cancelled', score: null });
    expect(await world.scans.judgeAgain(actor, hostId)).toMatchObject({ id: scan.id });
    await run(scan.id);
    await engine.close();
    expect(await world.scans.get(actor, scan.id)).toMatchObject({ state: 'succeeded' });
  });

  test('whose worker was killed is taken up again, and ends once', async () => {
    const { hostId } = await scannedHost();
    const { id } = await world.scans.judgeAgain(actor, hostId);
    await db.asOwner(
      `UPDATE scans SET state = 'running', lease_owner = 'killed', attempt = 1, started_at = now(),
              lease_expires_at = now() - interval '1 second' WHERE id = $1`,
      [id],
    );
    const stalled = await world.database.platform.findStalledScans(new Date(0), 500);
    expect(stalled.map(({ scanId }) => scanId)).toContain(id);
    await Promise.all([run(id), run(id)]);
    await run(id);
    expect(await world.scans.get(actor, id)).toMatchObject({ state: 'succeeded', opened: 0 });
    expect(await db.asOwner('SELECT 1 FROM check_summaries WHERE scan_id = $1', [id])).toHaveLength(1);
  });

  test('of a snapshot that can not be read fails, is announced to nobody, and is not begun again by itself', async () => {
    const { hostId } = await scannedHost();
    await sweepFor(hostId);
    const [before, said] = [await findingsOf(hostId), await announced()];
    await db.asOwner(`UPDATE snapshots SET content = '\\x00' WHERE host_id = $1`, [hostId]);
    expect(await sweepFor(hostId, 'damaged')).toBe(1);
    expect(await runQueued(hostId)).toMatchObject({ state: 'failed', reason: 'snapshot-gone' });
    expect(await findingsOf(hostId)).toEqual(before);
    expect(await announced()).toEqual(said);
    expect(await world.hosts.get(actor, hostId)).toMatchObject({
      lastScanState: 'succeeded',
      reachability: { state: 'reachable' },
    });
    expect(await sweepFor(hostId)).toBe(0);
  });

  test('that somebody cancels is not begun again by itself', async () => {
    const { hostId } = await scannedHost();
    await new CheckParametersService({ database: world.database }).set(actor, 'daemon-log-level', null, {
      allowedLevels: ['warn'],
    });
    expect(await sweepFor(hostId)).toBe(1);
    const [queued] = (await world.scans.list(actor, { hostId, state: 'queued', limit: 1 })).items;
    await world.scans.cancel(actor, queued?.id ?? '');
    expect(await sweepFor(hostId)).toBe(0);
  });
});

describe('the counters of the snapshot before', () => {
  const stored = async (scanId: string): Promise<HostSnapshot> => {
    const [row] = await db.asOwner<{ content: Uint8Array }>('SELECT content FROM snapshots WHERE scan_id = $1', [
      scanId,
    ]);
    return HostSnapshot.parse(await decompressJson(row?.content ?? new Uint8Array()));
  };

  test('are kept with the next one, where they can be read, and missing them ends no scan', async () => {
    const engine = await startSimulatedHost();
    const { id: hostId } = await world.register(actor, engine);
    const scan = async (): Promise<HostSnapshot> => {
      const { id } = await world.scans.start(actor, hostId);
      await run(id);
      expect(await world.scans.get(actor, id)).toMatchObject({ state: 'succeeded' });
      return stored(id);
    };
    const first = await scan();
    expect(first.earlier).toBeUndefined();
    const second = await scan();
    expect(second.earlier?.takenAt).toBe(first.takenAt);
    expect(Object.keys(second.earlier?.containers ?? {}).length).toBeGreaterThan(0);
    await db.asOwner(`UPDATE snapshots SET content = '\\x00' WHERE host_id = $1`, [hostId]);
    expect((await scan()).earlier).toBeUndefined();
    await engine.close();
  });
});
