import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDatabase } from './database.ts';
import type { Database } from './database.ts';
import { freePort } from './embedded/free-port.ts';
import { findServerAccount } from './embedded/server-account.ts';
import { newId } from './id.ts';
import { appUrlOf, deriveAppRole } from './migration/app-role.ts';
import { migrate } from './migration/migrate.ts';

/** The oldest version that may be given in `DATABASE_URL`, as Debian 12 packages it; everything else runs on the embedded one. */
const programs = '/usr/lib/postgresql/15/bin';
const isMissing = !existsSync(join(programs, 'initdb'));
if (isMissing) {
  process.stderr.write(`SKIPPED: the tests on PostgreSQL 15. ${programs} is not there (Debian: postgresql-15).\n`);
}

describe.skipIf(isMissing)('on PostgreSQL 15, with an owner who is no superuser', () => {
  let stop: () => Promise<void> = async () => undefined;
  let ownerUrl: string;
  let database: Database;

  beforeAll(async () => {
    const server = await startOldServer();
    stop = server.stop;
    await query(server.url, `CREATE ROLE owner LOGIN CREATEROLE PASSWORD 'of the tables'`);
    await query(server.url, 'CREATE DATABASE plimsoll OWNER owner');
    const url = new URL(server.url);
    url.pathname = '/plimsoll';
    ownerUrl = appUrlOf(url.toString(), { name: 'owner', password: 'of the tables' });
    await migrate({ ownerUrl, appRole: deriveAppRole(ownerUrl) });
    database = createDatabase({ url: appUrlOf(ownerUrl, deriveAppRole(ownerUrl)) });
  }, 120_000);
  afterAll(async () => {
    await database?.close();
    await stop();
  });

  test('every migration applies, once', async () => {
    expect(await migrate({ ownerUrl, appRole: deriveAppRole(ownerUrl) })).toEqual({ applied: [] });
    expect(await query(ownerUrl, `SELECT current_setting('server_version_num')::int / 10000 AS major`)).toEqual([
      { major: 15 },
    ]);
  });

  test('every table with a tenant is isolated by it, its owner included', async () => {
    const tables = await query(
      ownerUrl,
      `SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
         SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*'
           AND pg_get_expr(p.polqual, c.oid) = '(tenant_id = current_tenant_id())') AS isolated
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
       WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`,
    );
    expect(tables.length).toBeGreaterThan(18);
    expect(tables.filter(({ isolated }) => isolated !== true)).toEqual([]);
  });

  test('a tenant sees its own rows, another and nobody see none', async () => {
    const [id, other] = [newId(), newId()];
    await database.forTenant(id, (tx) => tx.tenant.create({ data: { id, name: 'Acme', slug: 'acme' } }));
    const seen = await Promise.all([
      database.forTenant(id, (tx) => tx.tenant.count()),
      database.forTenant(other, (tx) => tx.tenant.count()),
      database.transaction((tx) => tx.tenant.count()),
    ]);
    expect(seen).toEqual([1, 0, 0]);
  });

  test('every function of the platform can be called', async () => {
    const { platform } = database;
    const limit = 10;
    const answers = await Promise.all([
      platform.findUserByEmail('nobody@example.test'),
      platform.findScanInTurn(),
      platform.findStalledScans(new Date(), limit),
      platform.findDueDeliveries(new Date(), limit),
      platform.claimOutboxMessages(limit),
      platform.findHostsToJudgeAgain('1', limit),
    ]);
    expect(answers).toEqual([undefined, undefined, [], [], [], []]);
    expect(
      await platform.purgeExpired({ dispatchedBefore: new Date(), tokensExpiredBefore: new Date(), limit }),
    ).toEqual({
      idempotencyKeys: 0,
      refreshTokens: 0,
      loginThrottles: 0,
      outboxMessages: 0,
    });
  });
});

/** A cluster of its own on a free port of loopback. */
async function startOldServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-postgres-15-'));
  const [data, passwordFile] = [join(folder, 'data'), join(folder, 'password')];
  const account = await findServerAccount(data);
  await writeFile(passwordFile, 'secret', { mode: 0o600 });
  if (account !== undefined) {
    for (const path of [folder, passwordFile]) await chown(path, account.uid, account.gid);
  }
  const cluster = ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', '--pwfile', passwordFile, '--no-sync'];
  await promisify(execFile)(join(programs, 'initdb'), cluster, { ...account, cwd: folder });
  const port = await freePort('127.0.0.1');
  const settings = ['-p', String(port), '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...settings], {
    ...account,
    cwd: folder,
    stdio: 'ignore',
  });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  server.once('exit', () => resolve());
  const url = `postgres://postgres:secret@127.0.0.1:${port}/postgres`;
  const stop = async (): Promise<void> => {
    server.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  await vi
    .waitFor(() => query(url, 'SELECT 1'), { timeout: 30_000, interval: 100 })
    .catch(async (error: unknown) => {
      await stop();
      throw error;
    });
  return { url, stop };
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
