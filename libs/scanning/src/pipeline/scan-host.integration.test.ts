import type { Actor } from '@plimsoll/contracts';
import {
  type EngineRecording,
  type SimulatedFaults,
  type SimulatedHost,
  sampleHostRecording,
  startSimulatedHost,
} from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { ScanRetry } from './scan-host.pipeline.ts';

let db: TestDatabase;
let world: World;
let actor: Actor;
const closing: (() => Promise<void>)[] = [];
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
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const never = new AbortController().signal;
const simulate = async (
  faults?: SimulatedFaults,
  recording?: EngineRecording,
  port?: number,
): Promise<SimulatedHost> => {
  const host = await startSimulatedHost({
    ...(faults === undefined ? {} : { faults }),
    ...(recording === undefined ? {} : { recording }),
    ...(port === undefined ? {} : { port }),
  });
  closing.push(() => host.close());
  return host;
};
const scanOnce = async (hostId: string, signal = never) => {
  const { id: scanId } = await world.scans.start(actor, hostId);
  await world.pipeline().run({ tenantId: actor.tenantId, scanId }, signal);
  return world.scans.get(actor, scanId);
};
const typesOf = async (): Promise<string[]> =>
  (await world.events(actor.tenantId)).map(({ type }) => type).filter((type) => type !== 'scan.requested');

