import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TestIdentity, caller, password } from '../testing/test-identity.ts';
import { bootstrapInstallation } from './bootstrap-installation.ts';

let db: TestDatabase;
let identity: TestIdentity;
const databases: TestDatabase[] = [];
beforeEach(async () => {
  db = await createTestDatabase();
  databases.push(db);
  identity = new TestIdentity(db);
});
afterEach(async () => {
  await databases.pop()?.close();
});
afterAll(() => Promise.all(databases.map((database) => database.close())));

describe('the first start', () => {
  test('makes a tenant and an owner whose password is shown this once', async () => {
    const made = await bootstrapInstallation(db.database);
    expect(made).toMatchObject({
      email: 'owner@plimsoll.local',
      generatedPassword: expect.stringMatching(/^[\w-]{24}$/),
    });
    const { session } = await identity.login('owner@plimsoll.local', made?.generatedPassword ?? '');
    expect(session).toMatchObject({ role: 'owner', tenant: { id: made?.tenantId } });
    expect((await identity.events(session.tenant.id)).at(-1)).toMatchObject({
      action: 'tenant.created',
      actor: { kind: 'system' },
    });
  });

  test('takes the address and the password that were given', async () => {
    const made = await bootstrapInstallation(db.database, { email: 'Ada@Example.com', password });
    expect(made).toMatchObject({ email: 'ada@example.com', generatedPassword: null });
    await expect(identity.login('ada@example.com')).resolves.toBeDefined();
  });

  test('of several processes at once makes one tenant', async () => {
    const made = await Promise.all(Array.from({ length: 4 }, () => bootstrapInstallation(db.database)));
    expect(made.filter((result) => result !== null)).toHaveLength(1);
    expect(await db.asOwner('SELECT id FROM tenants')).toHaveLength(1);
    expect(await db.asOwner('SELECT id FROM users')).toHaveLength(1);
  });

  test('changes nothing later', async () => {
    await identity.signUp();
    expect(await bootstrapInstallation(db.database)).toBeNull();
  });
});

describe('a sign-up', () => {
  const form = { tenantName: 'Ünïcode & Söhne', name: 'Ada', email: 'ada@example.com', password };

  test('makes tenant, owner and session in one, and audits both', async () => {
    const { session } = await identity.services.signUps.signUp(form, caller);
    expect(session).toMatchObject({ role: 'owner', tenant: { name: 'Ünïcode & Söhne' }, user: { email: form.email } });
    expect(await identity.audited(session.tenant.id)).toEqual(['session.started success', 'tenant.created success']);
  });

  test('with an address that has an account is refused by name, and leaves no tenant behind', async () => {
    const attempts = await Promise.allSettled(
      Array.from({ length: 3 }, () => identity.services.signUps.signUp(form, caller)),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(identity.services.signUps.signUp({ ...form, email: 'ADA@example.com' }, caller)).rejects.toMatchObject(
      {
        slug: 'already-exists',
        extra: { field: 'email' },
      },
    );
    expect(await db.asOwner('SELECT id FROM tenants')).toHaveLength(1);
  });

  test('is refused where the operator has closed it', async () => {
    const closed = new TestIdentity(db, { signUpOpen: false });
    await expect(closed.signUp()).rejects.toMatchObject({ slug: 'sign-up-closed', status: 403 });
    expect(await db.asOwner('SELECT id FROM tenants')).toHaveLength(0);
  });
});

describe('the tenant', () => {
  test('is renamed by version, and audited with both names', async () => {
    const actor = await identity.actor(await identity.signUp());
    const { tenants } = identity.services;
    expect(await tenants.update(actor, { name: 'New' }, 1)).toMatchObject({ name: 'New', version: 2 });
    await expect(tenants.update(actor, { name: 'Newer' }, 1)).rejects.toMatchObject({
      slug: 'version-conflict',
      extra: { currentETag: '"2"' },
    });
    expect((await identity.events(actor.tenantId))[0]).toMatchObject({
      action: 'tenant.updated',
      details: { name: { from: 'Acme', to: 'New' } },
    });
  });

  test('that is given the name it has does not change', async () => {
    const actor = await identity.actor(await identity.signUp());
    expect(await identity.services.tenants.update(actor, { name: 'Acme' }, null)).toMatchObject({ version: 1 });
    expect(await identity.audited(actor.tenantId)).not.toContain('tenant.updated success');
  });
});
