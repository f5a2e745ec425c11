import type { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import { type AllowedRequest, type AllowedRequestName, allowedRequests, requestTarget } from './allowed-requests.ts';
import type { RequestParameters } from './allowed-requests.ts';
import { negotiateApiVersion } from './api-version.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { isDeadConnection, toEngineError } from './classify-failure.ts';
import { answerError } from './answer-error.ts';
import { confirmClientCertificate } from './client-certificate-rejection.ts';
import {
  type ConnectionFacts,
  type ConnectionLimits,
  defaultConnectionLimits,
  EngineConnector,
  type EngineTarget,
  openPool,
} from './engine-connection.ts';
import { EngineError } from './engine-error.ts';

/** What `/_ping` told beside its "OK". */
export interface PingFacts {
  server?: string;
  experimental?: boolean;
  /** Set by Podman: the version of its own API. */
  libpodVersion?: string;
  /** The engine's clock minus ours, in milliseconds; whole seconds, as HTTP dates are (and cut, not rounded). */
  clockSkewMs?: number;
}

export interface EngineClientOptions {
  readonly limits?: Partial<ConnectionLimits>;
  /** The highest tier of requests that may be sent, see `allowedRequests`. Default 0: reading metadata. */
  readonly tier?: 0 | 2 | undefined;
  /** Milliseconds since 1970; for the clock skew alone. */
  readonly now?: () => number;
  readonly signal?: AbortSignal | undefined;
}

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Shortens the request's own deadline, never lengthens it. */
  readonly deadlineMs?: number | undefined;
  /** Told of the bytes of every piece of a body as it arrives, failures and repeats too; what it throws ends the request. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

interface Answer {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  body: Buffer;
}

/**
 * A Docker host, read over one keep-alive pool. Sends the requests of {@link allowedRequests} and nothing else;
 * every answer is bounded in bytes, depth and time; no redirect is followed. All failures are {@link EngineError}s.
 */
export class EngineClient {
  readonly target: EngineTarget;
  readonly connection: ConnectionFacts;
  readonly #connector: EngineConnector;
  readonly #pool: Pool;
  readonly #limits: ConnectionLimits;
  #apiVersion = '';
  #ping: PingFacts = {};
  #hasAnswered = false;

  private constructor(target: EngineTarget, limits: ConnectionLimits) {
    this.target = target;
    this.#limits = limits;
    this.#connector = new EngineConnector(target, limits.connectTimeoutMs);
    this.connection = this.#connector.facts;
    this.#pool = openPool(target, this.#connector, limits);
  }

  /** Connects and agrees on an API version: the lower of the engine's newest and ours. */
  static async connect(target: EngineTarget, options: EngineClientOptions = {}): Promise<EngineClient> {
    const client = new EngineClient(target, { ...defaultConnectionLimits, ...options.limits });
    try {
      await client.#negotiate(options);
      return client;
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  /** e.g. `1.41` */
  get apiVersion(): string {
    return this.#apiVersion;
  }

  get ping(): PingFacts {
    return this.#ping;
  }

  /** More requests at a time than there are connections wait in line, with their deadlines running. */
  get limits(): ConnectionLimits {
    return this.#limits;
  }

  /** The parsed JSON of an answer; its shape is the host's claim, so parse it with a schema. */
  read<Name extends AllowedRequestName>(
    name: Name,
    parameters: RequestParameters<Name>,
    options?: ReadOptions,
  ): Promise<unknown> {
    return this.readNamed(name, parameters.path, parameters.query, options);
  }

  /** As {@link read} for a name that is known only at run time; the table still decides what may be sent. */
  async readNamed(
    name: AllowedRequestName,
    path: Readonly<Record<string, string>> = {},
    query: Readonly<Record<string, string | undefined>> = {},
    options: ReadOptions = {},
  ): Promise<unknown> {
    const { body } = await this.#send(name, { path, query }, options);
    return allowedRequests[name].answer === 'json' ? parseBoundedJson(body) : body.toString('utf8');
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #negotiate({ signal, now = Date.now }: EngineClientOptions): Promise<void> {
    const ping = await this.#send('ping', {}, { signal }).catch(async (error: unknown) => {
      throw await this.#explainFirstFailure(toEngineError(error), signal);
    });
    const header = (name: string): string | undefined => {
      const value = ping.headers[name];
      return typeof value === 'string' ? value.slice(0, 200) : undefined;
    };
    const date = Date.parse(header('date') ?? '');
    const server = header('server');
    const libpodVersion = header('libpod-api-version');
    const experimental = header('docker-experimental');
    this.#ping = {
      ...(server === undefined ? {} : { server }),
      ...(libpodVersion === undefined ? {} : { libpodVersion }),
      ...(experimental === undefined ? {} : { experimental: experimental === 'true' }),
      ...(Number.isNaN(date) ? {} : { clockSkewMs: Math.round((date + 500 - now()) / 1000) * 1000 + 0 }),
    };
    const announced = header('api-version');
    const version = announced === undefined ? await this.#unversionedVersion(signal) : { ApiVersion: announced };
    this.#apiVersion = negotiateApiVersion(version);
  }

  /** Engines before 1.13 and some proxies send no `Api-Version` header. */
  async #unversionedVersion(signal: AbortSignal | undefined): Promise<unknown> {
    const answer = await this.#send('unversionedVersion', {}, { signal }).catch((cause: unknown) => {
      const error = toEngineError(cause);
      if (error.reason !== 'not-found' && error.reason !== 'redirect-refused') throw error;
      throw new EngineError('not-a-docker-api', {
        detail: 'GET /_ping has no Api-Version header, and GET /version does not answer.',
        cause,
      });
    });
    try {
      return parseBoundedJson(answer.body);
    } catch (cause) {
      throw new EngineError('not-a-docker-api', { detail: 'GET /version does not answer with JSON.', cause });
    }
  }

  /** A host that cuts the line right after the handshake may have had no time to say why: ask once more, silently. */
  async #explainFirstFailure(error: EngineError, signal: AbortSignal | undefined): Promise<EngineError> {
    if (error.reason === 'connection-reset' && this.target.tls !== undefined) {
      return (await confirmClientCertificate(this.#connector, signal)) ?? error;
    }
    if (['not-found', 'redirect-refused', 'malformed', 'too-large'].includes(error.reason)) {
      return new EngineError('not-a-docker-api', { detail: `GET /_ping: ${error.detail}`, cause: error });
    }
    return error;
  }

  async #send(
    name: AllowedRequestName,
    parameters: { path?: Readonly<Record<string, string>>; query?: Readonly<Record<string, string | undefined>> },
    options: ReadOptions,
  ): Promise<Answer> {
    const request: AllowedRequest = allowedRequests[name];
    const target = requestTarget(name, this.#apiVersion, parameters.path, parameters.query);
    try {
      return await this.#sendOnce(request, target, options);
    } catch (error) {
      // The daemon closes idle keep-alive connections after a while; a GET is safe to send again once.
      if (request.method !== 'GET' || !this.#hasAnswered || !isDeadConnection(error)) throw toEngineError(error);
    }
    return this.#sendOnce(request, target, options).catch((error: unknown) => {
      throw toEngineError(error);
    });
  }

  async #sendOnce(request: AllowedRequest, target: string, options: ReadOptions): Promise<Answer> {
    const deadlineMs = Math.min(request.deadlineMs, options.deadlineMs ?? Infinity);
    const controller = new AbortController();
    const cancel = (): void => controller.abort(new EngineError('cancelled', { detail: 'The scan was cancelled.' }));
    const timer = setTimeout(() => {
      const detail = `${request.method} ${request.path} took longer than ${deadlineMs} ms.`;
      controller.abort(new EngineError('timed-out', { detail }));
    }, deadlineMs);
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted === true) cancel();
    try {
      const answer = await this.#pool.request({ method: request.method, path: target, signal: controller.signal });
      const isGood = answer.statusCode >= 200 && answer.statusCode < 300;
      const limitBytes = isGood ? request.limitBytes : errorBodyLimitBytes;
      const body = await readBody(answer.body, limitBytes, request.path, options.onBytes);
      if (!isGood) throw answerError(request, answer.statusCode, body);
      this.#hasAnswered = true;
      return { status: answer.statusCode, headers: answer.headers, body };
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', cancel);
    }
  }
}

const errorBodyLimitBytes = 64 * 1024;

/** Over the limit is an error, never a shorter body that looks whole. By events: an iterator costs more than the body. */
const readBody = (
  body: Readable,
  limitBytes: number,
  path: string,
  onBytes: ((bytes: number) => void) | undefined,
): Promise<Buffer> => {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let readBytes = 0;
  const take = (chunk: Buffer): void => {
    readBytes += chunk.byteLength;
    onBytes?.(chunk.byteLength);
    if (readBytes > limitBytes) {
      throw new EngineError('too-large', { detail: `The answer to GET ${path} is larger than ${limitBytes} bytes.` });
    }
    chunks.push(chunk);
  };
  body.on('data', (chunk: Buffer) => {
    try {
      take(chunk);
    } catch (error) {
      reject(error);
      body.destroy();
    }
  });
  body.once('end', () => {
    const [only] = chunks;
    resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, readBytes));
  });
  body.once('error', reject);
  body.once('close', () =>
    reject(new EngineError('connection-reset', { detail: `The answer to GET ${path} broke off.` })),
  );
  return promise;
};
