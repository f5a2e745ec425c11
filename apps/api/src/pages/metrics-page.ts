import { NotFound } from '@plimsoll/contracts';
import { mayReadMetrics } from '@plimsoll/telemetry';
import type { Metrics } from '@plimsoll/telemetry';
import type { FastifyInstance } from 'fastify';

/** `/metrics` for Prometheus; to everybody who may not read them it is not there. */
export const installMetricsPage = (fastify: FastifyInstance, metrics: Metrics, token: string | undefined): void => {
  fastify.get('/metrics', async ({ ip, headers }, reply) => {
    if (!mayReadMetrics({ address: ip, headers }, token)) throw new NotFound({});
    return reply
      .header('content-type', metrics.registry.contentType)
      .header('cache-control', 'no-store')
      .send(await metrics.registry.metrics());
  });
};
