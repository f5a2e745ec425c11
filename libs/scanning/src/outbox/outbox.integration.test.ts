import type { Actor } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { type ClaimedOutboxMessage, newId, outbox } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import type { JobDefinition, Queues } from '@plimsoll/queue';
import { createLogger } from '@plimsoll/telemetry';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RetentionSweeper } from '../scans/retention.sweeper.ts';
import { StalledScansSweeper } from '../scans/stalled-scans.sweeper.ts';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { type EventSink, OutboxDispatcher } from './outbox.dispatcher.ts';

let db: TestDatabase;
let world: World;
let actor: Actor;
let host: Awaited<ReturnType<typeof startSimulatedHost>>;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openWorld(db);
  host = await startSimulatedHost();
});
afterAll(async () => {
  await host.close();
  await world.close();
  await db.close();
});
beforeEach(async () => {
  await db.asOwner('UPDATE outbox_messages SET dispatched_at = now() WHERE dispatched_at IS NULL');
  actor = await anActor(world.database);
});

const log = createLogger({ level: 'silent', service: 'test' });
/** Jobs by their id, as a queue would keep them. */
class RecordingQueue implements Pick<Queues, 'add'> {
  readonly jobs = new Map<string, unknown>();
  add<Payload>(job: JobDefinition<Payload>, payload: Payload): Promise<void> {
    this.jobs.set(job.idOf(payload), job.schema.parse(payload));
    return Promise.resolve();
  }
}
class RecordingSink implements EventSink {
  readonly told: string[] = [];
  /** Ids of messages that can not be handed on. */
  readonly broken = new Set<string>();
  dispatch({ id, type }: ClaimedOutboxMessage): Promise<void> {
    if (this.broken.has(id)) return Promise.reject(new Error('not now'));
    this.told.push(`${type} ${id}`);
    return Promise.resolve();
  }
}
const dispatcherOf = (sink: EventSink, queues = new RecordingQueue(), more: { intervalMs?: number } = {}) =>
  new OutboxDispatcher({
    database: world.database,
    queues,
    sinks: [sink],
    log,
    notifications: world.notifications,
    ...more,
  });
const append = (type: string, tenantId = actor.tenantId): Promise<string> =>
  world.database.forTenant(tenantId, (tx) => outbox.append(tx, { tenantId, type, payload: {} }));
const pending = async (): Promise<number> =>
  (await db.asOwner('SELECT 1 FROM outbox_messages WHERE dispatched_at IS NULL')).length;

