import { setTimeout as sleep } from 'node:timers/promises';
import { acceptableAuthorityNames } from './acceptable-authorities.ts';
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
  if (socket === undefined) return cutAfterRequest(connector);
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

/** Under TLS 1.2 the verdict falls within the handshake: cut after the host had asked for a certificate. */
const cutAfterRequest = async (connector: EngineConnector): Promise<EngineError | undefined> => {
  const received = await connector.failedHandshake().catch(() => undefined);
  return received === undefined || acceptableAuthorityNames(received) === undefined
    ? undefined
    : new EngineError('client-certificate-rejected', {
        detail: 'The host asked for a client certificate and cut the connection when it had ours.',
      });
};
