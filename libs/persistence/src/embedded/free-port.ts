import { createServer } from 'node:net';

/** A port of the address that is free at this moment. */
export async function freePort(host: string): Promise<number> {
  const { promise, resolve: found, reject } = Promise.withResolvers<number>();
  const probe = createServer();
  probe.once('error', reject);
  probe.listen(0, host, () => {
    const address = probe.address();
    probe.close(() =>
      typeof address === 'object' && address !== null ? found(address.port) : reject(new Error('no port')),
    );
  });
  return promise;
}
