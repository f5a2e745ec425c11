import { setTimeout as sleep } from 'node:timers/promises';
import { toEngineError } from './classify-failure.ts';
import type { EngineConnector } from './engine-connection.ts';
import type { EngineError } from './engine-error.ts';

const quietMs = 1_500;

/**
 * Whether the host refuses our certificate: a connection on which nothing is sent, so that its alert can't get lost
 * behind a reset. Under TLS 1.3 our side of the handshake is done before the host has judged the certificate.
 * @returns the rejection, or `undefined` where the host stayed quiet
 */
export const confirmClientCertificate = async (
  connector: EngineConnector,
  signal?: AbortSignal,
): Promise<EngineError | undefined> => {
  try {
    const socket = await connector.open();
    const { promise, reject } = Promise.withResolvers<never>();
    socket.once('error', reject);
    socket.resume();
    try {
      await Promise.race([promise, sleep(quietMs, undefined, signal === undefined ? {} : { signal })]);
      return undefined;
    } finally {
      socket.destroy();
    }
  } catch (error) {
    const known = toEngineError(error);
    return known.reason === 'client-certificate-rejected' ? known : undefined;
  }
};
