import type { Actor } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type World, anActor, openWorld } from '../testing/world.ts';
import { RetentionSweeper } from './retention.sweeper.ts';
import { ScanEventsReader } from './scan-events.reader.ts';
import { recordProgress } from './scan-progress.ts';

const now = new Date('2026-11-24T12:00:00Z');
const daysAgo = (days: number): Date => new Date(now.getTime() - days * 86_400_000);

let db: TestDatabase;
let world: World;
let actor: Actor;
beforeAll(async () => {
  db = await createTestDatabase();
  world = await openWorld(db);
});
afterAll(async () => {
  await world.close();
  await db.close();
});
beforeEach(async () => {
  actor = await anActor(world.database);
});

const sweep = (batchRows = 3) =>
  new RetentionSweeper({ database: world.database, snapshotDays: 90, now: () => now, batchRows }).sweep();

test('what was sent to webhooks is kept for 90 days, and longer only while it waits', async () => {
  const { tenantId } = actor;
  const [keyId, endpointId] = [newId(), newId()];
  await db.asOwner(
    `WITH key AS (INSERT INTO tenant_data_keys (id, tenant_id, wrapped_key, wrapping_key_id)
                  VALUES ($1, $2, '\\x00', 'k') RETURNING id)
     INSERT INTO webhook_endpoints (id, tenant_id, url, encrypted_secret, data_key_id, updated_at)
     SELECT $3, $2, 'https://example.com', '\\x00', key.id, now() FROM key`,
    [keyId, tenantId, endpointId],
  );
  const deliver = async (days: number, state: string): Promise<string> => {
    const id = newId();
    await db.asOwner(
      `INSERT INTO webhook_deliveries (id, tenant_id, endpoint_id, event_id, event_type, payload, state, created_at)
       VALUES ($1, $2, $3, $4, 'webhook.ping', '{}', $5, $6)`,
      [id, tenantId, endpointId, newId(), state, daysAgo(days)],
    );
    await db.asOwner(
      `INSERT INTO webhook_attempts (id, tenant_id, delivery_id, started_at, duration_ms) VALUES ($1, $2, $3, $4, 1)`,
      [newId(), tenantId, id, daysAgo(days)],
    );
    return id;
  };
  // More than one batch of them.
  for (let count = 0; count < 8; count += 1) await deliver(91, count % 2 === 0 ? 'delivered' : 'failed');
  const kept = [await deliver(91, 'pending'), await deliver(89, 'delivered'), await deliver(0, 'failed')];
  await sweep();
  const rows = await db.asOwner<{ id: string }>('SELECT id FROM webhook_deliveries WHERE tenant_id = $1', [tenantId]);
  expect(rows.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
  const attempts = await db.asOwner<{ id: string }>('SELECT delivery_id AS id FROM webhook_attempts');
  expect(attempts.map(({ id }) => id).toSorted()).toEqual(kept.toSorted());
});

test('the steps of a scan are kept for a week after its end, and the last one as long as the scan', async () => {
  const { tenantId } = actor;
  const hostId = newId();
  await db.asOwner(`INSERT INTO hosts (id, tenant_id, name, address, updated_at) VALUES ($1, $2, 'a', 'x', now())`, [
    hostId,
    tenantId,
  ]);
  const scan = async (finishedAt: Date | null): Promise<string> => {
    const id = newId();
    await db.asOwner(
      `INSERT INTO scans (id, tenant_id, host_id, state, finished_at, queued_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, tenantId, hostId, finishedAt === null ? 'running' : 'succeeded', finishedAt, daysAgo(8)],
    );
    for (let step = 0; step < 5; step += 1) {
      await world.database.forTenant(tenantId, (tx) =>
        recordProgress(
          tx,
          { tenantId, scanId: id },
          {
            state: step === 4 && finishedAt !== null ? 'succeeded' : 'running',
            percent: step,
            step: 's',
            detail: null,
          },
        ),
      );
    }
    return id;
  };
  const [old, young, running] = [await scan(daysAgo(7.1)), await scan(daysAgo(6.9)), await scan(null)];
  await sweep();
  const rows = await db.asOwner<{ scan_id: string; sequences: number[] }>(
    `SELECT scan_id, array_agg(sequence ORDER BY sequence) AS sequences FROM scan_events GROUP BY scan_id`,
  );
  expect(Object.fromEntries(rows.map(({ scan_id, sequences }) => [scan_id, sequences]))).toEqual({
    [old]: [5],
    [young]: [1, 2, 3, 4, 5],
    [running]: [1, 2, 3, 4, 5],
  });
  // Whoever follows it now is told of its end, and is not left waiting.
  const reader = new ScanEventsReader({ database: world.database, notifications: world.notifications });
  const told: unknown[] = [];
  for await (const event of reader.follow(actor, old, undefined, new AbortController().signal)) told.push(event);
  expect(told).toMatchObject([{ sequence: 5, state: 'succeeded' }]);
});

test('a backlog of what has expired goes in small transactions, all of it in one sweep', async () => {
  // Whoever deletes is noted with the transaction's number, past the rights of whoever it is.
  await db.asOwner(`CREATE TABLE purged (transaction bigint)`);
  await db.asOwner(`CREATE FUNCTION note_purged() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
    $$ BEGIN INSERT INTO public.purged VALUES (txid_current()); RETURN OLD; END $$`);
  await db.asOwner(`CREATE TRIGGER note_purged AFTER DELETE ON idempotency_keys
    FOR EACH ROW EXECUTE FUNCTION note_purged()`);
  await db.asOwner(
    `INSERT INTO idempotency_keys (tenant_id, actor_id, key, operation, request_hash, expires_at)
     SELECT $1, $2, n, 'o', '', now() - interval '1 day' FROM generate_series(1, 2050) AS n`,
    [actor.tenantId, newId()],
  );
  await sweep(100);
  const transactions = await db.asOwner<{ rows: number }>(
    `SELECT count(*)::integer AS rows FROM purged GROUP BY transaction ORDER BY transaction`,
  );
  expect(transactions.map(({ rows }) => rows)).toEqual([...Array.from({ length: 20 }, () => 100), 50]);
  expect(await db.asOwner(`SELECT 1 FROM idempotency_keys WHERE tenant_id = $1`, [actor.tenantId])).toEqual([]);
});
