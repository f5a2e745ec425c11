import { AuditEventQuery } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import { aTenant, createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AuditReader, AuditWriter } from './index.ts';
import type { AuditActor, AuditEntry } from './index.ts';

let db: TestDatabase;
let reader: AuditReader;
let tenantId: string;
let actor: AuditActor;
beforeAll(async () => {
  db = await createTestDatabase();
  reader = new AuditReader(db.database);
});
afterAll(() => db.close());
beforeEach(async () => {
  tenantId = (await aTenant(db.database)).id;
  actor = { kind: 'user', id: newId(), name: 'Ada', tenantId, address: '192.0.2.7', requestId: 'request-1' };
});

const writer = new AuditWriter();
const record = (entry: Partial<AuditEntry> = {}, as = actor): Promise<string> =>
  db.database.forTenant(as.tenantId, (tx) =>
    writer.record(tx, as, { action: 'host.created', subject: { kind: 'host', id: 'h', name: 'build-7' }, ...entry }),
  );
const list = (query: Record<string, unknown> = {}) => reader.list({ tenantId }, AuditEventQuery.parse(query));
const verify = () => reader.verify({ tenantId });
/** Past the log's own guards, as somebody who owns the database could. */
const tamper = (sql: string): Promise<unknown> => db.asOwner(sql, [tenantId]);