describe('the dispatcher', () => {
  test('hands on every message once, in its order', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 120; index += 1) ids.push(await append('one'));
    const sink = new RecordingSink();
    expect(await dispatcherOf(sink).dispatchAll()).toBe(120);
    expect(sink.told).toEqual(ids.map((id) => `one ${id}`));
    expect(await dispatcherOf(sink).dispatchAll()).toBe(0);
    expect(await pending()).toBe(0);
  });

  test('keeps back what could not be handed on, in order, and holds up no other tenant', async () => {
    const other = await anActor(world.database);
    const ours = [await append('one'), await append('two')] as const;
    const theirs = await append('three', other.tenantId);
    const sink = new RecordingSink();
    sink.broken.add(ours[0]);
    await dispatcherOf(sink).dispatchAll();
    expect(sink.told).toEqual([`three ${theirs}`]);
    expect(await pending()).toBe(2);
    sink.broken.clear();
    await dispatcherOf(sink).dispatchAll();
    expect(sink.told.slice(1)).toEqual([`one ${ours[0]}`, `two ${ours[1]}`]);
  });

  test('goes past a tenant with more held messages than it takes at once, to those behind', async () => {
    const other = await anActor(world.database);
    const first = await append('one');
    for (let index = 0; index < 230; index += 1) await append('one');
    const theirs = await append('three', other.tenantId);
    const sink = new RecordingSink();
    sink.broken.add(first);
    expect(await dispatcherOf(sink).dispatchAll()).toBe(1);
    expect(sink.told).toEqual([`three ${theirs}`]);
    sink.broken.clear();
    expect(await dispatcherOf(sink).dispatchAll()).toBe(231);
    expect(sink.told[1]).toBe(`one ${first}`);
  });

  test('sets a message aside that can never be read, says so, and goes on with those behind', async () => {
    const id = await append('scan.requested');
    const behind = await append('one');
    const sink = new RecordingSink();
    const logged: string[] = [];
    const dispatcher = new OutboxDispatcher({
      database: world.database,
      queues: new RecordingQueue(),
      sinks: [sink],
      log: createLogger({ level: 'error', service: 'test' }, { write: (line: string) => void logged.push(line) }),
    });
    for (let round = 1; round < 20; round += 1) expect(await dispatcher.dispatchAll()).toBe(0);
    expect({ told: sink.told, logged }).toEqual({ told: [], logged: [] });
    expect(await dispatcher.dispatchAll()).toBe(1);
    expect(sink.told).toEqual([`one ${behind}`]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain(id);
    expect(await dispatcher.dispatchAll()).toBe(0);
    const rows = await db.asOwner('SELECT attempts, dispatched_at FROM outbox_messages WHERE id = $1', [id]);
    expect(rows).toEqual([{ attempts: 20, dispatched_at: null }]);
    expect((await world.database.platform.readBacklog()).outboxPending).toBe(0);
  });

  test('tells no one of what was rolled back', async () => {
    const { tenantId } = actor;
    const rolledBack = world.database.forTenant(tenantId, async (tx) => {
      await outbox.append(tx, { tenantId, type: 'never', payload: {} });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    const sink = new RecordingSink();
    await dispatcherOf(sink).dispatchAll();
    expect(sink.told).toEqual([]);
  });

  test('shares the messages with another dispatcher', async () => {
    for (let index = 0; index < 250; index += 1) await append('one');
    const sink = new RecordingSink();
    await Promise.all([dispatcherOf(sink).dispatchAll(), dispatcherOf(sink).dispatchAll()]);
    await dispatcherOf(sink).dispatchAll();
    expect(new Set(sink.told).size).toBe(250);
    expect(sink.told).toHaveLength(250);
  });

  test('wakes when a transaction with a message commits', async () => {
    const sink = new RecordingSink();
    const dispatcher = dispatcherOf(sink, undefined, { intervalMs: 3_600_000 });
    dispatcher.start();
    const id = await append('one');
    await expect.poll(() => sink.told, { timeout: 10_000, interval: 5 }).toEqual([`one ${id}`]);
    await dispatcher.stop();
  });

  test('adds a job for a scan that was asked for', async () => {
    const { id: hostId } = await world.register(actor, host);
    const { id: scanId } = await world.scans.start(actor, hostId);
    const [queue, sink] = [new RecordingQueue(), new RecordingSink()];
    await dispatcherOf(sink, queue).dispatchAll();
    expect([...queue.jobs.values()]).toEqual([{ tenantId: actor.tenantId, scanId, attempt: 0 }]);
    expect(sink.told).toEqual([]);
  });
});

describe('the sweeper of scans', () => {
  const jobsAfter = async (minutes: number): Promise<string[]> => {
    const queues = new RecordingQueue();
    const now = new Date(Date.now() + minutes * 60_000);
    await new StalledScansSweeper({ database: world.database, queues, now: () => now }).sweep();
    return [...queues.jobs.keys()];
  };
  afterEach(() => db.asOwner('DELETE FROM scans'));
  const aQueuedScan = async (): Promise<string> => {
    const { id: hostId } = await world.register(actor, host);
    return (await world.scans.start(actor, hostId)).id;
  };

  test('leaves a scan alone that has only just been asked for', async () => {
    await aQueuedScan();
    expect(await jobsAfter(0)).toEqual([]);
  });

  test('adds the job of a scan again that was lost with the queue', async () => {
    const scanId = await aQueuedScan();
    expect(await jobsAfter(1)).toEqual([`${scanId}-0`]);
  });

  test('adds another job for a scan whose worker gives no sign of life', async () => {
    const scanId = await aQueuedScan();
    await db.asOwner(
      `UPDATE scans SET state = 'running', attempt = 1, lease_owner = 'dead', lease_expires_at = now() - interval '1 s'
       WHERE id = $1`,
      [scanId],
    );
    expect(await jobsAfter(0)).toEqual([`${scanId}-1`]);
    await db.asOwner(`UPDATE scans SET lease_expires_at = now() + interval '1 min' WHERE id = $1`, [scanId]);
    expect(await jobsAfter(0)).toEqual([]);
  });
});

test('retention keeps the newest snapshot of each host, and whatever is young enough', async () => {
  const { id: hostId } = await world.register(actor, host);
  const scanIds: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { id: scanId } = await world.scans.start(actor, hostId);
    await world.pipeline().run({ tenantId: actor.tenantId, scanId }, new AbortController().signal);
    scanIds.push(scanId);
  }
  const age = (scanId: string | undefined, days: number) =>
    db.asOwner(
      `WITH s AS (UPDATE snapshots SET taken_at = now() - $2 * interval '1 day' WHERE scan_id = $1)
       UPDATE check_summaries SET created_at = now() - $2 * interval '1 day' WHERE scan_id = $1`,
      [scanId, days],
    );
  await age(scanIds[0], 100);
  await age(scanIds[1], 95);
  await age(scanIds[2], 91);
  const retention = new RetentionSweeper({ database: world.database, snapshotDays: 90 });
  expect(await retention.sweep()).toBe(2);
  const kept = await db.asOwner<{ scan_id: string }>('SELECT scan_id FROM snapshots WHERE host_id = $1', [hostId]);
  expect(kept.map((row) => row.scan_id)).toEqual([scanIds[2]]);
  await expect(world.scans.results(actor, scanIds[0] ?? newId(), { limit: 1 })).rejects.toMatchObject({
    slug: 'not-found',
  });
  expect((await world.scans.results(actor, scanIds[2] ?? newId(), { limit: 1 })).items).toHaveLength(1);
  expect(await world.scans.get(actor, scanIds[0] ?? newId())).toMatchObject({ state: 'succeeded' });
});
