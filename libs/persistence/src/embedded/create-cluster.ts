import { execFile } from 'node:child_process';
import { chown, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PersistenceError } from '../persistence-error.ts';
import type { Binaries } from './binaries.ts';
import { asFolderError, clusterDraftPrefix, noDiskSpace } from './data-folder.ts';
import type { DataFolder } from './data-folder.ts';
import { planSpawn } from './server-account.ts';
import type { ServerAccount } from './server-account.ts';

const run = promisify(execFile);

/** The cluster's superuser. */
export const superuser = 'plimsoll_owner';

/** Whether a cluster is there; a started but unfinished one is not. */
export async function hasCluster(folder: DataFolder): Promise<boolean> {
  return stat(join(folder.clusterDir, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/** Made beside and renamed when complete, so that an interrupted first start leaves nothing half-made in place. */
export async function createCluster(
  folder: DataFolder,
  binaries: Binaries,
  account: ServerAccount | undefined,
  password: string,
  durable: boolean,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'plimsoll-initdb-'));
  const draft = await mkdtemp(join(folder.path, clusterDraftPrefix)).catch((error: unknown) => {
    throw asFolderError(error, folder.path);
  });
  try {
    const passwordFile = join(scratch, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account !== undefined) {
      for (const path of [scratch, passwordFile, draft]) await chown(path, account.uid, account.gid);
    }
    const args = [
      `--pgdata=${draft}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Part of the server, so the order of names is the same on every machine and never changes under an index.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      ...(durable ? [] : ['--no-sync']),
    ];
    const plan = await planSpawn(account, binaries.initdb, args, [binaries.initdb, draft]);
    await run(plan.command, [...plan.args], { env: serverEnvironment(), uid: plan.uid, gid: plan.gid });
    await rename(draft, folder.clusterDir).catch(async (error: unknown) => {
      // Another first start was quicker: its cluster is as good.
      if (!(await hasCluster(folder))) throw error;
    });
  } catch (cause) {
    throw cause instanceof PersistenceError ? cause : serverFailed(folder, String(cause), cause);
  } finally {
    await rm(scratch, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

/** Nothing of our environment: it holds secrets, and PG* variables would change what the programs do. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** The error for a server program that gave up; `output` is what it wrote. */
export function serverFailed(folder: DataFolder, output: string, cause?: unknown): PersistenceError {
  if (/No space left on device|Disk quota exceeded/.test(output)) return noDiskSpace(folder.path);
  const lines = output.trim().split('\n').slice(-3).join('\n');
  return new PersistenceError(
    'server-failed',
    `The embedded PostgreSQL did not start:\n${lines}`,
    `Read ${folder.logFile}; or use a PostgreSQL of your own with DATABASE_URL.`,
    { cause },
  );
}
