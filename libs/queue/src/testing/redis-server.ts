import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestRedis {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const program = (): string | undefined =>
  ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find((path) =>
    existsSync(path),
  );

/**
 * Makes sure that there is a Redis server to start, installing Debian's package where that is possible.
 * @returns why there is none, or null where there is one
 */
export const whyNoRedis = async (): Promise<string | null> => {
  if (program() !== undefined) return null;
  if (process.getuid?.() !== 0) return 'redis-server is not installed, and only root could install it';
  try {
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], { timeout: 120_000 });
  } catch (error) {
    return `redis-server could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return program() === undefined ? 'redis-server is not where its package should have put it' : null;
};

/** Starts a server of its own on a free port of loopback, with nothing written to disk. */
export const startRedis = async (): Promise<TestRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-redis-'));
  const port = await freePort();
  const path = program();
  if (path === undefined) throw new Error('redis-server is not installed');
  const server = spawn(
    path,
    ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await untilReady(server);
  const { pid } = server;
  if (pid === undefined) throw new Error('redis-server has no process id');
  return {
    url: `redis://127.0.0.1:${port}/0`,
    pid,
    stop: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.once('exit', () => resolve());
      server.kill('SIGTERM');
      await promise;
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const untilReady = (server: ChildProcess): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = '';
  server.once('error', reject);
  server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${printed}`)));
  server.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
    if (printed.includes('Ready to accept connections')) resolve();
  });
  return promise;
};

const freePort = (): Promise<number> => {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, '127.0.0.1', () => {
    const address = probe.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    probe.close(() => resolve(port));
  });
  return promise;
};
