import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createDatabase } from '../database.ts';
import { PersistenceError } from '../persistence-error.ts';
import { createEmptyDatabase } from '../testing/test-database.ts';
import type { EmptyDatabase } from '../testing/test-database.ts';
import { appUrlOf } from './app-role.ts';
import { migrate } from './migrate.ts';
import { findPrismaDir, readSchemaFiles } from './migration-files.ts';
import { assertMigrated } from './migration-state.ts';
import { withSchemaEngine } from './schema-engine.ts';

let folder: string;
const made: EmptyDatabase[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plimsoll-migrate-'));
});
afterEach(async () => {
  for (const database of made.splice(0)) await database.drop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function anEmptyDatabase(): Promise<EmptyDatabase> {
  const database = await createEmptyDatabase();
  made.push(database);
  return database;
}

async function aPrismaDirWith(name: string, sql: string): Promise<string> {
  const prismaDir = await mkdtemp(join(folder, 'prisma-'));
  await cp(await findPrismaDir(), prismaDir, { recursive: true });
  await mkdir(join(prismaDir, 'migrations', name));
  await writeFile(join(prismaDir, 'migrations', name, 'migration.sql'), sql);
  return prismaDir;
}

/** Since PostgreSQL 16 a grant of a role says what it is good for. */
async function grantsHaveOptions(url: string): Promise<boolean> {
  const [server] = await query(url, `SELECT current_setting('server_version_num')::int AS version`);
  return Number(server?.['version']) >= 160_000;
}

describe('migrating', () => {
  test('makes a database that the application can use, and does nothing the second time', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const appRole = { name: 'plimsoll_app_first', password: `it's "quoted" \\ and %` };
    const first = await migrate({ ownerUrl, appRole });
    expect(first.applied.length).toBeGreaterThan(2);
    expect(await migrate({ ownerUrl, appRole })).toEqual({ applied: [] });
    const database = createDatabase({ url: appUrlOf(ownerUrl, appRole) });
    expect(await database.platform.anyTenantExists()).toBe(false);
    await database.close();
  });

  test('several at once applies each migration once', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const appRole = { name: 'plimsoll_app_several', password: 'secret' };
    const results = await Promise.all([1, 2, 3].map(() => migrate({ ownerUrl, appRole })));
    const applied = results.flatMap((result) => result.applied);
    expect(applied).toEqual([...new Set(applied)]);
    expect(results.filter((result) => result.applied.length > 0)).toHaveLength(1);
  });

  test('for a second installation by an owner who may not use the shared role says what to grant, and changes nothing', async ({
    skip,
  }) => {
    const empty = await anEmptyDatabase();
    const grantsOptions = await grantsHaveOptions(empty.ownerUrl);
    skip(!grantsOptions, 'Before PostgreSQL 16 whoever may make roles may grant them, too.');
    const owner = { name: `second_${process.pid}`, password: 'secret' };
    const appRole = { name: `app_second_${process.pid}`, password: 'secret' };
    await empty.asSuperuser(`CREATE ROLE ${owner.name} LOGIN CREATEROLE NOSUPERUSER PASSWORD '${owner.password}'`);
    await empty.asSuperuser(`ALTER DATABASE ${empty.name} OWNER TO ${owner.name}`);
    const ownerUrl = appUrlOf(empty.ownerUrl, owner);
    const refused = await migrate({ ownerUrl, appRole }).catch((error: unknown) => error);
    const grant = /GRANT plimsoll_platform TO "\w+" WITH ADMIN TRUE, INHERIT FALSE, SET FALSE/;
    expect(refused).toMatchObject({
      code: 'database-role-refused',
      message: expect.stringContaining(owner.name),
      nextStep: expect.stringMatching(grant),
    });
    // What it says to do is enough.
    await empty.asSuperuser(grant.exec(refused instanceof PersistenceError ? refused.nextStep : '')?.[0] ?? '');
    expect((await migrate({ ownerUrl, appRole })).applied.length).toBeGreaterThan(2);
    await empty.drop();
    await empty.asSuperuser(`DROP ROLE ${appRole.name}`);
    await empty.asSuperuser(`DROP ROLE ${owner.name}`);
  });

  test('works for an owner who is no superuser', async () => {
    const empty = await anEmptyDatabase();
    const owner = { name: `owner_${process.pid}`, password: 'secret' };
    await empty.asSuperuser(`CREATE ROLE ${owner.name} LOGIN CREATEROLE NOSUPERUSER PASSWORD '${owner.password}'`);
    // The role is there already, roles belonging to the whole server; this is what the one who makes it would hold.
    const options = (await grantsHaveOptions(empty.ownerUrl)) ? 'ADMIN TRUE, INHERIT FALSE, SET FALSE' : 'ADMIN OPTION';
    await empty.asSuperuser(`GRANT plimsoll_platform TO ${owner.name} WITH ${options}`);
    await empty.asSuperuser(`ALTER DATABASE ${empty.name} OWNER TO ${owner.name}`);
    const ownerUrl = appUrlOf(empty.ownerUrl, owner);
    const appRole = { name: `app_${process.pid}`, password: 'secret' };
    await migrate({ ownerUrl, appRole });
    const database = createDatabase({ url: appUrlOf(ownerUrl, appRole) });
    const tenantId = '01890000-0000-7000-8000-000000000001';
    await database.forTenant(tenantId, (tx) =>
      tx.tenant.create({ data: { id: tenantId, name: 'Acme', slug: 'acme' } }),
    );
    expect(await database.platform.listTenantIds(10)).toEqual([tenantId]);
    await database.close();
    // Forced: the owner of the tables is bound by the policies as everybody else.
    const rows = await query(ownerUrl, 'SELECT count(*)::int AS count FROM tenants');
    expect(rows).toEqual([{ count: 0 }]);
  });

  test('changes the password of the application when it is given another', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const [before, after] = ['before', 'after'].map((password) => ({ name: 'plimsoll_app_changing', password }));
    if (before === undefined || after === undefined) throw new Error('two roles');
    await migrate({ ownerUrl, appRole: before });
    await migrate({ ownerUrl, appRole: after });
    const [old, current] = [before, after].map((role) => createDatabase({ url: appUrlOf(ownerUrl, role) }));
    await expect(old?.ping()).rejects.toThrow(/password authentication failed/);
    await current?.ping();
    await Promise.all([old?.close(), current?.close()]);
  });
});

