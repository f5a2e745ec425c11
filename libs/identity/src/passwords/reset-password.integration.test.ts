import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { IssuedSession } from '../sessions/session-issuer.ts';
import { TestIdentity, password } from '../testing/test-identity.ts';
import { resetPassword } from './reset-password.ts';

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

const resetEvents = async (ofTenant: string) =>
  (await identity.events(ofTenant)).filter(({ action }) => action === 'password.reset');

test('ends every session, opens the account at once and tells every tenant of it', async () => {
  const other = await identity.signUp();
  await identity.invite(other, owner, 'viewer');
  for (let count = 0; count < 5; count += 1) await identity.login(email, 'wrong').catch(() => undefined);
  await expect(identity.login(email)).rejects.toMatchObject({ slug: 'login-throttled' });

  const given = 'a password of my own';
  expect(await resetPassword(db.database, { email: email.toUpperCase(), password: given })).toEqual({
    userId: owner.session.user.id,
    email,
    generatedPassword: null,
    sessionsEnded: 1,
    disabled: false,
  });
  await expect(identity.refresh(owner)).rejects.toMatchObject({ slug: 'session-ended' });
  await expect(identity.login(email, given)).resolves.toBeDefined();
  await expect(identity.login(email, password)).rejects.toMatchObject({ slug: 'credentials-invalid' });
  for (const id of [tenantId, other.session.tenant.id])
    expect(await resetEvents(id)).toMatchObject([
      { actor: { kind: 'system' }, subject: { name: email }, details: { changeRequired: false } },
    ]);
});

test('makes a password where none is given, which is in no log', async () => {
  const { generatedPassword } = (await resetPassword(db.database, { email })) ?? {};
  await expect(identity.login(email, generatedPassword ?? '')).resolves.toBeDefined();
  expect(await resetEvents(tenantId)).toMatchObject([{ details: { changeRequired: true } }]);
  expect(JSON.stringify(await identity.events(tenantId))).not.toContain(generatedPassword);
});

test('of an account that does not exist changes nothing', async () => {
  expect(await resetPassword(db.database, { email: 'nobody@example.com' })).toBeUndefined();
  await expect(identity.refresh(owner)).resolves.toBeDefined();
});
