import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findRunningPostmaster, isAlive, stopPostmaster } from './postmaster.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';
import type { EmbeddedPostgres } from './start-embedded-postgres.ts';

/** Making a cluster takes seconds: most tests share one, each starting and stopping its server. */
let shared: string;
let parent: string;
let dataDir: string;
let clusterDir: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  shared = await mkdtemp(join(tmpdir(), 'plimsoll-embedded-'));
  await chmod(shared, 0o755);
});
afterAll(() => rm(shared, { recursive: true, force: true }));
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'plimsoll-embedded-'));
  use(join(parent, 'data'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const left = await findRunningPostmaster(clusterDir);
  if (left !== undefined) await stopPostmaster(left.pid);
  await rm(parent, { recursive: true, force: true });
});

function use(folder: string): void {
  dataDir = folder;
  clusterDir = join(folder, 'postgres');
}

function start(onProgress: (step: string) => void = () => {}): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataDir, durable: false, onProgress });
}

async function query(server: EmbeddedPostgres, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.ownerUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function runningPid(): Promise<number> {
  return (await findRunningPostmaster(clusterDir))?.pid ?? 0;
}

/** A Plimsoll of its own on the data folder, to be killed. */
async function startInAnotherProcess(more: { guarded?: boolean } = {}): Promise<ChildProcess> {
  const module = join(import.meta.dirname, 'start-embedded-postgres.ts');
  const script = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(module)});
    await startEmbeddedPostgres(${JSON.stringify({ dataDir, durable: false, ...more })});
    console.log('ready');
    setInterval(() => {}, 60_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout ?? child, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describe('the embedded PostgreSQL', () => {
  beforeEach(() => use(join(shared, 'data')));

  test('keeps what was written, and is gone when it is stopped', async () => {
    const first = await start();
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const pid = await runningPid();
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    const steps: string[] = [];
    const second = await start((step) => steps.push(step));
    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(steps).toEqual(['Starting the database']);
    await second.stop();
    await second.stop();
  });

  test('listens on the loopback interface alone, asks for a password, and sorts the same everywhere', async () => {
    const server = await start();
    const settings = await query(
      server,
      `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
              current_setting('data_checksums') AS checksums, datcollate AS libc, datlocale AS locale,
              pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()`,
    );
    expect(settings).toEqual([
      { addresses: '127.0.0.1', sockets: '', checksums: 'on', libc: 'C', locale: 'C.UTF-8', encoding: 'UTF8' },
    ]);
    const stranger = new URL(server.ownerUrl);
    stranger.password = 'guess';
    const client = new pg.Client({ connectionString: stranger.toString() });
    await expect(client.connect()).rejects.toThrow(/password authentication failed/);
    await server.stop();
  });

  test('keeps its password in a file that only we can read', async () => {
    const server = await start();
    const file = join(dataDir, 'postgres.password');
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
    expect((await readFile(file, 'utf8')).trim()).toBe(new URL(server.ownerUrl).password);
    await server.stop();
  });

  test('that outlived its Plimsoll is taken over, with the data', async () => {
    const child = await startInAnotherProcess();
    const orphan = await runningPid();
    await kill(child);
    const server = await start();
    expect(await runningPid()).toBe(orphan);
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(isAlive(orphan)).toBe(false);
  });

  test('that is guarded ends with its Plimsoll, however that ends, once its sessions have', async () => {
    const child = await startInAnotherProcess({ guarded: true });
    const guarded = await runningPid();
    await kill(child);
    await expect.poll(() => isAlive(guarded), { timeout: 15_000 }).toBe(false);
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('that was killed too starts again', async () => {
    const child = await startInAnotherProcess();
    const killed = await runningPid();
    await kill(child);
    process.kill(killed, 'SIGKILL');
    const server = await start();
    expect(await runningPid()).not.toBe(killed);
    await server.stop();
  });

  test('starts though its old process number belongs to somebody else now', async () => {
    await (await start()).stop();
    const lock = `${process.pid}\n${clusterDir}\n1700000000\n5432\n\n127.0.0.1\n  1234 5678\nready   \n`;
    await writeFile(join(clusterDir, 'postmaster.pid'), lock);
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('starts afresh after a first start that was interrupted', async () => {
    await mkdir(join(dataDir, 'postgres.new-abandoned'), { recursive: true });
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).not.toContain('postgres.new-abandoned');
    await server.stop();
  });
});

describe('a data folder', () => {
  test('is for one Plimsoll at a time', async () => {
    use(join(shared, 'data'));
    await startInAnotherProcess();
    await expect(start()).rejects.toMatchObject({ code: 'data-folder-in-use' });
    expect(await runningPid()).toBeGreaterThan(0);
  });

  test.for([
    ['a newer Plimsoll', 'version.json', '{"dataFolderVersion":99,"postgresMajor":18}', 'data-folder-too-new'],
    ['a newer PostgreSQL', 'postgres/PG_VERSION', '99\n', 'data-folder-too-new'],
    ['an older PostgreSQL', 'postgres/PG_VERSION', '14\n', 'data-folder-too-old'],
  ] as const)('of %s is refused and left as it is', async ([, file, content, code]) => {
    await mkdir(clusterDir, { recursive: true });
    await writeFile(join(dataDir, file), content);
    await expect(start()).rejects.toMatchObject({ code });
    expect(await readFile(join(dataDir, file), 'utf8')).toBe(content);
  });

  test('with the password of another is refused at once', async () => {
    use(join(shared, 'data'));
    await (await start()).stop();
    const file = join(dataDir, 'postgres.password');
    const password = await readFile(file, 'utf8');
    await writeFile(file, 'of-another-folder');
    await expect(start()).rejects.toMatchObject({ code: 'data-folder-denied' });
    expect(await runningPid()).toBe(0);
    await writeFile(file, password);
  });

  test('on a disk that is nearly full is refused before anything is written', async ({ skip }) => {
    await mkdir(dataDir);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m', 'tmpfs', dataDir]);
    skip(mounted.status !== 0, 'a small file system can be mounted by root only');
    try {
      const attempt = start();
      await expect(attempt).rejects.toMatchObject({ code: 'no-disk-space' });
      await expect(attempt).rejects.toThrow(/20 MiB are free, 256 MiB are needed/);
      expect(await readdir(dataDir)).toEqual([]);
    } finally {
      spawnSync('umount', [dataDir]);
    }
  });

  test('that is a file is refused with a way out', async () => {
    await writeFile(dataDir, '');
    const attempt = start();
    await expect(attempt).rejects.toMatchObject({ code: 'data-folder-denied' });
    await expect(attempt).rejects.toHaveProperty('nextStep', expect.stringContaining('PLIMSOLL_DATA_DIR'));
  });

  test.skipIf(process.getuid?.() !== 0)('below a folder that is closed to others works for root', async () => {
    const { mode } = await stat(parent);
    expect((mode & 0o077).toString(8)).toBe('0');
    const server = await start();
    expect(await query(server, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });
});
