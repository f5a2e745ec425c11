import pg from 'pg';
import { PersistenceError } from '../persistence-error.ts';
import { findPrismaDir, readMigrations } from './migration-files.ts';

/**
 * Makes sure that the database is what this program was built for; for processes that may not migrate.
 * @param appUrl the application's connection string
 * @throws PersistenceError `database-not-migrated`, `database-too-new`, `database-unreachable`
 */
export async function assertMigrated(appUrl: string, prismaDir?: string): Promise<void> {
  const { migrationDirectories } = await readMigrations(prismaDir ?? (await findPrismaDir()));
  const known = migrationDirectories.map((migration) => migration.path);
  const client = await connectTo(appUrl, 'PLIMSOLL_APP_DATABASE_URL');
  try {
    const finished = await readFinishedMigrations(client);
    refuseNewer(finished.filter((name) => !known.includes(name)));
    const missing = known.filter((name) => !finished.includes(name));
    if (missing.length === 0) return;
    throw new PersistenceError(
      'database-not-migrated',
      `The database lacks ${missing.length} of ${known.length} migrations, the first being ${missing[0]}.`,
      'Run `plimsoll migrate` with the owner in DATABASE_URL.',
    );
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Connects as whoever the connection string names.
 * @param setting the variable to look at when that fails
 * @throws PersistenceError `database-unreachable`, without the password
 */
export async function connectTo(url: string, setting: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'plimsoll migrate' });
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (cause) {
    const { hostname, port, pathname } = new URL(url);
    throw new PersistenceError(
      'database-unreachable',
      `PostgreSQL at ${hostname}:${port || 5432}${pathname} can not be used: ${cause instanceof Error ? cause.message : String(cause)}.`,
      `Check ${setting}, and that the server runs and lets this user in.`,
      { cause },
    );
  }
}

/** Names of the migrations that the database has. */
export async function readFinishedMigrations(client: pg.Client): Promise<string[]> {
  const table = await client.query<{ present: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
  );
  if (table.rows[0]?.present !== true) return [];
  const { rows } = await client.query<{ migration_name: string }>(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL',
  );
  return rows.map((row) => row.migration_name);
}

/** @throws PersistenceError `database-too-new` if there is anything the program does not know */
export function refuseNewer(unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new PersistenceError(
    'database-too-new',
    `The database was migrated by a newer version of Plimsoll (${unknown.join(', ')}).`,
    'Start that newer version; going back needs a backup from before the update.',
  );
}
