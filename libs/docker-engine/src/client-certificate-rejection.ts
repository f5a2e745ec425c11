import { setTimeout as sleep } from 'node:timers/promises';
import { toEngineError } from './classify-failure.ts';
import type { EngineConnector } from './engine-connection.ts';
import { EngineError } from './engine-error.ts';

const quietMs = 1_500;

/**
 * Whether the host refuses our certificate: a connection on which nothing is sent, so that its alert can't get lost
 * behind a reset. Under TLS 1.3 our side of the handshake is done before the host has judged the certificate.
 * @returns the rejection, or `undefined` where the host stayed quiet or never got that far
 */
export const confirmClientCertificate = async (
  connector: EngineConnector,
  signal?: AbortSignal,
): Promise<EngineError | undefined> => {
  const socket = await connector.open().catch(() => undefined);
  if (socket === undefined) return undefined;
  const { promise, resolve, reject } = Promise.withResolvers<'closed'>();
  socket.once('error', reject);
  socket.once('close', () => resolve('closed'));
  socket.resume();
  try {
    const quiet = sleep(quietMs, 'quiet' as const, signal === undefined ? {} : { signal });
    if ((await Promise.race([promise, quiet])) === 'quiet') return undefined;
    return new EngineError('client-certificate-rejected', {
      detail: 'The host closed the connection right after the handshake, before anything was asked.',
    });
  } catch (error) {
    const known = toEngineError(error);
    return known.reason === 'client-certificate-rejected' || known.reason === 'connection-reset'
      ? new EngineError('client-certificate-rejected', { detail: known.detail, cause: error })
      : undefined;
  } finally {
    socket.destroy();
  }
};
