import { allowedRequests, type MetadataRequestName, type RequestParameters } from './allowed-requests.ts';
import { negotiateApiVersion } from './api-version.ts';
import { parseBoundedJson } from './bounded-json.ts';
import { toEngineError } from './classify-failure.ts';
import { confirmClientCertificate } from './client-certificate-rejection.ts';
import {
  type ConnectionFacts,
  type ConnectionLimits,
  defaultConnectionLimits,
  type EngineTarget,
} from './engine-connection.ts';
import { EngineError } from './engine-error.ts';
import { type Answer, EngineTransport, type ReadOptions, type RequestParts } from './engine-transport.ts';
import { HostFileDoor } from './host-file-door.ts';

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

/**
 * A Docker host, read over one keep-alive pool. Sends the requests of {@link allowedRequests} and nothing else;
 * every answer is bounded in bytes, depth and time; no redirect is followed. All failures are {@link EngineError}s.
 */
export class EngineClient {
  readonly target: EngineTarget;
  readonly connection: ConnectionFacts;
  readonly #transport: EngineTransport;
  readonly #limits: ConnectionLimits;
  readonly #tier: 0 | 2;
  #apiVersion = '';
  #ping: PingFacts = {};

  private constructor(target: EngineTarget, limits: ConnectionLimits, tier: 0 | 2) {
    this.target = target;
    this.#limits = limits;
    this.#tier = tier;
    this.#transport = new EngineTransport(target, limits);
    this.connection = this.#transport.connector.facts;
  }

  /** Connects and agrees on an API version: the lower of the engine's newest and ours. */
  static async connect(target: EngineTarget, options: EngineClientOptions = {}): Promise<EngineClient> {
    const client = new EngineClient(target, { ...defaultConnectionLimits, ...options.limits }, options.tier ?? 0);
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
  read<Name extends MetadataRequestName>(
    name: Name,
    parameters: RequestParameters<Name>,
    options?: ReadOptions,
  ): Promise<unknown> {
    return this.readNamed(name, parameters.path, parameters.query, options);
  }

  /** As {@link read} for a name that is known only at run time; the table still decides what may be sent. */
  async readNamed(
    name: MetadataRequestName,
    path: Readonly<Record<string, string>> = {},
    query: Readonly<Record<string, string | undefined>> = {},
    options: ReadOptions = {},
  ): Promise<unknown> {
    const { body } = await this.#send(name, { path, query }, options);
    return allowedRequests[name].answer === 'json' ? parseBoundedJson(body) : body.toString('utf8');
  }

  /**
   * The way to the host's files; nothing else sends what is not a read of metadata.
   * @throws RangeError unless the client was connected with `tier: 2`
   */
  hostFiles(): HostFileDoor {
    if (this.#tier < 2) throw new RangeError('this client was connected for reading metadata alone');
    return new HostFileDoor(this.#transport, this.#apiVersion);
  }

  async close(): Promise<void> {
    await this.#transport.close();
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
      return (await confirmClientCertificate(this.#transport.connector, signal)) ?? error;
    }
    if (['not-found', 'redirect-refused', 'malformed', 'too-large'].includes(error.reason)) {
      return new EngineError('not-a-docker-api', { detail: `GET /_ping: ${error.detail}`, cause: error });
    }
    return error;
  }

  #send(name: MetadataRequestName, parts: RequestParts, options: ReadOptions): Promise<Answer<Buffer>> {
    // The types say so already; a name known only at run time must not slip by them.
    if (allowedRequests[name].tier > this.#tier) throw new RangeError(`${name} is not open to this client`);
    return this.#transport.send(name, this.#apiVersion, parts, options);
  }
}
