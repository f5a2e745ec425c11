import { ServiceUnavailable } from '@plimsoll/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDatabase } from './database.ts';
import type { Host, Tenant } from './generated/client.ts';
import { Prisma } from './generated/client.ts';
import { aHost, aTenant, createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

let db: TestDatabase;
let ours: Tenant;
let theirs: Tenant;
let ourHost: Host;
let theirHost: Host;

beforeAll(async () => {
  db = await createTestDatabase();
  [ours, theirs] = [await aTenant(db.database), await aTenant(db.database)];
  ourHost = await aHost(db.database, { tenantId: ours.id, labels: ['env=test', 'a="b\\c,d}'] });
  theirHost = await aHost(db.database, { tenantId: theirs.id });
});
afterAll(() => db.close());

test('a read sees the rows of its tenant and no other, with no filter in the query', async () => {
  const rows = await db.database.readForTenant(ours.id, Prisma.sql`SELECT id FROM hosts`);
  expect(rows).toEqual([{ id: ourHost.id }]);
});

test('a read does not find a row of another tenant by its id', async () => {
  const rows = await db.database.readForTenant(
    ours.id,
    Prisma.sql`SELECT id FROM hosts WHERE id = ${theirHost.id}::uuid`,
  );
  expect(rows).toEqual([]);
});

test('a read leaves nothing behind for whoever has its connection next', async () => {
  const single = createDatabase({ url: db.appUrl, poolSize: 1 });
  await single.readForTenant(ours.id, Prisma.sql`SELECT 1`);
  expect(await single.transaction((tx) => tx.host.count())).toBe(0);
  expect(await single.forTenant(theirs.id, (tx) => tx.host.count())).toBe(1);
  expect(
    await single.readForTenant(ours.id, Prisma.sql`SELECT current_setting('app.tenant_id') AS "tenantId"`),
  ).toEqual([{ tenantId: ours.id }]);
  await single.close();
});

test('a tenant id that is none is an error, not everything', async () => {
  const injected = db.database.readForTenant(`' OR true --`, Prisma.sql`SELECT id FROM hosts`);
  await expect(injected).rejects.toThrow(/invalid input syntax for type uuid/);
});

test('a read can write nothing', async () => {
  const rename = Prisma.sql`UPDATE hosts SET name = 'renamed' RETURNING id`;
  await expect(db.database.readForTenant(ours.id, rename)).rejects.toThrow(/read-only transaction/);
  const callers = Prisma.sql`SELECT set_config('transaction_read_only', 'off', true)`;
  await expect(db.database.readForTenant(ours.id, callers)).rejects.toThrow(/read-write mode/);
});

test('a read that fails leaves the pool usable', async () => {
  const single = createDatabase({ url: db.appUrl, poolSize: 1 });
  await expect(single.readForTenant(ours.id, Prisma.sql`SELECT 1 / 0`)).rejects.toThrow(/division by zero/);
  await expect(single.readForTenant(ours.id, Prisma.sql`SELECT nonsense`)).rejects.toThrow(/does not exist/);
  expect(await single.readForTenant(ours.id, Prisma.sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  await single.close();
});

test('values arrive as they were given, and rows as what they are', async () => {
  const at = new Date('2026-11-24T12:00:00.123Z');
  const [row] = await db.database.readForTenant(
    ours.id,
    Prisma.sql`SELECT ${at}::timestamptz AS at, ${7}::integer AS number, ${true}::boolean AS flag, ${null}::text AS nothing,
               ${["it's", 'a "quoted" \\ one', '', 'NULL', '{x,y}']}::text[] AS list, '{"a":[1]}'::jsonb AS json, labels
               FROM hosts`,
  );
  expect(row).toEqual({
    at,
    number: 7,
    flag: true,
    nothing: null,
    list: ["it's", 'a "quoted" \\ one', '', 'NULL', '{x,y}'],
    json: { a: [1] },
    labels: ourHost.labels,
  });
});

test('many reads at once each get their own answer', async () => {
  const numbers = Array.from({ length: 100 }, (_unused, index) => index);
  const rows = await Promise.all(
    numbers.map((number) => db.database.readForTenant(ours.id, Prisma.sql`SELECT ${number}::integer AS number`)),
  );
  expect(rows.flat()).toEqual(numbers.map((number) => ({ number })));
});

test('a query is planned once for a connection, and asked as often as one likes', async () => {
  const single = createDatabase({ url: db.appUrl, poolSize: 1 });
  for (const tenant of [ours, theirs, ours]) {
    const rows = await single.readForTenant(tenant.id, Prisma.sql`SELECT tenant_id AS "tenantId" FROM hosts`);
    expect(rows).toEqual([{ tenantId: tenant.id }]);
  }
  const count = Prisma.sql`SELECT count(*)::integer AS count FROM pg_prepared_statements WHERE statement LIKE '%AS "tenantId" FROM hosts'`;
  expect(await single.readForTenant(ours.id, count)).toEqual([{ count: 1 }]);
  await single.close();
});

test('more different queries than are remembered are answered all the same', async () => {
  const single = createDatabase({ url: db.appUrl, poolSize: 1 });
  for (let number = 0; number < 150; number += 1) {
    const query = Prisma.sql`SELECT ${Prisma.raw(String(number))} AS number`;
    expect(await single.readForTenant(ours.id, query)).toEqual([{ number }]);
    expect(await single.readForTenant(ours.id, query)).toEqual([{ number }]);
  }
  const [kept] = await single.readForTenant<{ count: number }>(
    ours.id,
    Prisma.sql`SELECT count(*)::integer AS count FROM pg_prepared_statements`,
  );
  expect(kept?.count).toBeLessThanOrEqual(100);
  await single.close();
});

test('a database that is away is said to be away', async () => {
  const nowhere = createDatabase({ url: 'postgresql://a:b@127.0.0.1:1/c', poolSize: 1 });
  await expect(nowhere.readForTenant(ours.id, Prisma.sql`SELECT 1`)).rejects.toBeInstanceOf(ServiceUnavailable);
  await nowhere.close();
});

test('a connection that is cut in the middle of a read is not used again', async () => {
  const single = createDatabase({ url: db.appUrl, poolSize: 1 });
  const cut = single.readForTenant(ours.id, Prisma.sql`SELECT pg_terminate_backend(pg_backend_pid())`);
  await expect(cut).rejects.toBeInstanceOf(ServiceUnavailable);
  expect(await single.readForTenant(ours.id, Prisma.sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
  await single.close();
});
