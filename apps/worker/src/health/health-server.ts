import { mayReadMetrics } from '@plimsoll/telemetry';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';

export interface HealthServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Without one, metrics are for this machine only. */
  readonly metricsToken: string | undefined;
  /** Each rejects when the part can't be used. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

export interface HealthServer {
  readonly url: string;
  close(): Promise<void>;
}

/** `/healthz`: the process is alive. `/readyz`: it can work. `/metrics`: for Prometheus. Everything else is not there. */
export const startHealthServer = async (options: HealthServerOptions): Promise<HealthServer> => {
  const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, (request, response) => {
    answer(options, request, response).catch(() => send(response, 503, 'text/plain', 'unavailable\n'));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(options.port, options.host, resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}`,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
};

const answer = async (
  { checks, metrics, metricsToken }: HealthServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  if (request.method !== 'GET') return send(response, 404, 'text/plain', 'not found\n');
  if (request.url === '/healthz') return send(response, 200, 'application/json', '{"status":"ok"}\n');
  if (request.url === '/readyz') {
    const states = await Promise.all(Object.entries(checks).map(([part, check]) => stateOf(part, check)));
    const isReady = states.every(([, state]) => state === 'ok');
    const body = { status: isReady ? 'ok' : 'unavailable', checks: Object.fromEntries(states) };
    return send(response, isReady ? 200 : 503, 'application/json', `${JSON.stringify(body)}\n`);
  }
  if (request.url === '/metrics' && mayReadMetrics(readerOf(request), metricsToken)) {
    const { type, text } = await metrics();
    return send(response, 200, type, text);
  }
  return send(response, 404, 'text/plain', 'not found\n');
};

const readerOf = ({ headers, socket }: IncomingMessage) => ({ address: socket.remoteAddress, headers });

const stateOf = (part: string, check: () => Promise<void>): Promise<[string, string]> =>
  check().then(
    () => [part, 'ok'],
    () => [part, 'unavailable'],
  );

const send = (response: ServerResponse, status: number, type: string, body: string): void => {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
};