describe('a process that may not migrate', () => {
  test('goes on with a database that is up to date, waits for one that is not, and stops at a newer one', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const appRole = { name: 'plimsoll_app_asking', password: 'secret' };
    const appUrl = appUrlOf(ownerUrl, appRole);
    const newer = await aPrismaDirWith('20991231000000_add_the_future', 'CREATE TABLE future (id int);');
    await expect(assertMigrated(ownerUrl)).rejects.toMatchObject({ code: 'database-not-migrated' });
    await migrate({ ownerUrl, appRole });
    await assertMigrated(appUrl);
    await expect(assertMigrated(appUrl, newer)).rejects.toThrow(/lacks 1 of \d+ migrations.*20991231000000/);
    await migrate({ ownerUrl, appRole, prismaDir: newer });
    await expect(assertMigrated(appUrl)).rejects.toMatchObject({ code: 'database-too-new' });
  });
});

describe('refusals', () => {
  const appRole = { name: 'plimsoll_app_refused', password: 'secret' };

  test('a database that a newer program has migrated stays as it is', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const newer = await aPrismaDirWith('20991231000000_add_the_future', 'CREATE TABLE future (id int);');
    await migrate({ ownerUrl, appRole, prismaDir: newer });
    const attempt = migrate({ ownerUrl, appRole });
    await expect(attempt).rejects.toMatchObject({ code: 'database-too-new' });
    await expect(attempt).rejects.toThrow(/20991231000000_add_the_future/);
  });

  test('a migration that fails keeps nothing of itself', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const broken = await aPrismaDirWith('20991231000000_break', 'CREATE TABLE half (id int); SELECT 1/0;');
    await expect(migrate({ ownerUrl, appRole, prismaDir: broken })).rejects.toMatchObject({ code: 'migration-failed' });
    await expect(migrate({ ownerUrl, appRole, prismaDir: broken })).rejects.toThrow(/P3009|failed migrations/);
    const rows = await query(ownerUrl, `SELECT to_regclass('half') AS half`);
    expect(rows).toEqual([{ half: null }]);
  });

  test('the owner itself is no role for the application', async () => {
    const { ownerUrl } = await anEmptyDatabase();
    const { username, password } = new URL(ownerUrl);
    const attempt = migrate({ ownerUrl, appRole: { name: username, password } });
    await expect(attempt).rejects.toMatchObject({ code: 'database-role-refused' });
  });

  test.for([
    ['a server that is not there', (url: URL): string => (url.port = '1')],
    ['a wrong password', (url: URL): string => (url.password = 'wrong')],
    ['a database that does not exist', (url: URL): string => (url.pathname = '/nowhere')],
  ] as const)('%s is reported without the password', async ([, spoil]) => {
    const { ownerUrl } = await anEmptyDatabase();
    const url = new URL(ownerUrl);
    const { password } = url;
    spoil(url);
    const error: unknown = await migrate({ ownerUrl: url.toString(), appRole }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'database-unreachable' });
    expect(String(error)).not.toContain(password);
  });
});

