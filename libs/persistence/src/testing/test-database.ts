import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { createConnectionPool } from '../connection-pool.ts';
import { createDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { appUrlOf, deriveAppRole } from '../migration/app-role.ts';

/** A database of its own for one test file. */
export interface TestDatabase {
  /** Superuser: for looking behind the policies. */
  readonly ownerUrl: string;
  /** What API and worker would be given. */
  readonly appUrl: string;
  readonly database: Database;
  /** Runs SQL as the owner, past every policy. */
  asOwner<Row extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Closes the connections and drops the database. */
  close(): Promise<void>;
}

/** Clones the migrated template; some 30 ms. Call it in `beforeAll`, and `close` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const templateUrl = inject('templateUrl');
  const template = new URL(templateUrl).pathname.slice(1);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(templateUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  // Rights on a database are not cloned with it.
  const appRole = deriveAppRole(templateUrl);
  const ownerUrl = urlOfDatabase(templateUrl, name);
  const appUrl = appUrlOf(ownerUrl, appRole);
  const database = createDatabase({ url: appUrl });
  const owner = createConnectionPool({ connectionString: ownerUrl, max: 2 });
  return {
    ownerUrl,
    appUrl,
    database,
    asOwner: async <Row extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await owner.query<Row>(sql, [...values])).rows,
    close: async () => {
      await database.close();
      await owner.end();
      await administer(templateUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** A database with nothing in it, for tests of the migration itself. */
export interface EmptyDatabase {
  readonly name: string;
  readonly ownerUrl: string;
  asSuperuser(sql: string): Promise<void>;
  drop(): Promise<void>;
}

/** Makes an empty database on the test server. */
export async function createEmptyDatabase(): Promise<EmptyDatabase> {
  const templateUrl = inject('templateUrl');
  const name = `empty_${randomBytes(6).toString('hex')}`;
  await administer(templateUrl, `CREATE DATABASE ${name} TEMPLATE template0`);
  return {
    name,
    ownerUrl: urlOfDatabase(templateUrl, name),
    asSuperuser: (sql) => administer(templateUrl, sql),
    drop: () => administer(templateUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

function urlOfDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.toString();
}

async function administer(templateUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: urlOfDatabase(templateUrl, 'postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