describe('a scan of a host that answers', () => {
  test('succeeds, with findings, score, counts, results and events', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const scan = await scanOnce(hostId);
    expect(scan).toMatchObject({
      state: 'succeeded',
      missingParts: [],
      reason: null,
      progress: { percent: 100, step: 'succeeded' },
      fixed: 0,
      reopened: 0,
    });
    expect(scan.opened).toBeGreaterThan(5);
    const open = await world.database.forTenant(actor.tenantId, (tx) => tx.finding.findMany({ where: { hostId } }));
    expect(open).toHaveLength(scan.opened ?? 0);
    const host = await world.hosts.get(actor, hostId);
    expect(host).toMatchObject({
      simulated: true,
      score: scan.score,
      counts: scan.counts,
      lastScanId: scan.id,
      lastScanState: 'succeeded',
      reachability: { state: 'reachable' },
    });
    expect(Object.values(host.counts).reduce((sum, count) => sum + count)).toBe(scan.opened);
    const { items } = await world.scans.results(actor, scan.id, { limit: 200, outcome: 'pass' });
    expect(new Set(items.map(({ outcome }) => outcome))).toContain('pass');
    expect(await typesOf()).toEqual(['scan.completed', 'finding.opened']);
  });

  test('changes nothing when nothing changed', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const first = await scanOnce(hostId);
    const second = await scanOnce(hostId);
    expect(second).toMatchObject({ state: 'succeeded', opened: 0, fixed: 0, reopened: 0, score: first.score });
    expect(await typesOf()).toEqual(['scan.completed', 'finding.opened', 'scan.completed']);
  });

  test('keeps what a finding says up to date, and notes that the others were seen', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    await scanOnce(hostId);
    const [outdated] = await db.asOwner<{ id: string; reason: string }>(
      `UPDATE findings f SET reason = 'outdated', severity = 'info', content_hash = 'outdated'
       FROM (SELECT id, reason FROM findings WHERE host_id = $1 ORDER BY id LIMIT 1) AS one
       WHERE f.id = one.id RETURNING f.id, one.reason`,
      [hostId],
    );
    const second = await scanOnce(hostId);
    const rows = await world.database.forTenant(actor.tenantId, (tx) => tx.finding.findMany({ where: { hostId } }));
    expect(rows.find(({ id }) => id === outdated?.id)).toMatchObject({ reason: outdated?.reason });
    expect(new Set(rows.map(({ lastScanId }) => lastScanId))).toEqual(new Set([second.id]));
  });

  test('fixes what is gone and reopens what comes back', async () => {
    const sample = await sampleHostRecording();
    const empty = { ...sample, answers: { ...sample.answers, '/containers/json': [] } };
    const first = await simulate(undefined, sample);
    const { id: hostId } = await world.register(actor, first);
    const before = await scanOnce(hostId);
    const move = async (recording: EngineRecording) => {
      const host = await simulate(undefined, recording);
      await world.hosts.update(actor, hostId, null, { address: host.url, credential: host.tls });
      return scanOnce(hostId);
    };
    const without = await move(empty);
    expect(without.fixed).toBeGreaterThan(0);
    const again = await move(sample);
    expect(again).toMatchObject({ opened: 0, reopened: without.fixed, score: before.score });
    const types = await typesOf();
    expect(types).toContain('finding.fixed');
    expect(types).toContain('finding.reopened');
  });

  test.for([
    ['images', /^\/images\/json$/u],
    ['containers', /^\/containers\/json$/u],
    ['info', /^\/info$/u],
  ] as const)('is partial without %s, names it and fixes nothing', async ([part, path]) => {
    const whole = await simulate();
    const { id: hostId } = await world.register(actor, whole);
    await scanOnce(hostId);
    const lame = await simulate({ requests: [{ path, fault: { kind: 'status', status: 500 } }] });
    await world.hosts.update(actor, hostId, null, { address: lame.url, credential: lame.tls });
    const scan = await scanOnce(hostId);
    expect(scan).toMatchObject({ state: 'partial', reason: 'parts-missing', fixed: 0 });
    expect(scan.missingParts.map((missing) => missing.part)).toContain(part);
    expect(scan.detail).toContain(part);
  });

  test('survives names with control characters', async () => {
    const host = await simulate({ requests: [{ path: /./u, fault: { kind: 'control-characters' } }] });
    const { id: hostId } = await world.register(actor, host);
    expect(await scanOnce(hostId)).toMatchObject({ state: 'succeeded' });
    const stored = await db.asOwner<{ text: string }>('SELECT f::text AS text FROM findings f WHERE host_id = $1', [
      hostId,
    ]);
    expect(stored.filter(({ text }) => text.includes('\u001b') || text.includes('\u202e'))).toEqual([]);
  });

  test('leaves nothing behind when the host is deleted', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const scan = await scanOnce(hostId);
    await world.hosts.delete(actor, hostId);
    const tables = ['scans', 'findings', 'snapshots', 'check_summaries', 'host_days', 'host_credentials'];
    for (const table of tables) {
      const rows = await db.asOwner(`SELECT 1 FROM ${table} WHERE host_id = $1`, [hostId]);
      expect({ table, rows }).toEqual({ table, rows: [] });
    }
    expect(await db.asOwner('SELECT 1 FROM scan_events WHERE scan_id = $1', [scan.id])).toEqual([]);
  });
});

