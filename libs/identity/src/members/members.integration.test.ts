import { MemberQuery, roles } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IssuedSession } from '../sessions/session-issuer.ts';
import { TestIdentity, caller, password } from '../testing/test-identity.ts';

let db: TestDatabase;
let identity: TestIdentity;
let owner: IssuedSession;
let asOwner: Actor;
let tenantId: string;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asOwner('DELETE FROM login_throttles');
  identity = new TestIdentity(db);
  owner = await identity.signUp();
  asOwner = await identity.actor(owner);
  tenantId = owner.session.tenant.id;
});

const members = () => identity.services.members;
const list = (query: Record<string, unknown> = {}) => members().list({ tenantId }, MemberQuery.parse(query));
const missing = (permission: string) => ({ slug: 'permission-missing', status: 403, extra: { permission } });
const userOf = (session: IssuedSession): string => session.session.user.id;

describe('adding', () => {
  test('a new user shows the initial password once, with which the user signs in', async () => {
    const added = await members().add(asOwner, { email: 'grace@example.com', name: 'Grace', role: 'operator' });
    expect(added).toMatchObject({ user: { email: 'grace@example.com', name: 'Grace' }, role: 'operator', version: 1 });
    const session = await identity.login('grace@example.com', added.initialPassword ?? '');
    expect(session.session).toMatchObject({ role: 'operator', tenant: { id: tenantId } });
    expect((await identity.events(tenantId)).find(({ action }) => action === 'member.added')).toMatchObject({
      outcome: 'success',
      actor: { name: asOwner.name },
      subject: { kind: 'member', id: added.id, name: 'grace@example.com' },
      details: { role: 'operator' },
    });
    expect(JSON.stringify(await identity.events(tenantId))).not.toContain(added.initialPassword);
  });

  test('a new user with a given password shows none', async () => {
    const added = await members().add(asOwner, { email: 'joan@example.com', role: 'viewer', password });
    expect(added.initialPassword).toBeNull();
    await expect(identity.login('joan@example.com')).resolves.toBeDefined();
  });

  test('somebody who has an account is refused, shown nothing of, and audited', async () => {
    const other = await identity.signUp();
    const { email } = other.session.user;
    const add = members().add(asOwner, { email, role: 'viewer', name: 'Mallory', password: 'another horse battery' });
    const error: unknown = await add.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ slug: 'account-exists', status: 409, extra: {} });
    expect(JSON.stringify(error)).not.toContain('Ada');
    // Neither the password nor the name has changed, and nobody joined anything.
    expect((await identity.login(email)).session).toMatchObject({
      user: { name: 'Ada' },
      tenants: [{ role: 'owner' }],
    });
    const [event] = await identity.events(tenantId);
    expect(event).toMatchObject({ action: 'member.added', outcome: 'refused', details: { reason: 'account-exists' } });
  });

  test('somebody who still has an initial password of another tenant is refused like everybody', async () => {
    const other = await identity.signUp();
    await members().add(await identity.actor(other), { email: 'new@example.com', role: 'viewer' });
    const add = members().add(asOwner, { email: 'new@example.com', role: 'admin' });
    await expect(add).rejects.toMatchObject({ slug: 'account-exists' });
  });

  test('a user who was removed before ever changing the initial password starts anew', async () => {
    const first = await members().add(asOwner, { email: 'again@example.com', role: 'viewer' });
    await members().remove(asOwner, first.id);
    const second = await members().add(asOwner, { email: 'again@example.com', role: 'viewer' });
    expect(second.id).toBe(first.id);
    await expect(identity.login('again@example.com', first.initialPassword ?? '')).rejects.toBeDefined();
    await expect(identity.login('again@example.com', second.initialPassword ?? '')).resolves.toBeDefined();
  });

  test('a member twice is refused by name, also at once', async () => {
    const add = () => members().add(asOwner, { email: 'twice@example.com', role: 'viewer' });
    const results = await Promise.allSettled([add(), add(), add()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
    const refused = { slug: 'already-exists', extra: { field: 'email' } };
    expect(reasons).toMatchObject([refused, refused]);
  });
});

