import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { PersistenceError } from '../persistence-error.ts';
import { findBinaries } from './binaries.ts';
import type { Binaries } from './binaries.ts';
import { createCluster, hasCluster, serverEnvironment, serverFailed } from './create-cluster.ts';
import {
  asFolderError,
  checkDiskSpace,
  checkVersions,
  dataFolderAt,
  makeDataFolder,
  readOrMakePassword,
  sweepDrafts,
  writeVersions,
} from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { freePort } from './free-port.ts';
import { guardServer } from './orphan-guard.ts';
import { findRunningPostmaster, stopPostmaster } from './postmaster.ts';
import { databaseName, host, urlOf } from './server-url.ts';
import { findServerAccount, planSpawn } from './server-account.ts';
import type { ServerAccount } from './server-account.ts';

const run = promisify(execFile);
const readyWithinMs = 60_000;
/** Held by the process that uses the server; the server lets go of it when that process dies, however it dies. */
const ownerLockKey = 0x504c494d;

export interface EmbeddedPostgresOptions {
  /** The data folder; made if it is missing. */
  readonly dataDir: string;
  /** Told what is being done, one short line each. */
  readonly onProgress?: (step: string) => void;
  /** False gives up durability for speed; only for data that may be lost, such as a test's. Default true. */
  readonly durable?: boolean;
  /** Default 100. */
  readonly maxConnections?: number;
  /** Whether the server ends when this process is gone without having stopped it (kill -9). Default false. */
  readonly guarded?: boolean;
}

export interface EmbeddedPostgres {
  /** A connection string with the owner's rights; holds a password. */
  readonly ownerUrl: string;
  /** Ends the server and waits until it is gone. Can be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL that comes with Plimsoll on a data folder, on a random port of the loopback interface.
 * A server that survived its Plimsoll (kill -9) is taken over.
 * @throws PersistenceError with a code for each thing that can stand in the way
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = dataFolderAt(resolve(options.dataDir));
  const report = options.onProgress ?? (() => {});
  const binaries = await findBinaries();
  const postgresMajor = await majorVersion(binaries);
  await makeDataFolder(folder);
  await checkVersions(folder, postgresMajor);
  const account = await findServerAccount(folder.clusterDir);
  const fresh = !(await hasCluster(folder));
  await checkDiskSpace(folder, fresh);
  const password = await readOrMakePassword(folder);
  if (fresh) {
    report('Creating the database');
    await createCluster(folder, binaries, account, password, options.durable ?? true);
  }
  await checkOwnership(folder);
  await writeVersions(folder, postgresMajor).catch((error: unknown) => {
    throw asFolderError(error, folder.path);
  });
  report('Starting the database');
  const server = (await takeOver(folder, password)) ?? (await start(folder, binaries, account, password, options));
  return attach(folder, server, password, options.guarded ?? false);
}

interface Server {
  readonly pid: number;
  readonly port: number;
}

async function majorVersion(binaries: Binaries): Promise<number> {
  const { stdout } = await run(binaries.postgres, ['--version']);
  return Number.parseInt(/\d+/.exec(stdout)?.[0] ?? '', 10);
}

async function checkOwnership(folder: DataFolder): Promise<void> {
  const us = process.getuid?.();
  if (us === undefined || us === 0) return;
  const { uid } = await stat(folder.clusterDir);
  if (uid === us) return;
  throw new PersistenceError(
    'data-folder-denied',
    `The database in ${folder.path} belongs to another user of this machine.`,
    'Start Plimsoll as the user who made it (root works too), or choose another folder with PLIMSOLL_DATA_DIR.',
  );
}

/** A server that is already at work on this cluster: ours, from a Plimsoll that was killed. */
async function takeOver(folder: DataFolder, password: string): Promise<Server | undefined> {
  const running = await findRunningPostmaster(folder.clusterDir);
  if (running === undefined) return undefined;
  if (await isReadyWithin(5_000, running, password, folder)) return running;
  await stopPostmaster(running.pid);
  return undefined;
}

async function start(
  folder: DataFolder,
  binaries: Binaries,
  account: ServerAccount | undefined,
  password: string,
  options: EmbeddedPostgresOptions,
): Promise<Server> {
  const port = await freePort(host);
  const args = ['-D', folder.clusterDir, ...serverSettings(port, options).flatMap((setting) => ['-c', setting])];
  const plan = await planSpawn(account, binaries.postgres, args, [binaries.postgres, folder.clusterDir]);
  // To a file and not to a pipe of ours: the server must be able to write on when we are killed.
  const log = await open(folder.logFile, 'w', 0o600).catch((error: unknown) => {
    throw asFolderError(error, folder.path);
  });
  // A process group of its own: Ctrl-C in a terminal must reach the server after everything that uses it has drained.
  const child = spawn(plan.command, [...plan.args], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: serverEnvironment(),
    cwd: '/',
    uid: plan.uid,
    gid: plan.gid,
  });
  child.unref();
  const failed = endOf(child);
  await log.close();
  let ended = false;
  void failed.then(() => (ended = true));
  if (child.pid !== undefined) {
    try {
      if (await isReadyWithin(readyWithinMs, { port }, password, folder, () => ended)) return { pid: child.pid, port };
    } catch (error) {
      await stopPostmaster(child.pid);
      throw error;
    }
    if (!ended) await stopPostmaster(child.pid);
  }
  // Another start at the same moment may have been quicker.
  const other = await takeOver(folder, password);
  if (other !== undefined) return other;
  throw serverFailed(folder, await readFile(folder.logFile, 'utf8').catch(() => ''));
}

