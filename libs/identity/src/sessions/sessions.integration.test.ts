import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestIdentity, caller, password } from '../testing/test-identity.ts';
import type { IssuedSession } from './session-issuer.ts';

let db: TestDatabase;
let identity: TestIdentity;
let owner: IssuedSession;
let email: string;
let tenantId: string;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asOwner('DELETE FROM login_throttles');
  identity = new TestIdentity(db);
  owner = await identity.signUp();
  email = owner.session.user.email;
  tenantId = owner.session.tenant.id;
});

const ended = { slug: 'session-ended', status: 401 };
const rejected = { slug: 'credentials-invalid', status: 401 };

describe('a login', () => {
  test('starts a session with role, permissions and tenants, and is audited', async () => {
    const { session } = await identity.login(email);
    expect(session).toMatchObject({
      user: { email, name: 'Ada' },
      tenant: { id: tenantId, name: 'Acme' },
      role: 'owner',
      tenants: [{ id: tenantId, name: 'Acme', role: 'owner' }],
    });
    expect(session.permissions).toContain('owners:manage');
    expect(await identity.actor({ session })).toMatchObject({ kind: 'user', name: email, tenantId, role: 'owner' });
    const [event] = await identity.events(tenantId);
    expect(event).toMatchObject({
      action: 'session.started',
      outcome: 'success',
      actor: { kind: 'user', id: session.user.id, name: email },
      address: caller.address,
      requestId: caller.requestId,
    });
  });

  test('does not look at the case of the address', async () => {
    await expect(identity.login(email.toUpperCase())).resolves.toBeDefined();
  });

  test('is refused alike for a wrong password and an unknown account, and the first is audited', async () => {
    const wrong = await identity.login(email, 'wrong horse battery').catch((error: unknown) => error);
    const unknown = await identity.login('nobody@example.com').catch((error: unknown) => error);
    expect(wrong).toMatchObject(rejected);
    expect(JSON.stringify(unknown)).toBe(JSON.stringify(wrong));
    const [event] = await identity.events(tenantId);
    expect(event).toMatchObject({
      action: 'session.started',
      outcome: 'failure',
      actor: { kind: 'anonymous', id: null, name: email },
      details: { reason: 'wrong-password' },
    });
    expect(JSON.stringify(await identity.events(tenantId))).not.toContain('wrong horse');
  });

  test('is refused for an account that was switched off, even with the right password', async () => {
    await db.asOwner('UPDATE users SET disabled_at = now() WHERE email = $1', [email]);
    await expect(identity.login(email)).rejects.toMatchObject(rejected);
    expect((await identity.events(tenantId))[0]).toMatchObject({ details: { reason: 'account-disabled' } });
    await expect(identity.actor(owner)).rejects.toMatchObject(ended);
  });

  test('is slowed down after failures, which is audited as refused, and then lets the owner in', async () => {
    for (let count = 0; count < 5; count += 1) {
      await expect(identity.login(email, 'wrong horse battery')).rejects.toMatchObject(rejected);
    }
    await expect(identity.login(email)).rejects.toMatchObject({
      slug: 'login-throttled',
      status: 429,
      headers: { 'Retry-After': '1' },
    });
    expect((await identity.events(tenantId))[0]).toMatchObject({
      outcome: 'refused',
      details: { reason: 'throttled' },
    });
    identity.later(1);
    await expect(identity.login(email)).resolves.toBeDefined();
  });

  test('into a tenant that is not one’s own is refused', async () => {
    const other = await identity.signUp();
    await expect(identity.login(email, password, other.session.tenant.id)).rejects.toMatchObject(rejected);
  });

  test('renews a password hash that was made with weaker parameters', async () => {
    await db.asOwner('UPDATE users SET password_hash = $1 WHERE email = $2', [
      // argon2id, 8 MiB, one pass, of the same password
      await (await import('@node-rs/argon2')).hash(password, { memoryCost: 8_192, timeCost: 1 }),
      email,
    ]);
    await identity.login(email);
    const [row] = await db.asOwner<{ password_hash: string }>('SELECT password_hash FROM users WHERE email = $1', [
      email,
    ]);
    expect(row?.password_hash).toContain('m=19456,t=2,p=1');
    await identity.login(email);
  });

  test('leaves neither token nor password in the database', async () => {
    const { refreshToken } = await identity.login(email);
    const tokens = JSON.stringify(await db.asOwner(`SELECT encode(token_hash, 'escape') AS h, * FROM refresh_tokens`));
    const events = JSON.stringify(await db.asOwner('SELECT * FROM audit_events'));
    for (const text of [tokens, events]) {
      expect(text).not.toContain(refreshToken);
      expect(text).not.toContain(password);
    }
  });
});