describe('the list', () => {
  test('is in the order of joining, paged, and holds this tenant only', async () => {
    await identity.signUp();
    for (const name of ['b', 'c', 'd']) {
      identity.later(1);
      await members().add(asOwner, { email: `${name}-${tenantId}@example.com`, role: 'viewer', password });
    }
    const first = await list({ limit: 3 });
    const second = await list({ limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ user }) => user.email[0])).toEqual([
      owner.session.user.email[0],
      'b',
      'c',
      'd',
    ]);
    expect(second.nextCursor).toBeNull();
  });

  test.for([
    ['part of the name', 'race', 1],
    ['part of the address, in any case', 'GRACE@', 1],
    ['a wildcard, taken as it stands', '%', 0],
    ['another wildcard, taken as it stands', '_race', 0],
    ['nothing that is there', 'xyz', 0],
  ] as const)('is searched by %s', async ([, search, count]) => {
    await members().add(asOwner, { email: `grace@${tenantId}.example`, name: 'Grace', role: 'viewer', password });
    expect((await list({ search })).items).toHaveLength(count);
  });

  test('tells the last login into this tenant, not into another', async () => {
    const other = await identity.signUp();
    const { email, id } = other.session.user;
    await identity.invite(owner, other, 'viewer');
    identity.later(60);
    await identity.login(email, password, other.session.tenant.id);
    expect((await members().read({ tenantId }, id)).lastLoginAt).toBeNull();
    identity.later(60);
    await identity.login(email, password, tenantId);
    expect((await members().read({ tenantId }, id)).lastLoginAt).toBe(identity.now.toISOString());
  });

  test('refuses the cursor of another list', async () => {
    const cursor = Buffer.from(JSON.stringify(['api-keys', identity.now.toISOString(), tenantId])).toString(
      'base64url',
    );
    await expect(list({ cursor })).rejects.toMatchObject({ slug: 'cursor-invalid' });
    await expect(list({ cursor: 'x' })).rejects.toMatchObject({ slug: 'cursor-invalid' });
  });
});

describe('who may give which role', () => {
  test.for([
    ['owner', ['owner', 'admin', 'operator', 'viewer', 'auditor']],
    ['admin', ['admin', 'operator', 'viewer', 'auditor']],
    ['operator', []],
    ['viewer', []],
    ['auditor', []],
  ] as const)('%s', async ([role, expected]) => {
    const actor = role === 'owner' ? asOwner : await identity.actor(await identity.join(owner, role));
    const allowed: string[] = [];
    for (const given of roles) {
      const email = `${role}-${given}-${tenantId}@example.com`;
      await members()
        .add(actor, { email, role: given, password })
        .then(
          () => allowed.push(given),
          (error: unknown) => expect(error).toMatchObject({ slug: 'permission-missing' }),
        );
    }
    expect(allowed).toEqual(expected);
  });

  test('an admin can neither raise itself nor touch an owner, and each attempt is audited', async () => {
    const admin = await identity.join(owner, 'admin');
    const actor = await identity.actor(admin);
    const second = await identity.join(owner, 'owner');
    const refused = missing('owners:manage');
    await expect(members().changeRole(actor, userOf(admin), { role: 'owner' }, null)).rejects.toMatchObject(refused);
    await expect(members().changeRole(actor, userOf(second), { role: 'viewer' }, null)).rejects.toMatchObject(refused);
    await expect(members().remove(actor, userOf(second))).rejects.toMatchObject(refused);
    expect((await identity.audited(tenantId)).slice(0, 3)).toEqual([
      'member.removed refused',
      'member.role-changed refused',
      'member.role-changed refused',
    ]);
    expect((await members().read({ tenantId }, userOf(second))).role).toBe('owner');
  });

  test('what an actor once could do does not count when it was taken away meanwhile', async () => {
    const second = await identity.join(owner, 'owner');
    const stale = await identity.actor(second);
    await members().changeRole(asOwner, userOf(second), { role: 'viewer' }, null);
    await expect(members().remove(stale, userOf(owner))).rejects.toMatchObject(missing('members:manage'));
  });
});

describe('the last owner', () => {
  test('can neither be removed nor made anything else, and the attempts are audited', async () => {
    const refused = { slug: 'last-owner', status: 409 };
    await expect(members().remove(asOwner, userOf(owner))).rejects.toMatchObject(refused);
    await expect(members().changeRole(asOwner, userOf(owner), { role: 'admin' }, null)).rejects.toMatchObject(refused);
    expect((await identity.audited(tenantId)).slice(0, 2)).toEqual([
      'member.role-changed refused',
      'member.removed refused',
    ]);
  });

  test('stays when two owners remove each other at the same moment', async () => {
    const second = await identity.join(owner, 'owner');
    const asSecond = await identity.actor(second);
    const results = await Promise.allSettled([
      members().remove(asOwner, userOf(second)),
      members().remove(asSecond, userOf(owner)),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await list()).items.filter(({ role }) => role === 'owner')).toHaveLength(1);
  });

  test('stays when all owners leave at the same moment', async () => {
    const others = [await identity.join(owner, 'owner'), await identity.join(owner, 'owner')];
    const actors = await Promise.all([owner, ...others].map((session) => identity.actor(session)));
    await Promise.allSettled(
      actors.map((actor) => members().changeRole(actor, actor.id ?? '', { role: 'viewer' }, null)),
    );
    expect((await list()).items.filter(({ role }) => role === 'owner')).toHaveLength(1);
  });

  test('is not made up for by an owner who was switched off', async () => {
    const second = await identity.join(owner, 'owner');
    await db.asOwner('UPDATE users SET disabled_at = now() WHERE id = $1', [userOf(second)]);
    await expect(members().remove(asOwner, userOf(owner))).rejects.toMatchObject({ slug: 'last-owner' });
  });
});

