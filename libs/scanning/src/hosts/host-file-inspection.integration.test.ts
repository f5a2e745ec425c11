import { type Actor, CreateHost, type Role, permissionsOf, roles } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { SimulatedHost } from '@plimsoll/engine-simulator';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type World, anActor, openWorld } from '../testing/world.ts';

let db: TestDatabase;
let world: World;
let engine: SimulatedHost;
let owner: Actor;
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
  owner = await anActor(world.database);
});

const as = (role: Role, actor = owner): Actor => ({
  ...actor,
  name: role,
  role,
  permissions: new Set(permissionsOf[role]),
});
const body = (inspectHostFiles: boolean, name = 'build-7') =>
  CreateHost.parse({ name, address: engine.url, inspectHostFiles, credential: engine.tls });
const aboutInspection = async (tenantId = owner.tenantId) =>
  db.asOwner<{ action: string; outcome: string; actor: string; details: Record<string, unknown> }>(
    `SELECT action, outcome::text, actor_name AS actor, subject_id AS subject, details FROM audit_events
     WHERE tenant_id = $1 AND action = 'host.file-inspection-changed' ORDER BY sequence`,
    [tenantId],
  );
const refusal = {
  slug: 'permission-missing',
  extra: { permission: 'hosts:inspect-files' },
  errors: [{ field: 'inspectHostFiles', in: 'body' }],
};

describe('reading the files of a host', () => {
  test('is off unless somebody switches it on', async () => {
    const host = await world.register(owner, engine);
    expect(host.inspectHostFiles).toBe(false);
    expect(await aboutInspection()).toEqual([]);
  });

  /** Written down by hand: the permissions' own table may not prove itself. */
  const may: Readonly<Record<Role, boolean>> = {
    owner: true,
    admin: true,
    operator: false,
    viewer: false,
    auditor: false,
  };
  test.for(roles.map((role) => [role, may[role]] as const))('is up to the %s: %s', async ([role, isPermitted]) => {
    const actor = as(role);
    const { id } = await world.hosts.create(owner, body(false));
    for (const attempt of [
      () => world.hosts.create(actor, body(true, 'another')),
      () => world.hosts.update(actor, id, null, { inspectHostFiles: true, labels: { team: 'a' } }),
    ]) {
      if (isPermitted) expect(await attempt()).toMatchObject({ inspectHostFiles: true });
      else await expect(attempt()).rejects.toMatchObject(refusal);
    }
    expect(await aboutInspection()).toMatchObject(
      isPermitted
        ? [
            { outcome: 'success', actor: role, details: { from: false, to: true } },
            { outcome: 'success', actor: role, details: { from: false, to: true } },
          ]
        : [
            { outcome: 'refused', actor: role, details: { permission: 'hosts:inspect-files', to: true } },
            { outcome: 'refused', actor: role, details: { permission: 'hosts:inspect-files', to: true } },
          ],
    );
    const host = await world.hosts.get(owner, id);
    expect(host).toMatchObject({ inspectHostFiles: isPermitted, labels: isPermitted ? { team: 'a' } : {} });
    expect((await world.hosts.list(owner, { limit: 50, sort: 'name' })).items).toHaveLength(isPermitted ? 2 : 1);
  });

  test('is switched off by nobody else either', async () => {
    const { id } = await world.hosts.create(owner, body(true));
    await expect(world.hosts.update(as('operator'), id, null, { inspectHostFiles: false })).rejects.toMatchObject(
      refusal,
    );
    expect(await world.hosts.get(owner, id)).toMatchObject({ inspectHostFiles: true, version: 1 });
    expect(await world.hosts.update(as('admin'), id, 1, { inspectHostFiles: false })).toMatchObject({
      inspectHostFiles: false,
    });
    expect((await aboutInspection()).at(-1)).toMatchObject({ actor: 'admin', details: { from: true, to: false } });
  });

  test('may be sent as it is by whoever changes the rest, and is no event then', async () => {
    const { id } = await world.hosts.create(owner, body(true));
    const changed = await world.hosts.update(as('operator'), id, 1, { name: 'build-8', inspectHostFiles: true });
    expect(changed).toMatchObject({ name: 'build-8', inspectHostFiles: true });
    expect(await aboutInspection()).toHaveLength(1);
  });

  test('is not changed by an update of a version that is past', async () => {
    const { id } = await world.hosts.create(owner, body(false));
    await world.hosts.update(owner, id, 1, { labels: { team: 'a' } });
    await expect(world.hosts.update(owner, id, 1, { inspectHostFiles: true })).rejects.toMatchObject({
      slug: 'version-conflict',
    });
    expect(await aboutInspection()).toEqual([]);
  });

  test('is nothing that another tenant could see, switch or be refused', async () => {
    const { id } = await world.hosts.create(owner, body(false));
    const stranger = await anActor(world.database);
    for (const role of ['owner', 'operator'] as const) {
      const attempt = world.hosts.update(as(role, stranger), id, null, { inspectHostFiles: true });
      await expect(attempt).rejects.toMatchObject({ slug: 'not-found' });
    }
    expect(await world.hosts.get(owner, id)).toMatchObject({ inspectHostFiles: false });
    expect(await aboutInspection(stranger.tenantId)).toEqual([]);
  });
});
