import { EngineError, type EngineErrorReason, quoteHostText } from './engine-error.ts';

const byCode: Record<string, EngineErrorReason> = {
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ENODATA: 'name-not-found',
  ECONNREFUSED: 'connection-refused',
  EHOSTUNREACH: 'host-unreachable',
  ENETUNREACH: 'host-unreachable',
  EADDRNOTAVAIL: 'host-unreachable',
  ENETDOWN: 'host-unreachable',
  ENOENT: 'socket-not-found',
  ENOTSOCK: 'socket-not-found',
  EACCES: 'socket-denied',
  EPERM: 'socket-denied',
  ETIMEDOUT: 'timed-out',
  UND_ERR_CONNECT_TIMEOUT: 'timed-out',
  UND_ERR_HEADERS_TIMEOUT: 'timed-out',
  UND_ERR_BODY_TIMEOUT: 'timed-out',
  UND_ERR_ABORTED: 'cancelled',
  UND_ERR_HEADERS_OVERFLOW: 'too-large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too-large',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'malformed',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  UND_ERR_SOCKET: 'connection-reset',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-not-yet-valid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name-mismatch',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-authority',
  CERT_SIGNATURE_FAILURE: 'unknown-authority',
  CERT_UNTRUSTED: 'unknown-authority',
  INVALID_CA: 'unknown-authority',
  // The start of an HTTP answer is no TLS record; which of these OpenSSL says depends on its first bytes.
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain-http-behind-port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'plain-http-behind-port',
  ERR_SSL_HTTP_REQUEST: 'plain-http-behind-port',
  ERR_OSSL_PEM_NO_START_LINE: 'client-material-unusable',
  ERR_OSSL_X509_KEY_VALUES_MISMATCH: 'client-material-unusable',
};

/** What a peer says of our certificate; with TLS 1.3 it comes at the first read, after the handshake. */
const rejectionAlert =
  /ALERT_(?:BAD_CERTIFICATE|CERTIFICATE_REQUIRED|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_EXPIRED|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|HANDSHAKE_FAILURE_CERTIFICATE)/u;

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
};

const detailOf = (error: unknown): string =>
  quoteHostText(error instanceof Error ? error.message : String(error), 300) || 'The connection failed.';

/** Turns whatever the socket, the TLS library or undici threw into an {@link EngineError}. */
export const toEngineError = (error: unknown): EngineError => {
  if (error instanceof EngineError) return error;
  const code = codeOf(error) ?? '';
  const detail = detailOf(error);
  const known = byCode[code];
  if (known !== undefined) return new EngineError(known, { detail, cause: error });
  if (rejectionAlert.test(code)) {
    const alert = /ALERT_(.+)$/u.exec(code)?.[1]?.toLowerCase().replaceAll('_', ' ') ?? code;
    return new EngineError('client-certificate-rejected', {
      detail: `The host ended the handshake with the alert "${alert}".`,
      cause: error,
    });
  }
  if (code.startsWith('HPE_')) {
    return new EngineError('malformed', { detail: `The answer is not HTTP: ${detail}`, cause: error });
  }
  if (code.startsWith('ERR_OSSL_')) return new EngineError('client-material-unusable', { detail, cause: error });
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return new EngineError('tls-handshake-failed', { detail, cause: error });
  }
  return new EngineError('connection-reset', { detail, cause: error });
};

/** Whether a request may be sent again on another connection: it never reached an Engine that answered. */
export const isDeadConnection = (error: unknown): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error) ?? '');
