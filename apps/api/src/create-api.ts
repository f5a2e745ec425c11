import compress from '@fastify/compress';
import cookie from '@fastify/cookie';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestLogger } from '@plimsoll/telemetry';
import { ApiModule } from './api.module.ts';
import { CoreModule } from '@plimsoll/core';
import type { Core } from '@plimsoll/core';
import { featureModules } from './features.ts';
import { answerUnusualRequests, createAdapter, installBodyParser } from './http/fastify-options.ts';
import { RateLimiter } from './http/rate-limiter.ts';
import { Readiness } from './http/readiness.ts';
import { installRequestHooks } from './http/request-hooks.ts';
import { ResponseThoroughness } from './http/response.interceptor.ts';
import { installSecurityHeaders } from './http/security-headers.ts';
import { installPages } from './pages/pages.ts';

export interface CreateApiOptions {
  /** Instead of all features: for tests. */
  readonly features?: readonly Type[];
  /** Folder of the built console; none is served without it. */
  readonly consoleDirectory?: string;
  /** Check answers against their whole schema, not their shape alone: for tests. */
  readonly checksWholeResponses?: boolean;
}

/**
 * Makes the API, ready to listen. Closing it drains requests and ends event streams; what `core` holds stays open.
 * @throws RouteInvalid when a route does not declare what it must
 */
export const createApi = async (core: Core, options: CreateApiOptions = {}): Promise<NestFastifyApplication> => {
  const { config, logger, metrics, database, queues } = core;
  const features = options.features ?? featureModules;
  const adapter = createAdapter(config, logger, metrics);
  const fastify = adapter.getInstance();
  installBodyParser(fastify);
  answerUnusualRequests(fastify, { logger, metrics });
  installSecurityHeaders(fastify, config);
  await fastify.register(cookie);
  await fastify.register(compress, { threshold: 2048, encodings: ['br', 'gzip'] });
  installRequestHooks(fastify, metrics);
  const rateLimiter = await RateLimiter.create(fastify, config.rateLimits, config.queue.redisUrl, (scope) =>
    metrics.rateLimited.inc({ scope }),
  );
  const thoroughness = new ResponseThoroughness(options.checksWholeResponses === true ? 'schema' : 'shape');
  const module = ApiModule.with({ core: CoreModule.with(core), features, rateLimiter, thoroughness });
  const api = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    bodyParser: false,
    // A mistake in the wiring is thrown to whoever starts the process, who says it in a readable way.
    abortOnError: false,
  });
  api.enableCsrfProtection({ trustedOrigins: trustedOriginsOf(config.server.publicUrl) });
  fastify.addHook('onClose', () => rateLimiter.close());
  await api.init();
  // After Nest's own: only then do errors of these pages go through its filter.
  await installPages(fastify, { config, metrics, features, consoleDirectory: options.consoleDirectory });
  const readiness = api.get(Readiness);
  readiness.register('database', () => database.ping());
  readiness.register('queue', () => queues.ping());
  await fastify.ready();
  return api;
};

const trustedOriginsOf = (publicUrl: string | undefined): string[] =>
  publicUrl === undefined ? [] : [new URL(publicUrl).origin];
