/**
 * Why a request to a Docker host failed: a closed set that tests, tables and translations rely on.
 * `explainEngineError` holds the words for each.
 */
export const engineErrorReasons = [
  'invalid-address',
  'address-refused',
  'name-not-found',
  'connection-refused',
  'host-unreachable',
  'socket-not-found',
  'socket-denied',
  'timed-out',
  'connection-reset',
  'unknown-authority',
  'certificate-expired',
  'certificate-not-yet-valid',
  'name-mismatch',
  'client-certificate-rejected',
  'client-material-unusable',
  'tls-handshake-failed',
  'plain-http-behind-port',
  'tls-behind-port',
  'not-a-docker-api',
  'api-too-old',
  'denied',
  'not-found',
  'redirect-refused',
  'engine-error',
  'too-large',
  'too-deep',
  'malformed',
  'cancelled',
] as const;
export type EngineErrorReason = (typeof engineErrorReasons)[number];

export interface EngineErrorDetails {
  /** What was seen, in one line; never holds a secret or text of unbounded length from the host. */
  readonly detail: string;
  /** Status of the answer, where there was one. */
  readonly httpStatus?: number;
  /** Setting that refused the address (`address-refused` only). */
  readonly setting?: string;
  readonly cause?: unknown;
}

/** A request to a Docker host that did not give a usable answer. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly reason: EngineErrorReason;
  readonly detail: string;
  readonly httpStatus: number | undefined;
  readonly setting: string | undefined;

  constructor(reason: EngineErrorReason, details: EngineErrorDetails) {
    super(`${reason}: ${details.detail}`, details.cause === undefined ? undefined : { cause: details.cause });
    this.reason = reason;
    this.detail = details.detail;
    this.httpStatus = details.httpStatus;
    this.setting = details.setting;
  }
}

const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu;

/** Text from a host made fit for a message: one line, no control or direction characters, at most `limit` characters. */
export const quoteHostText = (text: string, limit = 200): string => {
  const clean = text
    .slice(0, limit * 2)
    .replaceAll(controlCharacters, ' ')
    .trim()
    .toWellFormed();
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
};
