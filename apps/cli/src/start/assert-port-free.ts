import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailed } from '../output/command-failed.ts';

const causes: Readonly<Record<string, { slug: string; why: string; fix: string }>> = {
  EADDRINUSE: {
    slug: 'port-in-use',
    why: 'Another program listens there, perhaps another Plimsoll.',
    fix: 'Stop it, or choose another port: PLIMSOLL_PORT=7421 npm start',
  },
  EACCES: {
    slug: 'port-not-permitted',
    why: 'Ports below 1024 need more rights.',
    fix: 'Choose another port: PLIMSOLL_PORT=7420 npm start',
  },
  EADDRNOTAVAIL: {
    slug: 'address-not-available',
    why: 'This machine has no such address.',
    fix: 'Choose another one: PLIMSOLL_HOST=127.0.0.1 npm start',
  },
};

/** An API whose supervisor was killed a moment ago still listens for about as long as it takes to notice. */
const patienceMs = 2_000;
const pollMs = 100;

/** Finds out before anything is started whether the API will be able to listen. @throws CommandFailed */
export const assertPortFree = async (host: string, port: number): Promise<void> => {
  for (const deadline = Date.now() + patienceMs; ; await sleep(pollMs)) {
    const error = await whyNotListening(host, port);
    if (error === undefined) return;
    const { code = '' } = error;
    if (code === 'EADDRINUSE' && Date.now() < deadline) continue;
    const { slug, why, fix } = causes[code] ?? {
      slug: 'can-not-listen',
      why: error.message,
      fix: 'Check PLIMSOLL_HOST and PLIMSOLL_PORT.',
    };
    throw new CommandFailed(slug, `Plimsoll can not listen on ${host}:${port}.`, { why, fix, cause: error });
  }
};

const whyNotListening = async (host: string, port: number): Promise<NodeJS.ErrnoException | undefined> => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | undefined>();
  server.once('error', resolve);
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  return promise;
};
