import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { PersistenceError } from '../persistence-error.ts';

const run = promisify(execFile);

/** Who the server runs as, where that is not simply us: PostgreSQL refuses to run as root. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** A command line, and the identity to spawn it with. */
export interface SpawnPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

/**
 * The account for the server: undefined for an ordinary user (it runs as we do); for root the owner of an existing
 * cluster, else the `postgres` user, which is made if the machine has none.
 */
export async function findServerAccount(clusterDir: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(clusterDir).catch(() => undefined);
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return (await lookUp('postgres')) ?? (await createPostgresUser());
}

async function lookUp(user: string): Promise<ServerAccount | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', user]), run('id', ['-g', user])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return undefined;
  }
}

async function createPostgresUser(): Promise<ServerAccount> {
  const attempts: readonly (readonly [string, readonly string[]])[] = [
    ['useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']],
    ['adduser', ['-S', '-D', '-H', 'postgres']],
  ];
  for (const [command, args] of attempts) {
    await run(command, args).catch(() => undefined);
    const account = await lookUp('postgres');
    if (account !== undefined) return account;
  }
  throw new PersistenceError(
    'platform-unsupported',
    'PostgreSQL does not run as root, and no user "postgres" could be made for it.',
    'Start Plimsoll as an ordinary user, or create a user named "postgres".',
  );
}

/**
 * How to start a program as the account. Where a folder above it is closed to that account (a clone below /root),
 * `setpriv` lets it pass through with a capability instead of opening the folder to everybody.
 */
export async function planSpawn(
  account: ServerAccount | undefined,
  command: string,
  args: readonly string[],
  mustReach: readonly string[],
): Promise<SpawnPlan> {
  if (account === undefined) return { command, args };
  const closed = await firstClosedFolder(account, mustReach);
  if (closed === undefined) return { command, args, uid: account.uid, gid: account.gid };
  const capability = await passThroughCapability();
  if (capability === undefined || !(await hasSetpriv())) {
    throw new PersistenceError(
      'data-folder-denied',
      `PostgreSQL does not run as root, and its user may not enter ${closed}.`,
      'Start Plimsoll as an ordinary user, or move it to a folder that other users may enter.',
    );
  }
  const privileges = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=-all,+${capability}`,
    `--ambient-caps=-all,+${capability}`,
    `--bounding-set=-all,+${capability}`,
  ];
  return { command: 'setpriv', args: [...privileges, command, ...args] };
}

async function firstClosedFolder(account: ServerAccount, paths: readonly string[]): Promise<string | undefined> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); !folders.has(folder); folder = dirname(folder)) folders.add(folder);
  }
  for (const folder of folders) {
    const { mode, uid, gid } = await stat(folder);
    const search = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & search) === 0) return folder;
  }
  return undefined;
}

/** Containers give root DAC_OVERRIDE but not the narrower DAC_READ_SEARCH. */
async function passThroughCapability(): Promise<string | undefined> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  if (((effective >> 2n) & 1n) === 1n) return 'dac_read_search';
  if (((effective >> 1n) & 1n) === 1n) return 'dac_override';
  return undefined;
}

async function hasSetpriv(): Promise<boolean> {
  return run('setpriv', ['--version']).then(
    () => true,
    () => false,
  );
}
