import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from './database.ts';
import { newId } from './id.ts';
import { aFinding, aHost, aScan, aTenant, aUser, createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';
import type { Host, Tenant } from './generated/client.ts';

let db: TestDatabase;
let ours: Tenant;
let theirs: Tenant;
let ourHost: Host;
let theirHost: Host;

beforeAll(async () => {
  db = await createTestDatabase();
  [ours, theirs] = [await aTenant(db.database), await aTenant(db.database)];
  ourHost = await aHost(db.database, { tenantId: ours.id });
  theirHost = await aHost(db.database, { tenantId: theirs.id });
});
afterAll(() => db.close());

describe('a transaction for a tenant', () => {
  test('sees its own rows and no other, with no filter in the query', async () => {
    const hosts = await db.database.forTenant(ours.id, (tx) => tx.host.findMany({ select: { id: true } }));
    expect(hosts).toEqual([{ id: ourHost.id }]);
  });

  test('does not find a row of another tenant by its id', async () => {
    const found = await db.database.forTenant(ours.id, (tx) => tx.host.findUnique({ where: { id: theirHost.id } }));
    expect(found).toBeNull();
  });

  test('changes and deletes nothing of another tenant', async () => {
    const counts = await db.database.forTenant(ours.id, async (tx) => [
      (await tx.host.updateMany({ where: { id: theirHost.id }, data: { name: 'taken over' } })).count,
      (await tx.host.deleteMany({ where: { id: theirHost.id } })).count,
      await tx.$executeRaw`DELETE FROM tenants WHERE id = ${theirs.id}::uuid`,
    ]);
    expect(counts).toEqual([0, 0, 0]);
  });

  test('can not write a row for another tenant', async () => {
    const write = db.database.forTenant(ours.id, (tx) =>
      tx.host.create({ data: { id: newId(), tenantId: theirs.id, name: 'smuggled', address: 'tcp://a:2376' } }),
    );
    await expect(write).rejects.toThrow(/row-level security/);
  });

  test('can not hand a row of its own to another tenant', async () => {
    const move = db.database.forTenant(ours.id, (tx) =>
      tx.host.update({ where: { id: ourHost.id }, data: { tenantId: theirs.id } }),
    );
    await expect(move).rejects.toThrow(/row-level security/);
  });

  test('can not refer to a row of another tenant', async () => {
    const scan = aScan(db.database, { tenantId: ours.id, hostId: theirHost.id });
    await expect(scan).rejects.toMatchObject({ code: 'P2003' });
  });

  test('leaves nothing behind for the next transaction on its connection', async () => {
    const single = createDatabase({ url: db.appUrl, poolSize: 1 });
    await single.forTenant(ours.id, (tx) => tx.host.count());
    expect(await single.transaction((tx) => tx.host.count())).toBe(0);
    await single.close();
  });
});

describe('without a tenant', () => {
  test('every table of tenants is empty', async () => {
    await aFinding(db.database, { tenantId: ours.id, hostId: ourHost.id });
    const tables = await db.asOwner<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'tenant_id' AND table_schema = 'public'`,
    );
    const sizes = await db.database.transaction(async (tx) => {
      const found: Record<string, bigint> = {
        tenants: BigInt(await tx.tenant.count()),
        users: BigInt(await tx.user.count()),
      };
      for (const { name } of tables) {
        const rows = await tx.$queryRawUnsafe<{ count: bigint }[]>(`SELECT count(*) FROM "${name}"`);
        found[name] = rows[0]?.count ?? -1n;
      }
      return found;
    });
    expect(Object.keys(sizes).length).toBeGreaterThan(20);
    expect(Object.entries(sizes).filter(([, size]) => size !== 0n)).toEqual([]);
  });

  test('a tenant id that is none is an error, not everything', async () => {
    const injected = db.database.forTenant(`' OR true --`, (tx) => tx.host.count());
    await expect(injected).rejects.toThrow(/invalid input syntax for type uuid/);
  });
});

describe('users', () => {
  test('are seen by the tenants they are members of', async () => {
    const member = await aUser(db.database, {}, { tenantId: ours.id, role: 'viewer' });
    const idsFor = (tenantId: string): Promise<{ id: string }[]> =>
      db.database.forTenant(tenantId, (tx) => tx.user.findMany({ select: { id: true } }));
    expect(await idsFor(ours.id)).toContainEqual({ id: member.id });
    expect(await idsFor(theirs.id)).not.toContainEqual({ id: member.id });
  });

  test('are not changed by a tenant, only by themselves', async () => {
    const member = await aUser(db.database, {}, { tenantId: ours.id, role: 'viewer' });
    const rename = { where: { id: member.id }, data: { name: 'Grace' } };
    expect(await db.database.forTenant(ours.id, (tx) => tx.user.updateMany(rename))).toEqual({ count: 0 });
    expect(await db.database.forUser(member.id, (tx) => tx.user.updateMany(rename))).toEqual({ count: 1 });
  });

  test('see where they are members, and nothing of what is there', async () => {
    const member = await aUser(db.database, {}, { tenantId: ours.id, role: 'viewer' });
    const seen = await db.database.forUser(member.id, async (tx) => ({
      tenants: await tx.tenant.findMany({ select: { id: true } }),
      memberships: await tx.membership.findMany({ select: { userId: true } }),
      hosts: await tx.host.count(),
    }));
    expect(seen).toEqual({ tenants: [{ id: ours.id }], memberships: [{ userId: member.id }], hosts: 0 });
  });

  test('are one person, however the e-mail is written', async () => {
    await aUser(db.database, { email: 'Ada@Example.test' });
    await expect(aUser(db.database, { email: 'ada@example.TEST' })).rejects.toMatchObject({ code: 'P2002' });
  });
});

describe('the audit log', () => {
  test.for([
    ['change', `UPDATE audit_events SET action = 'nothing.happened'`],
    ['delete', 'DELETE FROM audit_events'],
    ['empty', 'TRUNCATE audit_events'],
  ] as const)('gives the application no right to %s it', async ([, sql]) => {
    const attempt = db.database.forTenant(ours.id, (tx) => tx.$executeRawUnsafe(sql));
    await expect(attempt).rejects.toThrow(/permission denied/);
  });
});

describe('deleting', () => {
  test('a host leaves nothing of it behind', async () => {
    const tenant = await aTenant(db.database);
    const host = await aHost(db.database, { tenantId: tenant.id });
    await aScan(db.database, { tenantId: tenant.id, hostId: host.id });
    await aFinding(db.database, { tenantId: tenant.id, hostId: host.id });
    await db.database.forTenant(tenant.id, (tx) => tx.host.delete({ where: { id: host.id } }));
    expect(await rowsThatName(host.id)).toEqual([]);
  });

  test('a tenant leaves nothing of it behind', async () => {
    const tenant = await aTenant(db.database);
    const host = await aHost(db.database, { tenantId: tenant.id });
    await aFinding(db.database, { tenantId: tenant.id, hostId: host.id });
    await aUser(db.database, {}, { tenantId: tenant.id, role: 'owner' });
    await db.database.forTenant(tenant.id, (tx) => tx.tenant.delete({ where: { id: tenant.id } }));
    expect(await rowsThatName(tenant.id)).toEqual([]);
  });
});

/** The tables that still hold the id, in whatever column. */
async function rowsThatName(id: string): Promise<string[]> {
  const tables = await db.asOwner<{ tablename: string }>(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  const found: string[] = [];
  for (const { tablename } of tables) {
    const rows = await db.asOwner(`SELECT 1 FROM "${tablename}" t WHERE t::text LIKE '%' || $1 || '%' LIMIT 1`, [id]);
    if (rows.length > 0) found.push(tablename);
  }
  return found;
}
