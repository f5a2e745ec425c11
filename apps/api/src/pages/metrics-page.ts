import { NotFound } from '@plimsoll/contracts';
import type { Metrics } from '@plimsoll/telemetry';
import type { FastifyInstance } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { ApiRequest } from '../http/api-request.ts';

/**
 * `/metrics` for Prometheus: with the bearer token that the operator set, else for this machine only. To everybody else
 * it is not there.
 */
export const installMetricsPage = (fastify: FastifyInstance, metrics: Metrics, token: string | undefined): void => {
  fastify.get('/metrics', async (request, reply) => {
    const isAllowed = token === undefined ? isLocal(request) : hasToken(request, token);
    if (!isAllowed) throw new NotFound({});
    return reply
      .header('content-type', metrics.registry.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.registry.metrics());
  });
};

/** A proxy on this machine connects from loopback too, on behalf of the whole world: it says so in a header. */
const isLocal = ({ ip, headers }: ApiRequest): boolean =>
  headers['x-forwarded-for'] === undefined && headers['forwarded'] === undefined && isLoopback(ip);

const isLoopback = (address: string): boolean => {
  const plain = address.replace(/^::ffff:/i, '');
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
};

/** Compared by digest, so that neither content nor length shows in the time it takes. */
const hasToken = ({ headers }: ApiRequest, token: string): boolean =>
  timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