describe('a scan of a host that can not be reached', () => {
  test.for<[string, SimulatedFaults]>([
    ['unknown-authority', { certificate: 'unknown-authority' }],
    ['certificate-expired', { certificate: 'expired' }],
    ['certificate-not-yet-valid', { certificate: 'not-yet-valid' }],
    ['name-mismatch', { certificate: 'wrong-name' }],
    ['client-certificate-rejected', { clientCertificates: 'refused' }],
    ['plain-http-behind-port', { plainHttp: true }],
    ['not-a-docker-api', { requests: [{ path: /./u, fault: { kind: 'status', status: 404 } }] }],
    ['denied', { requests: [{ path: /^\/_ping$/u, fault: { kind: 'status', status: 403 } }] }],
  ])('fails with %s, and says what to do', async ([reason, faults]) => {
    const { id: hostId } = await world.register(actor, await simulate(faults));
    const scan = await scanOnce(hostId);
    expect(scan).toMatchObject({ state: 'failed', reason, score: null, counts: null });
    expect(scan.nextStep).toMatch(/\w/u);
    expect(await world.hosts.get(actor, hostId)).toMatchObject({
      score: null,
      reachability: { state: 'unreachable', reason },
      lastScanState: 'failed',
    });
    expect(await typesOf()).toEqual(['host.unreachable', 'scan.failed']);
  });

  test('is announced once, and again after it was reachable', async () => {
    const bad = await simulate({ certificate: 'expired' });
    const { id: hostId } = await world.register(actor, bad);
    await scanOnce(hostId);
    await scanOnce(hostId);
    expect((await typesOf()).filter((type) => type === 'host.unreachable')).toHaveLength(1);
    const good = await simulate();
    await world.hosts.update(actor, hostId, null, { address: good.url, credential: good.tls });
    await scanOnce(hostId);
    await world.database.forTenant(actor.tenantId, (tx) =>
      tx.host.update({ where: { id: hostId }, data: { address: bad.url } }),
    );
    await scanOnce(hostId);
    expect((await typesOf()).filter((type) => type === 'host.unreachable')).toHaveLength(2);
  });

  test('keeps the findings it had', async () => {
    const good = await simulate();
    const { id: hostId } = await world.register(actor, good);
    const before = await scanOnce(hostId);
    const bad = await simulate({ certificate: 'expired' });
    await world.hosts.update(actor, hostId, null, { address: bad.url, credential: bad.tls });
    await scanOnce(hostId);
    expect(await world.hosts.get(actor, hostId)).toMatchObject({ score: before.score, counts: before.counts });
  });

  test('is tried again where it may come back, and then fails', async () => {
    const host = await simulate();
    const { id: hostId } = await world.register(actor, host);
    await host.close();
    const { id: scanId } = await world.scans.start(actor, hostId);
    const ref = { tenantId: actor.tenantId, scanId };
    await expect(world.pipeline().run(ref, never)).rejects.toThrow(ScanRetry);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'running', progress: { step: 'waiting' } });
    await expect(world.pipeline().run(ref, never)).rejects.toThrow(ScanRetry);
    await world.pipeline().run(ref, never);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'failed', reason: 'connection-refused' });
    closing.length = 0;
  });

  test('succeeds after all when the host comes back', async () => {
    const host = await simulate();
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    const ref = { tenantId: actor.tenantId, scanId };
    await host.close();
    closing.length = 0;
    await expect(world.pipeline().run(ref, never)).rejects.toThrow(ScanRetry);
    const back = await simulate();
    await world.hosts.update(actor, hostId, null, { address: back.url, credential: back.tls });
    await world.pipeline().run(ref, never);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'succeeded' });
  });

  test('fails when it takes longer than allowed', async () => {
    const host = await simulate({ requests: [{ path: /^\/containers\/json$/u, fault: { kind: 'hang' } }] });
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    await world.pipeline({ timeoutMs: 300 }).run({ tenantId: actor.tenantId, scanId }, never);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'failed', reason: 'scan-timed-out' });
  });
});

test('a snapshot that is too large to be kept fails the scan at once, and leaves no row', async () => {
  const { id: hostId } = await world.register(actor, await simulate());
  const { id: scanId } = await world.scans.start(actor, hostId);
  await world.pipeline({ snapshotLimitBytes: 20_000 }).run({ tenantId: actor.tenantId, scanId }, never);
  const scan = await world.scans.get(actor, scanId);
  expect(scan).toMatchObject({ state: 'failed', reason: 'snapshot-too-large', score: null });
  expect(scan.detail).toContain('20000 bytes');
  expect(await db.asOwner('SELECT 1 FROM snapshots WHERE host_id = $1', [hostId])).toEqual([]);
});