/** What only the migrations say, since Prisma's language has no word for it. */
const onlyInMigrations = [
  'check hosts_score_check',
  'check installations_singleton_check',
  'check scans_host_files_check',
  'check findings_severity_check',
  'check findings_status_check',
  'check findings_triage_state_check',
  'check host_answers_end_check',
  'check host_answers_outcome_check',
  'check scans_progress_percent_check',
  'check scans_state_check',
  'check webhook_deliveries_state_check',
  'index host_answers_current_key',
  'index outbox_messages_pending_idx',
  'index outbox_messages_set_aside_at_idx',
  'index outbox_messages_set_aside_idx',
  'index scans_begun_idx',
  'index scans_waiting_idx',
  'index webhook_deliveries_tenant_due_idx',
  'index scans_active_host_key',
  'index scans_unfinished_idx',
  'index users_email_lower_key',
  'index webhook_deliveries_due_idx',
];

test('the schema files and the migrations describe the same database', async () => {
  const [migrated, drawn] = [await anEmptyDatabase(), await anEmptyDatabase()];
  await migrate({ ownerUrl: migrated.ownerUrl, appRole: { name: 'plimsoll_app_drift', password: 'secret' } });
  await query(drawn.ownerUrl, await schemaAsSql(drawn.ownerUrl));
  const [found, wanted] = [await describeTables(migrated.ownerUrl), await describeTables(drawn.ownerUrl)];
  expect(wanted.length).toBeGreaterThan(300);
  expect(wanted.filter((line) => !found.includes(line))).toEqual([]);
  const extra = found.filter((line) => !wanted.includes(line)).map((line) => line.slice(0, line.indexOf(':')));
  expect(extra.toSorted()).toEqual(onlyInMigrations.toSorted());
});

async function schemaAsSql(ownerUrl: string): Promise<string> {
  const files = await readSchemaFiles(await findPrismaDir());
  const { stdout } = await withSchemaEngine(ownerUrl, (engine) =>
    engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    }),
  );
  return stdout ?? '';
}

/** Every column, index, constraint and enum, a line each. */
async function describeTables(ownerUrl: string): Promise<string[]> {
  const rows = await query(
    ownerUrl,
    `SELECT format('column %s.%s: %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                   a.attnotnull, pg_get_expr(d.adbin, d.adrelid)) AS line
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND c.relname <> '_prisma_migrations'
     UNION ALL
     SELECT format('index %s: %s', indexname, indexdef) FROM pg_indexes
     WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'
     UNION ALL
     SELECT format('%s %s: %s', CASE contype WHEN 'c' THEN 'check' ELSE 'constraint' END, conname, pg_get_constraintdef(oid))
     FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid <> coalesce(to_regclass('_prisma_migrations'), 0)
     UNION ALL
     SELECT format('enum %s: %s', t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder))
     FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
     WHERE t.typnamespace = 'public'::regnamespace GROUP BY t.typname`,
  );
  return rows.map(({ line }) => String(line));
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