describe('an event', () => {
  test('comes back as it was recorded', async () => {
    const details = { labels: { team: 'payments' }, ratio: 0.1, list: [1, 'two', null] };
    const id = await record({ outcome: 'refused', details });
    expect((await list()).items).toEqual([
      {
        id,
        sequence: 1,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        actor: { kind: 'user', id: actor.kind === 'anonymous' ? null : actor.id, name: 'Ada' },
        action: 'host.created',
        subject: { kind: 'host', id: 'h', name: 'build-7' },
        outcome: 'refused',
        address: '192.0.2.7',
        requestId: 'request-1',
        details,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test('is not there when its change was rolled back', async () => {
    const failed = db.database.forTenant(tenantId, async (tx) => {
      await writer.record(tx, actor, { action: 'host.created', subject: { kind: 'host' } });
      throw new Error('the change failed');
    });
    await expect(failed).rejects.toThrow('the change failed');
    await record();
    expect((await list()).items.map((event) => event.sequence)).toEqual([1]);
    expect(await verify()).toMatchObject({ intact: true, events: 1 });
  });

  test('keeps what a stranger sent, without what the database can not store', async () => {
    await record({ details: { 'na\0me': 'lone \uD800 and \0' } }, { ...actor, kind: 'anonymous', name: 'x\0y' });
    const [event] = (await list()).items;
    expect(event?.actor).toEqual({ kind: 'anonymous', id: null, name: 'x\uFFFDy' });
    expect(event?.details).toEqual({ 'na\uFFFDme': 'lone \uFFFD and \uFFFD' });
    expect(await verify()).toMatchObject({ intact: true });
  });

  test.for(['UPDATE audit_events SET action = action', 'DELETE FROM audit_events', 'DELETE FROM audit_chains'])(
    'can not be changed by the application: %s',
    async (sql) => {
      await record();
      await expect(db.database.forTenant(tenantId, (tx) => tx.$executeRawUnsafe(sql))).rejects.toThrow(
        /permission denied/,
      );
    },
  );

  test('of another tenant is neither listed nor counted', async () => {
    const other = await aTenant(db.database);
    await record({}, { ...actor, tenantId: other.id });
    expect(await list()).toEqual({ items: [], nextCursor: null });
    expect(await verify()).toMatchObject({ intact: true, events: 0 });
    await expect(
      db.database.forTenant(other.id, (tx) => writer.record(tx, actor, { action: 'a', subject: { kind: 'host' } })),
    ).rejects.toThrow(/row-level security/);
  });
});

describe('the sequence', () => {
  test('has no gap and no double when many write at once', async () => {
    await Promise.all(Array.from({ length: 25 }, () => record()));
    const { items } = await list();
    expect(items.map((event) => event.sequence)).toEqual(Array.from({ length: 25 }, (_, index) => 25 - index));
    expect(await verify()).toMatchObject({ intact: true, events: 25, firstBroken: null });
  });
});

describe('the list', () => {
  beforeEach(async () => {
    await record({ action: 'host.created' });
    await record({ action: 'host.deleted', outcome: 'refused' });
    await record(
      { action: 'session.started', subject: { kind: 'session', id: 's' } },
      { ...actor, id: newId(), kind: 'user', name: 'Grace' },
    );
  });

  test('is paged by its cursor, newest first', async () => {
    const first = await list({ limit: '2' });
    expect(first.items.map((event) => event.sequence)).toEqual([3, 2]);
    await record();
    const second = await list({ limit: '2', cursor: first.nextCursor });
    expect(second.items.map((event) => event.sequence)).toEqual([1]);
    expect(second.nextCursor).toBeNull();
  });

  test.for([
    ['action', { action: 'host.deleted' }, [2]],
    ['outcome', { outcome: 'refused' }, [2]],
    ['kind of subject', { subjectKind: 'session' }, [3]],
    ['subject', { subjectId: 's' }, [3]],
    ['time, to the end', { from: '2999-01-01T00:00:00.000Z' }, []],
    ['time, from the start', { until: '2999-01-01T00:00:00.000Z' }, [3, 2, 1]],
  ] as const)('is filtered by %s', async ([, query, expected]) => {
    expect((await list(query)).items.map((event) => event.sequence)).toEqual(expected);
  });

  test('is filtered by actor', async () => {
    if (actor.kind === 'anonymous') throw new Error('the actor of this test has an id');
    expect((await list({ actorId: actor.id })).items.map((event) => event.sequence)).toEqual([2, 1]);
  });

  test.for([
    'nonsense',
    Buffer.from('audit:0').toString('base64url'),
    Buffer.from('audit:9999999999').toString('base64url'),
  ])('refuses the cursor %s', async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ slug: 'cursor-invalid' });
  });
});

describe('verification', () => {
  beforeEach(async () => {
    for (let count = 0; count < 4; count += 1) await record({ details: { count } });
  });

  test('finds an untouched chain intact, and names its head', async () => {
    const { items } = await list({ limit: '1' });
    expect(await verify()).toEqual({ intact: true, events: 4, headHash: items[0]?.hash, firstBroken: null });
  });

  test.for([
    [
      'an event was changed',
      `UPDATE audit_events SET action = 'x' WHERE tenant_id = $1 AND sequence = 3`,
      3,
      'hash-mismatch',
    ],
    [
      'details were changed',
      `UPDATE audit_events SET details = '{}' WHERE tenant_id = $1 AND sequence = 2`,
      2,
      'hash-mismatch',
    ],
    [
      'a time was changed',
      `UPDATE audit_events SET at = at + interval '1 ms' WHERE tenant_id = $1 AND sequence = 1`,
      1,
      'hash-mismatch',
    ],
    ['an event was removed', `DELETE FROM audit_events WHERE tenant_id = $1 AND sequence = 2`, 2, 'event-missing'],
    ['the end was cut off', `DELETE FROM audit_events WHERE tenant_id = $1 AND sequence = 4`, 4, 'event-missing'],
    ['all was removed', `DELETE FROM audit_events WHERE tenant_id = $1`, 1, 'event-missing'],
    ['the head was forgotten', `DELETE FROM audit_chains WHERE tenant_id = $1`, 5, 'event-missing'],
  ] as const)('tells when %s', async ([, sql, sequence, reason]) => {
    await tamper(sql);
    expect(await verify()).toMatchObject({ intact: false, firstBroken: { sequence, reason } });
  });
});