describe('changing a role', () => {
  test('holds at once, counts the version and is audited', async () => {
    const member = await identity.join(owner, 'viewer');
    expect((await identity.actor(member)).permissions.has('scans:start')).toBe(false);
    const changed = await members().changeRole(asOwner, userOf(member), { role: 'operator' }, 1);
    expect(changed).toMatchObject({ role: 'operator', version: 2 });
    expect((await identity.actor(member)).permissions.has('scans:start')).toBe(true);
    expect((await identity.events(tenantId))[0]).toMatchObject({
      action: 'member.role-changed',
      details: { role: { from: 'viewer', to: 'operator' } },
    });
  });

  test('is refused when somebody was faster', async () => {
    const member = await identity.join(owner, 'viewer');
    await members().changeRole(asOwner, userOf(member), { role: 'operator' }, 1);
    await expect(members().changeRole(asOwner, userOf(member), { role: 'auditor' }, 1)).rejects.toMatchObject({
      slug: 'version-conflict',
      extra: { currentETag: '"2"' },
    });
  });

  test('revokes the API keys that the member could not make any more', async () => {
    const admin = await identity.join(owner, 'admin');
    const actor = await identity.actor(admin);
    const keys = identity.services.apiKeys;
    const strong = await keys.create(actor, { name: 'strong', role: 'admin', expiresInDays: null });
    const weak = await keys.create(actor, { name: 'weak', role: 'viewer', expiresInDays: null });
    await members().changeRole(asOwner, userOf(admin), { role: 'operator' }, null);
    await expect(identity.services.authenticator.apiKey(strong.key, caller)).rejects.toMatchObject({ status: 401 });
    await expect(identity.services.authenticator.apiKey(weak.key, caller)).resolves.toBeDefined();
  });
});

describe('removing', () => {
  test('ends access, sessions and keys of the member at once', async () => {
    const admin = await identity.join(owner, 'admin');
    const { key } = await identity.services.apiKeys.create(await identity.actor(admin), {
      name: 'pipeline',
      role: 'viewer',
      expiresInDays: 30,
    });
    await identity.services.authenticator.apiKey(key, caller);
    await members().remove(asOwner, userOf(admin));
    await expect(identity.actor(admin)).rejects.toMatchObject({ slug: 'session-ended' });
    await expect(identity.refresh(admin)).rejects.toMatchObject({ slug: 'session-ended' });
    await expect(identity.services.authenticator.apiKey(key, caller)).rejects.toMatchObject({ status: 401 });
    await expect(identity.login(admin.session.user.email)).rejects.toMatchObject({ slug: 'credentials-invalid' });
    expect((await identity.events(tenantId)).find(({ action }) => action === 'member.removed')).toMatchObject({
      subject: { id: userOf(admin), name: admin.session.user.email },
      details: { role: 'admin', revokedApiKeys: [key.slice(0, 13)] },
    });
  });

  test('leaves the user’s other tenants alone', async () => {
    const other = await identity.signUp();
    await identity.invite(owner, other, 'viewer');
    await members().remove(asOwner, userOf(other));
    await expect(identity.actor(other)).resolves.toBeDefined();
    await expect(identity.refresh(other)).resolves.toBeDefined();
  });

  test('a member of another tenant finds nobody', async () => {
    const other = await identity.signUp();
    const nobody = { slug: 'not-found', status: 404 };
    await expect(members().remove(asOwner, userOf(other))).rejects.toMatchObject(nobody);
    await expect(members().changeRole(asOwner, userOf(other), { role: 'viewer' }, null)).rejects.toMatchObject(nobody);
    await expect(members().read(asOwner, userOf(other))).rejects.toMatchObject(nobody);
  });
});
