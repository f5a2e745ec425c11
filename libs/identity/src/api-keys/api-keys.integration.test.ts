import { ApiKeyQuery } from '@plimsoll/contracts';
import type { Actor, CreatedApiKey, Role } from '@plimsoll/contracts';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { IssuedSession } from '../sessions/session-issuer.ts';
import { TestIdentity, caller } from '../testing/test-identity.ts';

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
  identity = new TestIdentity(db);
  owner = await identity.signUp();
  asOwner = await identity.actor(owner);
  tenantId = owner.session.tenant.id;
});

const create = (role: Exclude<Role, 'owner'> = 'operator', expiresInDays: number | null = 30): Promise<CreatedApiKey> =>
  identity.services.apiKeys.create(asOwner, { name: 'pipeline', role, expiresInDays });
const use = (key: string) => identity.services.authenticator.apiKey(key, caller);
const list = (query: Record<string, unknown> = {}) => identity.services.apiKeys.list(asOwner, ApiKeyQuery.parse(query));
const refused = { slug: 'unauthenticated', status: 401 };

describe('a key', () => {
  test('is recognisable, shown once and stored as a hash', async () => {
    const created = await create();
    expect(created.key).toMatch(/^plim_[a-z0-9]{8}_[0-9a-f]{64}$/);
    expect(created.key.startsWith(`${created.prefix}_`)).toBe(true);
    const [listed] = (await list()).items;
    expect(listed).not.toHaveProperty('key');
    expect(listed).toMatchObject({ id: created.id, prefix: created.prefix, createdBy: asOwner.name, revokedAt: null });
    const secret = created.key.slice(created.prefix.length + 1);
    const stored = JSON.stringify([
      await db.asOwner('SELECT * FROM api_keys'),
      await db.asOwner('SELECT * FROM audit_events'),
    ]);
    expect(stored).not.toContain(secret);
    expect((await identity.events(tenantId))[0]).toMatchObject({
      action: 'api-key.created',
      subject: { kind: 'api-key', id: created.id, name: 'pipeline' },
      details: { role: 'operator', prefix: created.prefix },
    });
  });

  test('stands for itself, with its role and tenant', async () => {
    const { key, id } = await create('viewer');
    expect(await use(key)).toEqual({
      kind: 'api-key',
      id,
      name: 'pipeline',
      tenantId,
      role: 'viewer',
      sessionId: null,
      passwordChangeRequired: false,
    });
  });

  test('expires on the second', async () => {
    const { key } = await create('viewer', 1);
    identity.later(86_399);
    await expect(use(key)).resolves.toBeDefined();
    identity.later(1);
    await expect(use(key)).rejects.toMatchObject(refused);
    expect((await identity.events(tenantId))[0]).toMatchObject({
      action: 'request.authenticated',
      outcome: 'refused',
      actor: { kind: 'anonymous', name: 'pipeline' },
      details: { reason: 'expired' },
    });
  });

  test('with a wrong secret is refused like an unknown one, and audited', async () => {
    const { key, prefix } = await create();
    const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const unknown = `plim_00000000_${'0'.repeat(64)}`;
    const problems = await Promise.all([wrong, unknown].map((text) => use(text).catch((error: unknown) => error)));
    expect(problems[0]).toMatchObject({ ...refused, detail: 'There is no such API key.' });
    expect(JSON.stringify(problems[0])).toBe(JSON.stringify(problems[1]));
    expect((await identity.events(tenantId))[0]).toMatchObject({
      outcome: 'refused',
      details: { reason: 'wrong-secret' },
    });
    await expect(use(prefix)).rejects.toMatchObject(refused);
  });

  test('with a wrong secret again and again fills no audit log: once a minute, with how often it came', async () => {
    const { key, id } = await create();
    const wrong = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
    const refusals = async () =>
      (await identity.events(tenantId)).filter((event) => event.subject?.id === id && event.outcome === 'refused');
    const attempts = Array.from({ length: 20 }, () => use(wrong).catch((error: unknown) => error));
    for (const problem of await Promise.all(attempts)) expect(problem).toMatchObject(refused);
    expect((await refusals()).map(({ details }) => details)).toEqual([{ reason: 'wrong-secret' }]);
    identity.later(60);
    await expect(use(wrong)).rejects.toMatchObject(refused);
    expect((await refusals())[0]?.details).toEqual({ reason: 'wrong-secret', repeatsSinceTheLast: 19 });
  });

  test('once revoked opens nothing, from this moment, and stays in the list', async () => {
    const { key, id } = await create();
    await use(key);
    await identity.services.apiKeys.revoke(asOwner, id);
    await expect(use(key)).rejects.toMatchObject({ ...refused, detail: 'The API key is revoked.' });
    expect((await list()).items[0]).toMatchObject({ id, revokedAt: identity.now.toISOString() });
    await identity.services.apiKeys.revoke(asOwner, id);
    expect((await identity.audited(tenantId)).filter((event) => event === 'api-key.revoked success')).toHaveLength(1);
  });

  test('of another tenant is not there', async () => {
    const other = await identity.actor(await identity.signUp());
    const { id } = await create();
    await expect(identity.services.apiKeys.revoke(other, id)).rejects.toMatchObject({ slug: 'not-found' });
    expect((await identity.services.apiKeys.list(other, ApiKeyQuery.parse({}))).items).toEqual([]);
  });

  test('writes down its last use at most once a minute', async () => {
    const { key } = await create();
    const lastUse = async () => (await list()).items[0]?.lastUsedAt;
    const first = identity.now.toISOString();
    await use(key);
    expect(await lastUse()).toBe(first);
    identity.later(59);
    await use(key);
    expect(await lastUse()).toBe(first);
    identity.later(2);
    await use(key);
    expect(await lastUse()).toBe(identity.now.toISOString());
  });
});

test('nobody makes a key that can do more than themselves, and the attempt is audited', async () => {
  const { key } = await create('admin');
  const principal = await use(key);
  const { actorOf } = await import('../access/principal.ts');
  const asKey = actorOf({ ...principal, role: 'operator' }, caller);
  const attempt = identity.services.apiKeys.create(asKey, { name: 'more', role: 'admin', expiresInDays: 1 });
  await expect(attempt).rejects.toMatchObject({ slug: 'permission-missing' });
  expect((await identity.audited(tenantId))[0]).toBe('api-key.created refused');
  expect((await list()).items).toHaveLength(1);
});

test('the list is paged, newest first', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    ids.unshift((await create()).id);
    identity.later(1);
  }
  const first = await list({ limit: 2 });
  const second = await list({ limit: 2, cursor: first.nextCursor });
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
  expect(second.nextCursor).toBeNull();
});
