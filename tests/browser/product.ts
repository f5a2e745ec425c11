import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The product as `npm start` brings it up, and who owns it. */
export interface Product {
  baseUrl: string;
  owner: { email: string; password: string };
}

export const owner = { email: 'owner@example.com', password: 'correct-horse-battery' };
const cli = join(import.meta.dirname, '../../apps/cli/dist/main.js');
const startTimeoutMs = 120_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  server.close();
  await once(server, 'close');
  return address.port;
};

/** The caller's own settings and databases are none of the tests' business. */
const inheritedEnvironment = (): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PLIMSOLL_|DATABASE_URL|REDIS_URL|DOCKER_)/.test(name)),
  );

/** Starts everything in a data folder of its own: embedded PostgreSQL, API with the built console, worker, sample host. */
export const startProduct = async (): Promise<{ product: Product; stop: () => Promise<void> }> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'plimsoll-browser-test-'));
  const port = await freePort();
  const child = spawn(process.execPath, ['--enable-source-maps', cli, 'start', '--no-local'], {
    env: {
      ...inheritedEnvironment(),
      PLIMSOLL_DATA_DIR: dataDir,
      PLIMSOLL_PORT: String(port),
      PLIMSOLL_OWNER_EMAIL: owner.email,
      PLIMSOLL_OWNER_PASSWORD: owner.password,
      PLIMSOLL_WEBHOOKS_ALLOW_LOOPBACK: 'on',
      // One address signs in for every test here.
      PLIMSOLL_RATE_LIMIT_PER_MINUTE: '100000',
      PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE: '100000',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const killWithRun = (): void => void child.kill('SIGTERM');
  process.once('exit', killWithRun);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killWithRun);
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await untilReady(child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { product: { baseUrl: `http://127.0.0.1:${port}`, owner }, stop };
};

/** The line that a user waits for, too. */
const untilReady = async (child: ChildProcess): Promise<void> => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const progress: string[] = [];
  const timer = setTimeout(() => reject(new Error('The product was not ready in time')), startTimeoutMs);
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('Plimsoll is ready at ')) resolve();
    });
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', (line) => void progress.push(line));
  child.once('exit', (code) => reject(new Error(`The product ended (${code}):\n${progress.join('\n')}`)));
  await promise.finally(() => clearTimeout(timer));
};
