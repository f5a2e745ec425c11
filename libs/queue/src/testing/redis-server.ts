import { type ChildProcess, execFile, spawn } from 'node:child_process';
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

/**
 * Makes sure that there is a Redis server to start, installing Debian's package where that is possible.
 * @returns why there is none, or null where there is one
 */
export const whyNoRedis = async (): Promise<string | null> => {
  if (await isInstalled()) return null;
  if (process.getuid?.() !== 0) return 'redis-server is not installed, and only root could install it';
  try {
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server'], { timeout: 120_000 });
  } catch (error) {
    return `redis-server could not be installed: ${error instanceof Error ? error.message : String(error)}`;
  }
  return (await isInstalled()) ? null : 'redis-server is not on the PATH after its installation';
};

const isInstalled = async (): Promise<boolean> =>
  run('redis-server', ['--version']).then(
    () => true,
    () => false,
  );

/** Starts a server of its own on a free port of loopback, with nothing written to disk. */
export const startRedis = async (): Promise<TestRedis> => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-redis-'));
  const port = await freePort();
  const server = spawn(
    'redis-server',
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
