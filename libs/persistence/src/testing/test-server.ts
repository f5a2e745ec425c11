import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import pg from 'pg';
import { findRunningPostmaster, isAlive, stopPostmaster } from '../embedded/postmaster.ts';
import { startEmbeddedPostgres } from '../embedded/start-embedded-postgres.ts';
import { deriveAppRole } from '../migration/app-role.ts';
import { migrate } from '../migration/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The owner's connection string of the migrated template database. */
    templateUrl: string;
  }
}

const folderPrefix = 'plimsoll-test-';

/** Vitest's global set-up: one server for the run, with a migrated database to clone. Returns the tear-down. */
export default async function startTestServer(project: TestProject): Promise<() => Promise<void>> {
  await sweepAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${folderPrefix}${process.pid}-`));
  const server = await openServer(folder);
  const stop = async (): Promise<void> => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await migrate({ ownerUrl: server.ownerUrl, appRole: deriveAppRole(server.ownerUrl) });
    // A template must have no sessions, whoever opened them.
    await forbidConnections(server.ownerUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  project.provide('templateUrl', server.ownerUrl);
  return stop;
}

/**
 * The embedded one; or a database made for this run on the server that `PLIMSOLL_TEST_DATABASE_URL` names as its superuser,
 * which is how the suite is run on another version of PostgreSQL.
 */
async function openServer(folder: string): Promise<{ readonly ownerUrl: string; stop(): Promise<void> }> {
  const given = process.env['PLIMSOLL_TEST_DATABASE_URL'];
  if (given === undefined) {
    return startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false, maxConnections: 300 });
  }
  const url = new URL(given);
  url.pathname = `/template_${process.pid}`;
  const administer = async (...statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: given });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  await administer(`CREATE DATABASE ${url.pathname.slice(1)} TEMPLATE template0`);
  return {
    ownerUrl: url.toString(),
    stop: () =>
      administer(
        `ALTER DATABASE ${url.pathname.slice(1)} IS_TEMPLATE false`,
        `DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`,
      ),
  };
}

async function forbidConnections(ownerUrl: string): Promise<void> {
  const url = new URL(ownerUrl);
  const database = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new pg.Client({ connectionString: url.toString() });
  await client.connect();
  await client.query(`ALTER DATABASE ${database} WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`);
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
  await client.end();
}

/** A run that was killed could not clean up; the next one does. */
async function sweepAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = new RegExp(`^${folderPrefix}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    const orphan = await findRunningPostmaster(join(folder, 'data', 'postgres'));
    if (orphan !== undefined) await stopPostmaster(orphan.pid);
    await rm(folder, { recursive: true, force: true });
  }
}