describe('a scan under way', () => {
  const hanging: SimulatedFaults = { requests: [{ path: /^\/images\/json$/u, fault: { kind: 'hang' } }] };
  /** Resolves once the host was asked for what it will never answer. */
  const untilHanging = (host: SimulatedHost): Promise<void> =>
    expect.poll(() => host.requests.some(({ url }) => url.includes('/images/json')), { interval: 5 }).toBe(true);

  test('is one per host', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const [one, other] = await Promise.all([world.scans.start(actor, hostId), world.scans.start(actor, hostId)]);
    expect(other.id).toBe(one.id);
    await world.pipeline().run({ tenantId: actor.tenantId, scanId: one.id }, never);
    expect((await world.scans.start(actor, hostId)).id).not.toBe(one.id);
  });

  test('is done once when two workers take it up', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const { id: scanId } = await world.scans.start(actor, hostId);
    const ref = { tenantId: actor.tenantId, scanId };
    await Promise.all([world.pipeline().run(ref, never), world.pipeline().run(ref, never)]);
    expect((await typesOf()).filter((type) => type === 'scan.completed')).toHaveLength(1);
  });

  test('stops when it is cancelled', async () => {
    const host = await simulate(hanging);
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    const running = world.pipeline().run({ tenantId: actor.tenantId, scanId }, never);
    await untilHanging(host);
    expect(await world.scans.cancel(actor, scanId)).toMatchObject({ state: 'running' });
    await running;
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'cancelled', score: null });
    expect(await typesOf()).toEqual([]);
    await expect(world.scans.cancel(actor, scanId)).rejects.toMatchObject({ slug: 'state-conflict' });
  });

  test('is cancelled at once while nobody holds it', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const { id: scanId } = await world.scans.start(actor, hostId);
    expect(await world.scans.cancel(actor, scanId)).toMatchObject({ state: 'cancelled' });
    await world.pipeline().run({ tenantId: actor.tenantId, scanId }, never);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'cancelled', startedAt: null });
  });

  test('is left to another worker when this one shuts down', async () => {
    const host = await simulate({ requests: [{ path: /^\/images\/json$/u, fault: { kind: 'hang' }, times: 1 }] });
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    const ref = { tenantId: actor.tenantId, scanId };
    const shutdown = new AbortController();
    const running = world.pipeline().run(ref, shutdown.signal);
    await untilHanging(host);
    shutdown.abort();
    await expect(running).rejects.toThrow(ScanRetry);
    await world.pipeline().run(ref, never);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'succeeded' });
  });

  test('ends once when its worker was thought dead and was not', async () => {
    const host = await simulate({ requests: [{ path: /^\/images\/json$/u, fault: { kind: 'hang' }, times: 1 }] });
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    const ref = { tenantId: actor.tenantId, scanId };
    const slow = world.pipeline({ lease: { leaseMs: 1, renewMs: 60_000 } }).run(ref, never);
    await untilHanging(host);
    await world.pipeline().run(ref, never);
    const done = await world.scans.get(actor, scanId);
    expect(done).toMatchObject({ state: 'succeeded' });
    await world.database.forTenant(
      actor.tenantId,
      (tx) => tx.$queryRaw`SELECT pg_notify('plimsoll_scan_cancellations', ${scanId})::text`,
    );
    await slow;
    expect(await world.scans.get(actor, scanId)).toEqual(done);
    expect((await typesOf()).filter((type) => type === 'scan.completed')).toHaveLength(1);
  });

  test('is given up quietly when its host is deleted', async () => {
    const host = await simulate(hanging);
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    const running = world
      .pipeline({ lease: { leaseMs: 15_000, renewMs: 20 } })
      .run({ tenantId: actor.tenantId, scanId }, never);
    await untilHanging(host);
    await world.hosts.delete(actor, hostId);
    await running;
    expect(await typesOf()).toEqual([]);
  });

  test('fails in the end when it is interrupted again and again', async () => {
    const { id: hostId } = await world.register(actor, await simulate());
    const { id: scanId } = await world.scans.start(actor, hostId);
    await world.database.forTenant(actor.tenantId, (tx) =>
      tx.scan.update({ where: { id: scanId }, data: { attempt: 5 } }),
    );
    await world.pipeline().run({ tenantId: actor.tenantId, scanId }, never);
    expect(await world.scans.get(actor, scanId)).toMatchObject({ state: 'failed', reason: 'attempts-exhausted' });
  });
});
