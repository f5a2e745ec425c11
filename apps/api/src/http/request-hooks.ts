import type { Metrics } from '@plimsoll/telemetry';
import { traceIdOf } from '@plimsoll/telemetry';
import type { FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ApiReply, ApiRequest } from './api-request.ts';
import { pathOf } from './problem-response.ts';
import { addRateLimitHeaders } from './rate-limiter.ts';
import { strangenessOf } from './strict-url.ts';

const sanePattern = /^[A-Za-z0-9][\w.:+/=-]{7,127}$/;

/** The caller's `X-Request-Id` where it is one that a log can hold, else a new one. */
export const requestIdOf = ({ headers }: IncomingMessage): string => {
  const given = headers['x-request-id'];
  return typeof given === 'string' && sanePattern.test(given) ? given : randomUUID();
};

/** What happens to every request, routed by Nest or not: its id, a look at its URL, its log line, its metrics. */
export const installRequestHooks = (fastify: FastifyInstance, metrics: Metrics): void => {
  fastify.addHook('onRequest', (request, reply, done) => {
    metrics.httpInFlight.inc();
    reply.raw.once('close', () => metrics.httpInFlight.dec());
    void reply.header('x-request-id', request.id);
    const parameters: unknown = request.params;
    done(strangenessOf(request.raw.url ?? '/', isRecord(parameters) ? parameters : {}));
  });
  let isClosing = false;
  fastify.addHook('preClose', (done) => {
    isClosing = true;
    done();
  });
  fastify.addHook('onSend', (request, reply, payload, done) => {
    // Node closes connections that are idle when it is told to close, not those that become so afterwards.
    if (isClosing) void reply.header('connection', 'close');
    addRateLimitHeaders(request, reply);
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    noteRequest(metrics, request, reply);
    done();
  });
};

/** Counts a request that was answered, and writes its line: for what passes no hook, by whoever answered it. */
export const noteRequest = (metrics: Metrics, request: ApiRequest, reply: ApiReply): void => {
  const { method } = request;
  const route = request.routeOptions.url ?? '(none)';
  const seconds = reply.elapsedTime / 1000;
  metrics.httpDuration.observe({ method, route, status: String(reply.statusCode) }, seconds);
  logRequest(request, reply);
};

/** Without the query, which may hold what somebody searched for. */
const logRequest = (request: ApiRequest, reply: ApiReply): void => {
  const path = pathOf(request);
  const traceparent = request.headers['traceparent'];
  const traceId = traceIdOf(typeof traceparent === 'string' ? traceparent : undefined);
  const { actor } = request;
  const fields = {
    method: request.method,
    path,
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    ...(actor === undefined ? {} : { tenantId: actor.tenantId, actorId: actor.id, actorKind: actor.kind }),
    ...(traceId === undefined ? {} : { traceId }),
  };
  if (path.startsWith('/v1/')) request.log.info(fields, 'request');
  else request.log.debug(fields, 'request');
};

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
