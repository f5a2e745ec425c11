import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { generateMasterKey, generateSigningKey } from '@plimsoll/vault';
import { z } from 'zod';
import type { BenchDatabase } from './bench-database.ts';

/** A server in a process of its own. */
export interface ServerProcess {
  /** e.g. `http://127.0.0.1:41234` */
  readonly url: string;
  stop(): Promise<void>;
}

export const freePort = async (): Promise<number> => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** The API as it is shipped; only its rate limits are out of the way. Its log goes to a file. */
export const startApi = async ({ appUrl, folder }: BenchDatabase): Promise<ServerProcess> => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const log = await open(join(folder, 'api.log'), 'w');
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', join(import.meta.dirname, '..', 'apps', 'api', 'dist', 'main.js')],
    {
      stdio: ['ignore', log.fd, log.fd],
      env: {
        NODE_ENV: 'production',
        PLIMSOLL_PORT: String(port),
        PLIMSOLL_APP_DATABASE_URL: appUrl,
        PLIMSOLL_DATA_DIR: folder,
        PLIMSOLL_MASTER_KEY: generateMasterKey(),
        PLIMSOLL_TOKEN_SIGNING_KEY: generateSigningKey(),
        PLIMSOLL_RATE_LIMIT_PER_MINUTE: '1000000',
        PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE: '1000000',
      },
    },
  );
  await log.close();
  const ended = once(child, 'exit');
  for (;;) {
    const isReady = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) break;
    if (child.exitCode !== null) throw new Error(`The API ended with ${child.exitCode}; its log is in ${folder}`);
    await delay(50);
  }
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** The bare handlers, over the same database. */
export const startBareApi = async ({ ownerUrl }: BenchDatabase, tenantId: string): Promise<ServerProcess> => {
  const child = fork(join(import.meta.dirname, 'bare-api-process.ts'), [ownerUrl, tenantId], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const [message] = await once(child, 'message');
  const { url } = z.object({ url: z.string() }).parse(message);
  return {
    url,
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};