function serverSettings(port: number, options: EmbeddedPostgresOptions): string[] {
  const durable = options.durable ?? true;
  return [
    `listen_addresses=${host}`,
    `port=${port}`,
    'unix_socket_directories=',
    `max_connections=${options.maxConnections ?? 100}`,
    'shared_buffers=128MB',
    'password_encryption=scram-sha-256',
    // Compiling a query takes longer than any query of ours runs.
    'jit=off',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off']),
  ];
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((done) => {
    child.once('error', () => done());
    child.once('exit', () => done());
  });
}

/** Whether the server answers in time. @throws PersistenceError when it does not know our password */
async function isReadyWithin(
  withinMs: number,
  server: Pick<Server, 'port'>,
  password: string,
  folder: DataFolder,
  gaveUp: () => boolean = () => false,
): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && !gaveUp()) {
    const client = new pg.Client({ connectionString: urlOf(server.port, password, 'postgres') });
    // Errors after the connect come as events; the attempt below reports what matters.
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return true;
    } catch (cause) {
      await client.end().catch(() => undefined);
      if (cause instanceof Error && 'code' in cause && cause.code === '28P01') throw wrongPassword(folder, cause);
      await delay(20);
    }
  }
  return false;
}

function wrongPassword(folder: DataFolder, cause: unknown): PersistenceError {
  return new PersistenceError(
    'data-folder-denied',
    `The password in ${folder.passwordFile} is not that of the database beside it.`,
    'Put back the file that belongs to this data folder.',
    { cause },
  );
}

/** Becomes the one user of this server, and makes the database if it is missing. */
async function attach(
  folder: DataFolder,
  server: Server,
  password: string,
  guarded: boolean,
): Promise<EmbeddedPostgres> {
  const guard = new pg.Client({ connectionString: urlOf(server.port, password, 'postgres') });
  // Ends with the server; there is nothing else to do about it here.
  guard.on('error', () => {});
  await guard.connect();
  const { rows } = await guard.query<{ ours: boolean }>('SELECT pg_try_advisory_lock($1) AS ours', [ownerLockKey]);
  if (rows[0]?.ours !== true) {
    await guard.end();
    throw new PersistenceError(
      'data-folder-in-use',
      `Another Plimsoll is running on the data folder ${folder.path}.`,
      'Stop it first, or choose another folder with PLIMSOLL_DATA_DIR.',
    );
  }
  const orphanGuard = guarded ? guardServer(server.pid) : undefined;
  await sweepDrafts(folder);
  const present = await guard.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
  if (present.rowCount === 0) await guard.query(`CREATE DATABASE ${databaseName}`);
  let stopping: Promise<void> | undefined;
  return {
    ownerUrl: urlOf(server.port, password),
    stop: () =>
      (stopping ??= (async () => {
        await guard.end().catch(() => undefined);
        orphanGuard?.release();
        await stopPostmaster(server.pid);
      })()),
  };
}
