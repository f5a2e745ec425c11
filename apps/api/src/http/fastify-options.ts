import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Config } from '@plimsoll/config';
import type { Logger, Metrics } from '@plimsoll/telemetry';
import { LogController } from 'fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { problemOf } from './problem-of.ts';
import { problemMediaType, sendProblem } from './problem-response.ts';
import { noteRequest, requestIdOf } from './request-hooks.ts';
import { securityHeadersOf } from './security-headers.ts';
import { parseStrictJson } from './strict-json.ts';
import { parseQuery } from './strict-url.ts';

/** Fastify, told to be strict: what a browser or a proxy would shrug at gets a problem. */
export const createAdapter = (config: Config, logger: Logger, metrics: Metrics): FastifyAdapter => {
  const { server } = config;
  const securityHeaders = securityHeadersOf(config);
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: requestIdOf,
    bodyLimit: server.bodyLimitBytes,
    trustProxy: server.trustedProxies.length === 0 ? false : [...server.trustedProxies],
    // A client that drips its request holds a socket, not a worker, and not for long.
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    // Nest's middleware is not used; its layer would cost every request.
    skipMiddie: true,
    routerOptions: { querystringParser: parseQuery, maxParamLength: 256, ignoreTrailingSlash: false },
    // The router gives up before any hook or filter: an undecodable path, a part that is too long.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      reply.raw.once('finish', () => noteRequest(metrics, request, reply));
      void reply.headers({ ...securityHeaders, 'x-request-id': request.id });
      sendProblem(problemOf(error, server), request, reply);
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, { logger, metrics }),
  });
};

/** JSON is all that comes in, and it is read strictly. */
export const installBodyParser = (fastify: FastifyInstance): void => {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    /^application\/json\s*(?:;\s*charset="?utf-8"?\s*)?$/i,
    { parseAs: 'buffer' },
    (_request, body, done) => {
      try {
        const bytes = typeof body === 'string' ? Buffer.from(body) : body;
        // Many clients name a content type on a DELETE: that there is no body is then for the route to judge.
        done(null, bytes.byteLength === 0 ? undefined : parseStrictJson(bytes));
      } catch (error) {
        done(error instanceof Error ? error : new Error('The body could not be parsed', { cause: error }));
      }
    },
  );
};

/** What Node's own parser refuses never becomes a request: answered on the socket. */
const answerBrokenRequest = (error: Error & { code?: string }, socket: Socket, ledger: Ledger): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  socket.end(plainProblem(status, status === 431 ? 'The headers are too large.' : 'This is not a valid HTTP request.'));
  noteRefusal(ledger, status, error.code ?? 'invalid-request');
};

/** Where it is written down what was asked and answered. */
interface Ledger {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What never became a request has no method and no route that could be believed. */
const noteRefusal = ({ logger, metrics }: Ledger, status: number, reason: string): void => {
  metrics.httpDuration.observe({ method: '(none)', route: '(none)', status: String(status) }, 0);
  logger.info({ status, reason }, 'request refused');
};

/** An answer with a problem of HTTP itself, for a socket. */
const plainProblem = (status: number, detail: string): string => {
  const title = STATUS_CODES[status] ?? 'Bad Request';
  const body = JSON.stringify({ type: 'about:blank', title, status, detail });
  return `HTTP/1.1 ${status} ${title}\r\nContent-Type: ${problemMediaType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
};

/** What Node would answer by itself, with nothing or by hanging up: requests for a tunnel, and expectations. */
export const answerUnusualRequests = ({ server }: FastifyInstance, ledger: Ledger): void => {
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.end(plainProblem(405, 'There are no tunnels here.'));
    noteRefusal(ledger, 405, 'tunnel');
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    socket.end(plainProblem(417, 'The only expectation that is met is 100-continue.'));
    noteRefusal(ledger, 417, 'expectation');
  });
};
