import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appRoleOf } from './migration/app-role.ts';
import { createTestDatabase } from './testing/index.ts';
import type { TestDatabase } from './testing/index.ts';

/** Rules about all tables, roles and functions, read from the database's own catalogue. */
let db: TestDatabase;
let appRole: string;
beforeAll(async () => {
  db = await createTestDatabase();
  appRole = appRoleOf(db.appUrl).name;
});
afterAll(() => db.close());

/** Tables with no tenant, each with its reason. */
const withoutTenant: Record<string, string> = {
  _prisma_migrations: 'which migrations were applied',
  installations: 'one row, about the installation',
  login_throttles: 'counts failures before anyone is known; its keys are hashes',
};

interface Table {
  readonly name: string;
  readonly hasTenant: boolean;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly isolated: boolean;
}

async function readTables(): Promise<Table[]> {
  return db.asOwner<Table>(`
    SELECT c.relname AS name, c.relrowsecurity AS enabled, c.relforcerowsecurity AS forced,
           EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id') AS "hasTenant",
           EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polpermissive
                   AND pg_get_expr(p.polqual, c.oid) = '(tenant_id = current_tenant_id())'
                   AND pg_get_expr(p.polwithcheck, c.oid) = '(tenant_id = current_tenant_id())') AS isolated
    FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace ORDER BY 1`);
}

describe('tables', () => {
  test('that carry a tenant are isolated by it, their owner included', async () => {
    const tables = (await readTables()).filter((table) => table.hasTenant);
    expect(tables.length).toBeGreaterThan(18);
    expect(tables.filter(({ enabled, forced, isolated }) => !(enabled && forced && isolated))).toEqual([]);
  });

  test('that carry none are policed too, or have a reason', async () => {
    const open = (await readTables()).filter((table) => !table.enabled || !table.forced).map((table) => table.name);
    expect(open).toEqual(Object.keys(withoutTenant));
  });

  test('keep tenant references composite, so that none can point into another tenant', async () => {
    // Foreign keys are checked past row-level security.
    const loose = await db.asOwner(`
      SELECT conrelid::regclass::text, conname FROM pg_constraint k
      WHERE contype = 'f' AND connamespace = 'public'::regnamespace
        AND confrelid NOT IN ('tenants'::regclass, 'users'::regclass)
        AND NOT EXISTS (SELECT 1 FROM pg_attribute a
                        WHERE a.attrelid = conrelid AND a.attname = 'tenant_id' AND a.attnum = ANY (conkey))`);
    expect(loose).toEqual([]);
  });

  test('have an index under every foreign key, so that deleting does not read whole tables', async () => {
    const missing = await db.asOwner(`
      SELECT k.conrelid::regclass::text AS "table", k.conname FROM pg_constraint k
      WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
                        AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`);
    expect(missing).toEqual([]);
  });
});

describe('policies', () => {
  test('look at the tenant and the user of the transaction, at nothing else', async () => {
    const policies = await db.asOwner<{ expression: string; roles: string[] }>(`
      SELECT coalesce(qual, '') || ' ' || coalesce(with_check, '') AS expression, roles::text[] AS roles
      FROM pg_policies WHERE schemaname = 'public'`);
    const forAnyone = policies.filter(({ roles }) => roles.includes('public'));
    expect(forAnyone.filter(({ expression }) => /current_setting|\btrue\b/.test(expression))).toEqual([]);
    expect(forAnyone.filter(({ expression }) => !/current_(tenant|user)_id\(\)/.test(expression))).toEqual([]);
    const others = policies.filter(({ roles }) => !roles.includes('public')).flatMap(({ roles }) => roles);
    expect(new Set(others)).toEqual(new Set(['plimsoll_platform']));
  });
});

describe('roles', () => {
  test.for(['the application', 'the platform functions'] as const)('of %s bypass nothing', async (of) => {
    const name = of === 'the application' ? appRole : 'plimsoll_platform';
    const roles = await db.asOwner(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, rolcanlogin FROM pg_roles WHERE rolname = $1`,
      [name],
    );
    expect(roles).toEqual([
      {
        rolsuper: false,
        rolbypassrls: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolreplication: false,
        rolcanlogin: of === 'the application',
      },
    ]);
  });

  test('of the application owns nothing and is a member of nothing', async () => {
    const owned = await db.asOwner(
      `SELECT classid::regclass, objid FROM pg_shdepend WHERE refobjid = to_regrole($1) AND deptype = 'o'`,
      [appRole],
    );
    const memberships = await db.asOwner(`SELECT roleid::regrole FROM pg_auth_members WHERE member = to_regrole($1)`, [
      appRole,
    ]);
    expect({ owned, memberships }).toEqual({ owned: [], memberships: [] });
  });

  test('of the application makes nothing in any schema', async () => {
    const schemas = await db.asOwner(
      `SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND has_schema_privilege($1, oid, 'CREATE')`,
      [appRole],
    );
    expect(schemas).toEqual([]);
  });
});

describe('platform functions', () => {
  test('run as the platform role with a fixed search path, for the application alone', async () => {
    const functions = await db.asOwner<{ name: string; definer: boolean; owner: string; path: string; open: boolean }>(`
      SELECT proname AS name, prosecdef AS definer, proowner::regrole::text AS owner,
             array_to_string(proconfig, ',') AS path, has_function_privilege('public', oid, 'EXECUTE') AS open
      FROM pg_proc WHERE pronamespace = 'platform'::regnamespace`);
    expect(functions.length).toBeGreaterThan(8);
    for (const { name, ...rest } of functions) {
      expect({ name, ...rest }).toEqual({
        name,
        definer: true,
        owner: 'plimsoll_platform',
        path: 'search_path=pg_catalog, pg_temp',
        open: false,
      });
    }
  });

  test('are the only ones that run with the rights of another', async () => {
    const others = await db.asOwner(
      `SELECT oid::regprocedure FROM pg_proc WHERE prosecdef AND pronamespace::regnamespace::text NOT IN ('platform', 'pg_catalog')`,
    );
    expect(others).toEqual([]);
  });
});
