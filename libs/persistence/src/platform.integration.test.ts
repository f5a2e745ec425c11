import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { newId } from './id.ts';
import { outbox } from './outbox.ts';
import { Platform } from './platform.ts';
import { appendScanEvent } from './scan-events.ts';
import { aHost, aScan, aTenant, aUser, createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let db: TestDatabase;
let tenantId: string;
beforeAll(async () => {
  db = await createTestDatabase();
});
beforeEach(async () => {
  tenantId = (await aTenant(db.database)).id;
});
afterAll(() => db.close());

const past = new Date('2026-01-01T00:00:00Z');
const future = new Date('2999-01-01T00:00:00Z');

describe('before a tenant is known', () => {
  test('a user is found by e-mail in whatever case, nobody by another one', async () => {
    const user = await aUser(db.database, { email: 'Grace@Example.test', passwordHash: '$argon2id$x' });
    expect(await db.database.platform.findUserByEmail('gRACE@example.TEST')).toMatchObject({
      id: user.id,
      email: 'Grace@Example.test',
      passwordHash: '$argon2id$x',
      disabledAt: null,
    });
    expect(await db.database.platform.findUserByEmail('grace@example.tes_')).toBeUndefined();
  });

  test('an API key is found by its prefix', async () => {
    const key = { id: newId(), tenantId, name: 'ci', prefix: `plim_${newId()}`, hash: new Uint8Array([1, 2, 3]) };
    await db.database.forTenant(tenantId, (tx) => tx.apiKey.create({ data: { ...key, role: 'operator' } }));
    const found = await db.database.platform.findApiKey(key.prefix);
    expect(found).toMatchObject({ id: key.id, tenantId, role: 'operator', expiresAt: null });
    expect([...(found?.hash ?? [])]).toEqual([1, 2, 3]);
    expect(await db.database.platform.findApiKey('plim_%')).toBeUndefined();
  });

  test('tenants are listed in portions', async () => {
    await aTenant(db.database);
    const all = await db.database.platform.listTenantIds(1_000);
    const portions: string[] = [];
    for (let portion = await db.database.platform.listTenantIds(1); portion.length > 0;) {
      portions.push(...portion);
      portion = await db.database.platform.listTenantIds(1, portions.at(-1));
    }
    expect(portions).toEqual(all);
    expect(all.length).toBeGreaterThan(1);
  });
});

describe('the outbox', () => {
  const drain = (): Promise<void> =>
    db.database.transaction(async (tx) => {
      const platform = new Platform(tx);
      const messages = await platform.claimOutboxMessages(1_000);
      await platform.markOutboxDispatched(messages.map(({ id }) => id));
    });
  beforeEach(drain);

  test('gives each message to one dispatcher, in order, until it is marked', async () => {
    await db.database.forTenant(tenantId, (tx) =>
      outbox.appendMany(
        tx,
        [1, 2, 3].map((number) => ({ tenantId, type: 'test', payload: { number } })),
      ),
    );
    await db.database.transaction(async (first) => {
      const claimed = await new Platform(first).claimOutboxMessages(2);
      expect(claimed.map(({ payload }) => payload)).toEqual([{ number: 1 }, { number: 2 }]);
      await db.database.transaction(async (second) => {
        const rest = await new Platform(second).claimOutboxMessages(10);
        expect(rest.map(({ payload }) => payload)).toEqual([{ number: 3 }]);
      });
      await new Platform(first).markOutboxDispatched(claimed.map(({ id }) => id));
    });
    const left = await db.database.transaction((tx) => new Platform(tx).claimOutboxMessages(10));
    expect(left.map(({ payload }) => payload)).toEqual([{ number: 3 }]);
  });

  test('holds nothing of a transaction that failed', async () => {
    const attempt = db.database.forTenant(tenantId, async (tx) => {
      await outbox.append(tx, { tenantId, type: 'test', payload: {} });
      throw new Error('changed my mind');
    });
    await expect(attempt).rejects.toThrow('changed my mind');
    expect(await db.database.transaction((tx) => new Platform(tx).claimOutboxMessages(10))).toEqual([]);
  });

  test('takes no message for another tenant', async () => {
    const other = await aTenant(db.database);
    const attempt = db.database.forTenant(tenantId, (tx) =>
      outbox.append(tx, { tenantId: other.id, type: 'test', payload: {} }),
    );
    await expect(attempt).rejects.toThrow(/row-level security/);
  });

  test('counts what waits', async () => {
    await db.database.forTenant(tenantId, (tx) => outbox.append(tx, { tenantId, type: 'test', payload: {} }));
    const backlog = await db.database.platform.readBacklog();
    expect(backlog.outboxPending).toBe(1);
    expect(backlog.outboxOldestAt).toBeInstanceOf(Date);
  });

  test('names what was set aside, without what it says, and lets it leave once more in its old place', async () => {
    const [first, second] = await db.database.forTenant(tenantId, async (tx) => [
      await outbox.append(tx, { tenantId, type: 'unreadable', payload: { secret: 'of the tenant' } }),
      await outbox.append(tx, { tenantId, type: 'test', payload: {} }),
    ]);
    const { platform } = db.database;
    expect(await platform.noteOutboxUnreadable(first ?? '', 1)).toBe(true);
    const [listed, ...others] = await platform.listSetAsideMessages(10);
    expect(listed).toEqual({
      id: first,
      tenantId,
      type: 'unreadable',
      attempts: 1,
      sequence: expect.any(BigInt),
      createdAt: expect.any(Date),
      setAsideAt: expect.any(Date),
    });
    expect(others).toEqual([]);
    expect(await platform.listSetAsideMessages(10, listed?.sequence)).toEqual([]);
    expect(await platform.countSetAsideMessages()).toBe(1);

    expect(await platform.retrySetAsideMessage(second ?? '')).toBe(false);
    expect(await platform.retrySetAsideMessage(first ?? '')).toBe(true);
    expect(await platform.retrySetAsideMessage(first ?? '')).toBe(false);
    expect(await platform.countSetAsideMessages()).toBe(0);
    const claimed = await db.database.transaction((tx) => new Platform(tx).claimOutboxMessages(10));
    expect(claimed.map(({ id }) => id)).toEqual([first, second]);
  });
});

describe('sweeping', () => {
  test('finds scans whose worker is gone and scans that nobody took, no others', async () => {
    const scanOf = async (state: string, leaseExpiresAt: Date | null, queuedAt = new Date()): Promise<string> => {
      const host = await aHost(db.database, { tenantId });
      return (await aScan(db.database, { tenantId, hostId: host.id, state, leaseExpiresAt, queuedAt })).id;
    };
    const stalled = [await scanOf('running', past), await scanOf('queued', null, past)];
    await scanOf('running', future);
    await scanOf('queued', null);
    await scanOf('failed', past, past);
    const found = await db.database.platform.findStalledScans(new Date('2026-02-01T00:00:00Z'), 100);
    expect(
      found
        .filter((scan) => scan.tenantId === tenantId)
        .map((scan) => scan.scanId)
        .toSorted(),
    ).toEqual(stalled.toSorted());
  });

  test('finds due deliveries of the tenants in turn, and no more than a tenth of them of one', async () => {
    const deliver = async (owner: string, count: number): Promise<void> => {
      const [keyId, endpointId] = [newId(), newId()];
      await db.asOwner(
        `INSERT INTO tenant_data_keys (id, tenant_id, wrapped_key, wrapping_key_id) VALUES ($1, $2, '', 'k')`,
        [keyId, owner],
      );
      await db.asOwner(
        `INSERT INTO webhook_endpoints (id, tenant_id, url, encrypted_secret, data_key_id, updated_at)
         VALUES ($1, $2, 'https://example.test', '', $3, now())`,
        [endpointId, owner, keyId],
      );
      await db.asOwner(
        `INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, payload, next_attempt_at)
         SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 'webhook.ping', '{}', now() - (1000 - n) * interval '1 s'
         FROM generate_series(1, $3::integer) AS n`,
        [owner, endpointId, count],
      );
    };
    const other = (await aTenant(db.database)).id;
    await deliver(tenantId, 30);
    await deliver(other, 2);
    const found = await db.database.platform.findDueDeliveries(new Date(), 100);
    const owners = found.map((delivery) => delivery.tenantId);
    expect(owners.slice(0, 4).toSorted()).toEqual([tenantId, tenantId, other, other].toSorted());
    expect(owners.slice(4)).toEqual(Array.from({ length: 8 }, () => tenantId));
    expect(await db.database.platform.findDueDeliveries(past, 100)).toEqual([]);
  });

  test('deletes what has expired and keeps the rest', async () => {
    await db.database.forTenant(tenantId, (tx) =>
      tx.idempotencyKey.createMany({
        data: [past, future].map((expiresAt) => ({
          tenantId,
          actorId: newId(),
          key: expiresAt.toISOString(),
          operation: 'POST /v1/hosts',
          requestHash: new Uint8Array(32),
          expiresAt,
        })),
      }),
    );
    const purged = await db.database.platform.purgeExpired({
      dispatchedBefore: past,
      tokensExpiredBefore: past,
      limit: 10,
    });
    expect(purged.idempotencyKeys).toBe(1);
    expect(await db.database.forTenant(tenantId, (tx) => tx.idempotencyKey.count())).toBe(1);
  });

  test('deletes no more of each kind at once than it is told to, the oldest first', async () => {
    const user = await aUser(db.database);
    const age = `now() - (40 + n) * interval '1 day'`;
    const series = 'generate_series(1, 25) AS n';
    await db.asOwner(`INSERT INTO idempotency_keys (tenant_id, actor_id, key, operation, request_hash, expires_at)
      SELECT '${tenantId}', '${newId()}', n, 'o', '', ${age} FROM ${series}`);
    await db.asOwner(`INSERT INTO refresh_tokens (id, tenant_id, user_id, family_id, token_hash, expires_at)
      SELECT gen_random_uuid(), '${tenantId}', '${user.id}', gen_random_uuid(), decode(to_hex(n + 4096), 'hex'), ${age}
      FROM ${series}`);
    await db.asOwner(`INSERT INTO login_throttles (key, window_started_at, expires_at)
      SELECT 'k' || n, ${age}, ${age} FROM ${series}`);
    await db.asOwner(`INSERT INTO outbox_messages (id, tenant_id, type, payload, dispatched_at, set_aside_at)
      SELECT gen_random_uuid(), '${tenantId}', 'purge', '{}', CASE WHEN n > 12 THEN ${age} END,
             CASE WHEN n <= 12 THEN ${age} END FROM ${series}`);
    const hourAgo = new Date(Date.now() - 3_600_000);
    const options = { dispatchedBefore: hourAgo, tokensExpiredBefore: hourAgo, limit: 10 };
    const portions = [];
    for (let portion = 0; portion < 4; portion += 1) portions.push(await db.database.platform.purgeExpired(options));
    const all = (count: number) => ({
      idempotencyKeys: count,
      refreshTokens: count,
      loginThrottles: count,
      outboxMessages: count,
    });
    expect(portions).toEqual([all(10), all(10), all(5), all(0)]);
  });
});

describe('the events of a scan', () => {
  test('are numbered without gaps, however many write at once', async () => {
    const host = await aHost(db.database, { tenantId });
    const scan = await aScan(db.database, { tenantId, hostId: host.id, state: 'running' });
    const append = (): Promise<number> =>
      db.database.forTenant(tenantId, (tx) =>
        appendScanEvent(tx, { tenantId, scanId: scan.id, type: 'progress', data: {} }),
      );
    const numbers = await Promise.all(Array.from({ length: 8 }, append));
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('one host has one scan at a time', async () => {
    const host = await aHost(db.database, { tenantId });
    await aScan(db.database, { tenantId, hostId: host.id, state: 'running' });
    await expect(aScan(db.database, { tenantId, hostId: host.id, state: 'queued' })).rejects.toMatchObject({
      code: 'P2002',
    });
  });
});