describe('a refresh', () => {
  test('trades the token for another one and a new access token', async () => {
    const next = await identity.refresh(owner);
    expect(next.refreshToken).not.toBe(owner.refreshToken);
    expect(next.session.accessToken).not.toBe(owner.session.accessToken);
    await expect(identity.refresh(next)).resolves.toBeDefined();
  });

  test('with a token that was traded before ends the session everywhere, and is audited', async () => {
    const next = await identity.refresh(owner);
    identity.later(11);
    await expect(identity.refresh(owner)).rejects.toMatchObject(ended);
    await expect(identity.refresh(next)).rejects.toMatchObject(ended);
    await expect(identity.actor(next)).rejects.toMatchObject(ended);
    const reuse = (await identity.events(tenantId)).find((event) => event.action === 'session.token-reused');
    expect(reuse).toMatchObject({ outcome: 'refused', details: { reason: 'reused', userId: owner.session.user.id } });
  });

  test('ends no other session of the user', async () => {
    const other = await identity.login(email);
    await identity.refresh(owner);
    identity.later(11);
    await expect(identity.refresh(owner)).rejects.toMatchObject(ended);
    await expect(identity.refresh(other)).resolves.toBeDefined();
  });

  test('of two tabs at once gives both the same next token', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => identity.refresh(owner)));
    expect(new Set(results.map((result) => result.refreshToken)).size).toBe(1);
    const [row] = await db.asOwner<{ count: string }>('SELECT count(*) FROM refresh_tokens WHERE tenant_id = $1', [
      tenantId,
    ]);
    expect(Number(row?.count)).toBe(2);
  });

  test('whose answer was lost can be repeated for ten seconds', async () => {
    const lost = await identity.refresh(owner);
    identity.later(9);
    const repeated = await identity.refresh(owner);
    expect(repeated.refreshToken).toBe(lost.refreshToken);
    await expect(identity.refresh(repeated)).resolves.toBeDefined();
  });

  test('by a thief within those seconds is still found out', async () => {
    const victim = await identity.refresh(owner);
    const thief = await identity.refresh(owner);
    await identity.refresh(thief);
    identity.later(600);
    await expect(identity.refresh(victim)).rejects.toMatchObject(ended);
    expect(await identity.audited(tenantId)).toContain('session.token-reused refused');
  });

  test('follows a session that moved on several times meanwhile', async () => {
    const second = await identity.refresh(owner);
    const third = await identity.refresh(second);
    await expect(identity.refresh(owner)).resolves.toMatchObject({ refreshToken: third.refreshToken });
  });

  test('is refused with a token that never was', async () => {
    for (const refreshToken of ['', 'x', 'A'.repeat(43), 'A'.repeat(5_000)]) {
      await expect(identity.refresh({ refreshToken })).rejects.toMatchObject(ended);
    }
  });

  test('is refused after two idle weeks', async () => {
    identity.later(14 * 86_400 - 1);
    const next = await identity.refresh(owner);
    identity.later(14 * 86_400);
    await expect(identity.refresh(next)).rejects.toMatchObject(ended);
    expect((await identity.events(tenantId))[0]).toMatchObject({ outcome: 'refused', details: { reason: 'expired' } });
  });

  test('never carries a session beyond ninety days', async () => {
    let session = owner;
    for (let week = 0; week < 12; week += 1) {
      identity.later(7 * 86_400);
      session = await identity.refresh(session);
    }
    identity.later(6 * 86_400 + 1);
    await expect(identity.refresh(session)).rejects.toMatchObject(ended);
  });

  test('shows a role that was changed meanwhile', async () => {
    const member = await identity.join(owner, 'viewer');
    await identity.services.members.changeRole(
      await identity.actor(owner),
      member.session.user.id,
      { role: 'operator' },
      null,
    );
    expect((await identity.refresh(member)).session.role).toBe('operator');
  });
});

