import { InvitationQuery } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IssuedSession } from '../sessions/session-issuer.ts';
import { TestIdentity } from '../testing/test-identity.ts';

let db: TestDatabase;
let identity: TestIdentity;
let owner: IssuedSession;
let asOwner: Actor;
let stranger: IssuedSession;
let email: string;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  identity = new TestIdentity(db);
  [owner, stranger] = [await identity.signUp(), await identity.signUp()];
  asOwner = await identity.actor(owner);
  email = stranger.session.user.email;
});

const invitations = () => identity.services.invitations;
const accept = async (code: string, by = stranger) => invitations().accept(await identity.actor(by), code);
const pending = async () => (await invitations().list(asOwner, InvitationQuery.parse({}))).items;
const noneSuch = { slug: 'not-found', status: 404 };

describe('an invitation', () => {
  test('makes a member of whoever accepts it, once, and both sides are audited', async () => {
    const { code, ...invitation } = await invitations().create(asOwner, { email, role: 'operator' });
    expect(await pending()).toEqual([invitation]);
    const { tenant } = owner.session;
    expect(await accept(code)).toEqual({ tenant: { id: tenant.id, name: tenant.name }, role: 'operator' });
    expect(await pending()).toEqual([]);
    const moved = await identity.refresh(stranger, tenant.id);
    expect(moved.session).toMatchObject({ tenant: { id: tenant.id }, role: 'operator' });
    await expect(accept(code)).rejects.toMatchObject(noneSuch);
    const events = await identity.events(tenant.id);
    expect(events.map(({ action }) => action)).toEqual(expect.arrayContaining(['invitation.created', 'member.added']));
    expect(events.find(({ action }) => action === 'member.added')).toMatchObject({
      actor: { kind: 'user', name: email },
      details: { role: 'operator', invitation: invitation.id },
    });
    expect(JSON.stringify(events)).not.toContain(code);
  });

  test('shows its maker nothing of the account, and is the same without one', async () => {
    const [known, unknown] = [
      await invitations().create(asOwner, { email, role: 'viewer' }),
      await invitations().create(asOwner, { email: 'nobody@example.com', role: 'viewer' }),
    ];
    expect(Object.keys(known)).toEqual(Object.keys(unknown));
    expect(JSON.stringify(known)).not.toContain(stranger.session.user.name);
    const members = await identity.services.members.list(asOwner, { limit: 50 });
    expect(members.items.map(({ user }) => user.email)).toEqual([owner.session.user.email]);
  });

  test('opens nothing for an account with another address, even with the code', async () => {
    const { code } = await invitations().create(asOwner, { email: 'bob@example.com', role: 'admin' });
    await expect(accept(code)).rejects.toMatchObject(noneSuch);
    expect(await pending()).toHaveLength(1);
  });

  test('opens nothing for an account with the right address that has no code', async () => {
    await invitations().create(asOwner, { email, role: 'admin' });
    await expect(accept('kq3YcJ0hV2m9Qn1sT7xWbZ4eRf8uLpAd')).rejects.toMatchObject(noneSuch);
    await expect(identity.refresh(stranger, owner.session.tenant.id)).rejects.toMatchObject(noneSuch);
  });

  test('ends after a week, by a second one, by being withdrawn, and with the membership of its maker', async () => {
    const first = await invitations().create(asOwner, { email, role: 'viewer' });
    const second = await invitations().create(asOwner, { email, role: 'viewer' });
    await expect(accept(first.code)).rejects.toMatchObject(noneSuch);
    await invitations().withdraw(asOwner, second.id);
    await expect(accept(second.code)).rejects.toMatchObject(noneSuch);
    await expect(invitations().withdraw(asOwner, second.id)).rejects.toMatchObject(noneSuch);

    const admin = await identity.join(owner, 'admin');
    const third = await invitations().create(await identity.actor(admin), { email, role: 'viewer' });
    await identity.services.members.remove(asOwner, admin.session.user.id);
    await expect(accept(third.code)).rejects.toMatchObject(noneSuch);

    const last = await invitations().create(asOwner, { email, role: 'viewer' });
    identity.later(7 * 86_400);
    const again = await identity.login(email);
    await expect(accept(last.code, again)).rejects.toMatchObject(noneSuch);
  });

  test('is not for members, nor to more than its maker may do', async () => {
    const admin = await identity.join(owner, 'admin');
    await expect(
      invitations().create(asOwner, { email: admin.session.user.email, role: 'viewer' }),
    ).rejects.toMatchObject({ slug: 'already-exists' });
    await expect(invitations().create(await identity.actor(admin), { email, role: 'owner' })).rejects.toMatchObject({
      slug: 'permission-missing',
    });
  });

  test('of another tenant is neither listed nor withdrawn', async () => {
    const { id } = await invitations().create(asOwner, { email, role: 'viewer' });
    const other = await identity.actor(stranger);
    expect((await invitations().list(other, InvitationQuery.parse({}))).items).toEqual([]);
    await expect(invitations().withdraw(other, id)).rejects.toMatchObject(noneSuch);
  });
});
