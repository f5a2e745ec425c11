import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** Whoever asks for metrics. */
export interface MetricsReader {
  /** The address that the request came from. */
  readonly address: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Whether somebody may read the metrics: with the bearer token that the operator set, else from this machine only.
 * @param token undefined where none is set
 */
export const mayReadMetrics = (reader: MetricsReader, token: string | undefined): boolean =>
  token === undefined ? isLocal(reader) : hasToken(reader, token);

/** A proxy on this machine connects from loopback too, on behalf of the whole world: it says so in a header. */
const isLocal = ({ address, headers }: MetricsReader): boolean =>
  headers['x-forwarded-for'] === undefined && headers.forwarded === undefined && isLoopback(address ?? '');

const isLoopback = (address: string): boolean => {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
};

/** Compared by digest, so that neither content nor length shows in the time it takes. */
const hasToken = ({ headers }: MetricsReader, token: string): boolean =>
  timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