describe('moving to another tenant', () => {
  test('keeps the session, shows the other role, and is audited there', async () => {
    const other = await identity.signUp();
    await identity.invite(other, owner, 'viewer');
    const moved = await identity.refresh(owner, other.session.tenant.id);
    expect(moved.session).toMatchObject({ tenant: { id: other.session.tenant.id }, role: 'viewer' });
    expect(moved.session.tenants.map(({ role }) => role).toSorted()).toEqual(['owner', 'viewer']);
    expect((await identity.audited(other.session.tenant.id))[0]).toBe('session.started success');
    identity.later(11);
    await expect(identity.refresh(owner)).rejects.toMatchObject(ended);
    await expect(identity.refresh(moved)).rejects.toMatchObject(ended);
  });

  test('that is not one’s own finds nothing, and leaves the session as it was', async () => {
    const other = await identity.signUp();
    await expect(identity.refresh(owner, other.session.tenant.id)).rejects.toMatchObject({ slug: 'not-found' });
    await expect(identity.refresh(owner)).resolves.toBeDefined();
  });
});

describe('signing out', () => {
  test('ends refresh and access tokens of the session at once, and is audited', async () => {
    await identity.actor(owner);
    await identity.services.sessions.logout(owner.refreshToken, caller);
    await expect(identity.actor(owner)).rejects.toMatchObject(ended);
    await expect(identity.refresh(owner)).rejects.toMatchObject(ended);
    expect(await identity.audited(tenantId)).toContain('session.ended success');
  });

  test('twice, or with nonsense, changes nothing', async () => {
    await identity.services.sessions.logout(owner.refreshToken, caller);
    const before = await identity.audited(tenantId);
    await identity.services.sessions.logout(owner.refreshToken, caller);
    await identity.services.sessions.logout('nonsense', caller);
    expect(await identity.audited(tenantId)).toEqual(before);
  });
});

describe('changing the password', () => {
  const renewed = 'a better horse battery';

  test('ends all other sessions in every tenant and keeps this one', async () => {
    const [here, elsewhere] = [await identity.login(email), await identity.login(email)];
    const { sessionId } = await identity.services.authenticator.accessToken(here.session.accessToken, caller);
    await identity.services.passwords.change(await identity.actor(here), sessionId, {
      currentPassword: password,
      newPassword: renewed,
    });
    await expect(identity.actor(elsewhere)).rejects.toMatchObject(ended);
    await expect(identity.refresh(owner)).rejects.toMatchObject(ended);
    await expect(identity.refresh(here)).resolves.toBeDefined();
    await expect(identity.login(email)).rejects.toMatchObject(rejected);
    await expect(identity.login(email, renewed)).resolves.toBeDefined();
    expect(await identity.audited(tenantId)).toContain('password.changed success');
  });

  test('needs the current one, is counted as a guess and audited', async () => {
    const actor = await identity.actor(owner);
    const { sessionId } = await identity.services.authenticator.accessToken(owner.session.accessToken, caller);
    const guess = () =>
      identity.services.passwords.change(actor, sessionId, { currentPassword: 'wrong', newPassword: renewed });
    for (let count = 0; count < 5; count += 1) await expect(guess()).rejects.toMatchObject(rejected);
    await expect(guess()).rejects.toMatchObject({ slug: 'login-throttled' });
    expect(await identity.audited(tenantId)).toContain('password.changed failure');
  });

  test('to the same one is refused by name', async () => {
    const { sessionId } = await identity.services.authenticator.accessToken(owner.session.accessToken, caller);
    await expect(
      identity.services.passwords.change(await identity.actor(owner), sessionId, {
        currentPassword: password,
        newPassword: password,
      }),
    ).rejects.toMatchObject({ errors: [{ field: 'newPassword', in: 'body' }] });
  });
});
