import { startSimulatedHost } from '@plimsoll/engine-simulator';
import type { Transaction } from '@plimsoll/persistence';
import { createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi } from '../../apps/api/src/testing/test-api.ts';
import { digestOf, tenantTables } from './database-rows.ts';
import { populateTenant } from './tenant.ts';
import type { PopulatedTenant } from './tenant.ts';

let database: TestDatabase;
let ours: PopulatedTenant;
let theirs: PopulatedTenant;
let before: Record<string, string>;
/** Tables of tenants, and of users, who belong to several. */
let tables: { table: string; column: string }[];
beforeAll(async () => {
  database = await createTestDatabase();
  const api = await createTestApi(database);
  const engine = await startSimulatedHost();
  ours = await populateTenant(api, engine);
  theirs = await populateTenant(api, engine);
  await engine.close();
  await api.close();
  before = await digestOf(database, theirs.id);
  tables = await tenantTables(database);
}, 60_000);
afterAll(() => database.close());

/** Whoever is at work when statements of the application's role come with no condition at all. */
const workers: [string, (work: (tx: Transaction) => Promise<unknown>) => Promise<unknown>][] = [
  ['another tenant', (work) => database.database.forTenant(ours.id, work)],
  ['a user of another tenant', (work) => database.database.forUser(ours.people.owner.session.user.id, work)],
  ['nobody', (work) => database.database.transaction(work)],
];

/** Does something and takes it back; what it counted stays. */
const counting = async (
  enter: (work: (tx: Transaction) => Promise<unknown>) => Promise<unknown>,
  count: (tx: Transaction) => Promise<number>,
): Promise<number | string> => {
  let counted: number | undefined;
  try {
    await enter(async (tx) => {
      counted = await count(tx);
      throw new Error('taken back');
    });
  } catch (error) {
    if (counted === undefined) return error instanceof Error ? error.message : String(error);
  }
  return counted ?? -1;
};

test('every table of tenants has rows to be protected', () => {
  expect(Object.keys(before).length).toBeGreaterThan(15);
  expect(Object.entries(before).filter(([, digest]) => digest.startsWith('0 rows'))).toEqual([]);
});

describe.for(workers)('%s', ([, enter]) => {
  test('sees no row', async () => {
    for (const { table, column } of tables) {
      const seen = await counting(enter, async (tx) => {
        const rows = await tx.$queryRawUnsafe<{ seen: number }[]>(
          `SELECT count(*)::int AS seen FROM "${table}" WHERE "${column}" = '${theirs.id}'`,
        );
        return rows[0]?.seen ?? -1;
      });
      expect(seen, table).toBe(0);
    }
  });

  test('changes no row', async () => {
    for (const { table, column } of tables) {
      const changed = await counting(enter, (tx) =>
        tx.$executeRawUnsafe(`UPDATE "${table}" SET "${column}" = "${column}" WHERE "${column}" = '${theirs.id}'`),
      );
      expect([0, 'permission denied'], table).toContain(denialOf(changed));
    }
  });

  test('deletes no row', async () => {
    for (const { table, column } of tables) {
      const deleted = await counting(enter, (tx) =>
        tx.$executeRawUnsafe(`DELETE FROM "${table}" WHERE "${column}" = '${theirs.id}'`),
      );
      expect([0, 'permission denied'], table).toContain(denialOf(deleted));
    }
  });

  test('empties no table', async () => {
    for (const { table } of tables) {
      const emptied = await counting(enter, (tx) => tx.$executeRawUnsafe(`TRUNCATE "${table}" CASCADE`));
      expect(denialOf(emptied), table).toBe('permission denied');
    }
  });

  test('writes no row for it', async () => {
    for (const { table, column } of tables) {
      const [row] = await database.asOwner<{ row: string }>(
        `SELECT to_jsonb(t)::text AS row FROM "${table}" t WHERE $1::uuid = "${column}" LIMIT 1`,
        [theirs.id],
      );
      const written = await counting(enter, (tx) =>
        tx.$executeRawUnsafe(
          `INSERT INTO "${table}" SELECT * FROM jsonb_populate_record(NULL::"${table}", $1::jsonb)`,
          row?.row,
        ),
      );
      expect(denialOf(written), table).toBe('row-level security');
    }
  });

  test('sees and changes none of its users', async () => {
    const { id } = theirs.people.viewer.session.user;
    for (const sql of [
      `SELECT 1 FROM users WHERE id = '${id}'`,
      `UPDATE users SET name = 'taken over' WHERE id = '${id}' RETURNING 1`,
      `DELETE FROM users WHERE id = '${id}' RETURNING 1`,
    ]) {
      const touched = await counting(enter, async (tx) => (await tx.$queryRawUnsafe<unknown[]>(sql)).length);
      expect([0, 'permission denied'], sql).toContain(denialOf(touched));
    }
  });
});

test('no row of ours is handed over to it', async () => {
  for (const { table, column } of tables) {
    const moved = await counting(
      (work) => database.database.forTenant(ours.id, work),
      (tx) => tx.$executeRawUnsafe(`UPDATE "${table}" SET "${column}" = '${theirs.id}'`),
    );
    expect(['row-level security', 'permission denied'], table).toContain(denialOf(moved));
  }
});

test('the role of the application can not step out of the policies', async () => {
  for (const sql of [
    'SET LOCAL row_security = off',
    'SET LOCAL session_replication_role = replica',
    'SET LOCAL ROLE plimsoll_platform',
    'ALTER TABLE hosts DISABLE ROW LEVEL SECURITY',
    'DROP POLICY tenant_isolation ON hosts',
    'CREATE POLICY everything ON hosts USING (true)',
    'CREATE FUNCTION public.peep() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1',
    'CREATE TABLE public.copy AS SELECT * FROM hosts',
  ]) {
    const outcome = await counting(
      (work) => database.database.forTenant(ours.id, work),
      async (tx) => {
        await tx.$executeRawUnsafe(sql);
        const rows = await tx.$queryRawUnsafe<unknown[]>(`SELECT 1 FROM hosts WHERE tenant_id = '${theirs.id}'`);
        return rows.length;
      },
    );
    expect(outcome, sql).toMatch(/permission denied|must be owner|row-level security/);
  }
});

test('all rows are as they were before', async () => {
  expect(await digestOf(database, theirs.id)).toEqual(before);
});

/** What PostgreSQL refused by; the number where it refused nothing. */
const denialOf = (outcome: number | string): number | string => {
  if (typeof outcome === 'number') return outcome;
  return /row-level security|permission denied/.exec(outcome)?.[0] ?? outcome;
};
