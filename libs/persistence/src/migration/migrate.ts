import { runMigrations as runQueueMigrations } from 'bullmq';
import type pg from 'pg';
import { newId } from '../id.ts';
import { PersistenceError } from '../persistence-error.ts';
import { assertMayUsePlatformRole, ensureAppRole, grantToAppRole } from './app-role.ts';
import type { AppRole } from './app-role.ts';
import { findPrismaDir, readMigrations } from './migration-files.ts';
import { connectTo, readFinishedMigrations, refuseNewer } from './migration-state.ts';
import { withSchemaEngine } from './schema-engine.ts';

/** The lay-out of data (not tables) that this program knows; see the table `installations`. */
export const DATA_VERSION = 1;

const oldestServerVersion = 150_000;
/** Two programs that start at once migrate one after the other. */
const migrationLockKey = 0x504c494e;

export interface MigrateOptions {
  /** A connection string with the right to make tables and roles. */
  readonly ownerUrl: string;
  /** The role to make, or mend, for API and worker. */
  readonly appRole: AppRole;
  /** The folder that holds `migrations/`; found by itself if not given. */
  readonly prismaDir?: string;
}

export interface MigrateResult {
  /** Names of the migrations that were applied by this call; empty if the database was up to date. */
  readonly applied: readonly string[];
}

/**
 * Brings a database up to date: roles, tables with their policies, the queue's schema, rights. Safe to call at every
 * start and from several processes at once.
 * @throws PersistenceError `database-too-new` for a database that a newer program has migrated,
 * `database-too-old` for a server before PostgreSQL 15, `database-unreachable`, `database-role-refused`,
 * `migration-failed`
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const owner = await connectTo(options.ownerUrl, 'DATABASE_URL');
  try {
    await checkServer(owner);
    await owner.query('SELECT pg_advisory_lock($1)', [migrationLockKey]);
    await ensureAppRole(owner, options.appRole);
    const applied = await applyMigrations(owner, options);
    await runQueueMigrations(owner);
    await grantToAppRole(owner, options.appRole);
    await ensureInstallation(owner);
    return { applied };
  } finally {
    // Ends the session, and with it the lock.
    await owner.end().catch(() => undefined);
  }
}

async function checkServer(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ number: number; version: string }>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version`,
  );
  const server = rows[0];
  if (server !== undefined && server.number >= oldestServerVersion) return;
  throw new PersistenceError(
    'database-too-old',
    `The database server is PostgreSQL ${server?.version ?? 'of unknown version'}; Plimsoll needs 15 or newer.`,
    'Use a newer server, or leave DATABASE_URL out to use the one that comes with Plimsoll.',
  );
}

async function applyMigrations(owner: pg.Client, options: MigrateOptions): Promise<readonly string[]> {
  const migrationsList = await readMigrations(options.prismaDir ?? (await findPrismaDir()));
  const known = migrationsList.migrationDirectories.map((migration) => migration.path);
  const finished = await readFinishedMigrations(owner);
  refuseNewer(finished.filter((name) => !known.includes(name)));
  if (known.every((name) => finished.includes(name))) return [];
  await assertMayUsePlatformRole(owner);
  try {
    const filters = { externalTables: [], externalEnums: [] };
    const result = await withSchemaEngine(options.ownerUrl, (engine) =>
      engine.applyMigrations({ migrationsList, filters }),
    );
    return result.appliedMigrationNames;
  } catch (cause) {
    throw new PersistenceError(
      'migration-failed',
      `The database could not be migrated: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Nothing of the failed step was kept. Mend the cause, mark it as rolled back in _prisma_migrations, start again.',
      { cause },
    );
  }
}

async function ensureInstallation(owner: pg.Client): Promise<void> {
  await owner.query('INSERT INTO installations (id, data_version) VALUES ($1, $2) ON CONFLICT (singleton) DO NOTHING', [
    newId(),
    DATA_VERSION,
  ]);
  const { rows } = await owner.query<{ data_version: number }>('SELECT data_version FROM installations');
  if ((rows[0]?.data_version ?? 0) > DATA_VERSION) refuseNewer([`data version ${rows[0]?.data_version}`]);
}
