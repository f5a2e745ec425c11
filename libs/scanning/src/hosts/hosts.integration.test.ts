import { CreateHost, NotFound, VersionConflict } from '@plimsoll/contracts';
import type { Actor, Host } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type World, anActor, openWorld } from '../testing/world.ts';

let db: TestDatabase;
let world: World;
let sample: SimulatedHost;
let actor: Actor;
let host: Host;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openWorld(db);
  sample = await startSimulatedHost();
});
afterAll(async () => {
  await sample.close();
  await world.close();
  await db.close();
});
beforeEach(async () => {
  actor = await anActor(db.database);
  host = await world.register(actor, sample);
});

const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;

/** Changes the host and commits only after somebody else waits for its row. */
const changeWhileAnotherWaits = async (another: () => Promise<unknown>): Promise<unknown> => {
  const changed = Promise.withResolvers<void>();
  const committing = db.database.forTenant(actor.tenantId, async (tx) => {
    await tx.host.updateMany({ where: { id: host.id }, data: { version: { increment: 1 } } });
    changed.resolve();
    await vi.waitFor(async () => expect(await db.asOwner(waiting)).toHaveLength(1), { timeout: 10_000 });
  });
  await changed.promise;
  const result = another();
  await Promise.all([committing, result.catch(() => undefined)]);
  return result;
};

describe('a change', () => {
  test('of any version wins over one that is made at the same moment', async () => {
    const result = changeWhileAnotherWaits(() => world.hosts.update(actor, host.id, null, { name: 'mine' }));
    expect(await result).toMatchObject({ name: 'mine', version: host.version + 2 });
  });

  test('of the version that was read loses against one that is made at the same moment', async () => {
    const result = changeWhileAnotherWaits(() => world.hosts.update(actor, host.id, host.version, { name: 'mine' }));
    await expect(result).rejects.toThrow(VersionConflict);
  });
});

describe('deleting', () => {
  test('wins over a change that is made at the same moment', async () => {
    await changeWhileAnotherWaits(() => world.hosts.delete(actor, host.id));
    await expect(world.hosts.get(actor, host.id)).rejects.toThrow(NotFound);
  });

  test('twice at once succeeds once, and is in the audit log once', async () => {
    const results = await Promise.allSettled([1, 2].map(() => world.hosts.delete(actor, host.id)));
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const events = await db.database.forTenant(actor.tenantId, (tx) =>
      tx.auditEvent.count({ where: { tenantId: actor.tenantId, action: 'host.deleted' } }),
    );
    expect(events).toBe(1);
  });
});

test('a host that is registered as a simulated one is shown as such before its first scan', async () => {
  const input = CreateHost.parse({ name: 'rehearsal', address: sample.url, credential: sample.tls, simulated: true });
  expect(await world.hosts.create(actor, input)).toMatchObject({ simulated: true, lastScanId: null });
  expect(host).toMatchObject({ simulated: false, lastScanId: null });
});
