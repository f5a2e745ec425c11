import type { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import { type AllowedRequest, type AllowedRequestName, allowedRequests, requestTarget } from './allowed-requests.ts';
import { answerError } from './answer-error.ts';
import { isDeadConnection, toEngineError } from './classify-failure.ts';
import { type ConnectionLimits, EngineConnector, type EngineTarget, openPool } from './engine-connection.ts';
import { EngineError } from './engine-error.ts';

export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  /** Shortens the request's own deadline, never lengthens it. */
  readonly deadlineMs?: number | undefined;
  /** Told of the bytes of every piece of a body as it arrives, failures and repeats too; what it throws ends the request. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** What fills the template of a request; `body` is JSON. */
export interface RequestParts {
  readonly path?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: string | undefined;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Body;
}

type Consume<Body> = (body: Readable, limitBytes: number) => Promise<Body>;

/** Sends the requests of the table over one pool, bounded in bytes and time. All failures are {@link EngineError}s. */
export class EngineTransport {
  readonly connector: EngineConnector;
  readonly #pool: Pool;
  #hasAnswered = false;

  constructor(target: EngineTarget, limits: ConnectionLimits) {
    this.connector = new EngineConnector(target, limits.connectTimeoutMs);
    this.#pool = openPool(target, this.connector, limits);
  }

  /** The whole body of the answer. */
  send(
    name: AllowedRequestName,
    apiVersion: string,
    parts: RequestParts,
    options: ReadOptions,
  ): Promise<Answer<Buffer>> {
    const { path } = allowedRequests[name];
    return this.#send(name, apiVersion, parts, options, (body, limitBytes) =>
      readBody(body, limitBytes, path, options.onBytes),
    );
  }

  /**
   * Hands the body over as it comes. What `consume` leaves unread is not read: the connection is cut.
   * @param consume is given a body that throws beyond the limit of bytes
   */
  stream<Body>(
    name: AllowedRequestName,
    apiVersion: string,
    parts: RequestParts,
    options: ReadOptions,
    consume: (body: AsyncIterable<Uint8Array>) => Promise<Body>,
  ): Promise<Answer<Body>> {
    return this.#send(name, apiVersion, parts, options, async (body, limitBytes) => {
      body.on('error', () => undefined); // cutting it is one
      try {
        return await consume(limitedBytes(body, limitBytes, options.onBytes));
      } finally {
        body.destroy();
      }
    });
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #send<Body>(
    name: AllowedRequestName,
    apiVersion: string,
    { path, query, body }: RequestParts,
    options: ReadOptions,
    consume: Consume<Body>,
  ): Promise<Answer<Body>> {
    const request: AllowedRequest = allowedRequests[name];
    const target = requestTarget(name, apiVersion, path, query);
    try {
      return await this.#sendOnce(request, target, body, options, consume);
    } catch (error) {
      // The daemon closes idle keep-alive connections after a while; a read is safe to send again once, nothing else is.
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      if (!isRead || !this.#hasAnswered || !isDeadConnection(error)) throw toEngineError(error);
    }
    return this.#sendOnce(request, target, body, options, consume).catch((error: unknown) => {
      throw toEngineError(error);
    });
  }

  async #sendOnce<Body>(
    request: AllowedRequest,
    target: string,
    requestBody: string | undefined,
    options: ReadOptions,
    consume: Consume<Body>,
  ): Promise<Answer<Body>> {
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
      const answer = await this.#pool.request({
        method: request.method,
        path: target,
        signal: controller.signal,
        ...(requestBody === undefined ? {} : { body: requestBody, headers: { 'content-type': 'application/json' } }),
      });
      const isGood = answer.statusCode >= 200 && answer.statusCode < 300;
      if (!isGood) {
        const body = await readBody(answer.body, errorBodyLimitBytes, request.path, options.onBytes);
        throw answerError(request, answer.statusCode, body);
      }
      const body = await consume(answer.body, request.limitBytes);
      this.#hasAnswered = true;
      return { status: answer.statusCode, headers: answer.headers, body };
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', cancel);
    }
  }
}

const errorBodyLimitBytes = 64 * 1024;

const tooLarge = (path: string, limitBytes: number): EngineError =>
  new EngineError('too-large', { detail: `The answer to GET ${path} is larger than ${limitBytes} bytes.` });

async function* limitedBytes(
  body: Readable,
  limitBytes: number,
  onBytes: ReadOptions['onBytes'],
): AsyncGenerator<Uint8Array> {
  let readBytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    readBytes += chunk.byteLength;
    onBytes?.(chunk.byteLength);
    if (readBytes > limitBytes) throw tooLarge('/containers/{id}/archive', limitBytes);
    yield chunk;
  }
}

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
    if (readBytes > limitBytes) throw tooLarge(path, limitBytes);
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
