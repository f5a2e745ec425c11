import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { CertificateFacts } from '@plimsoll/snapshot';
import { Pool } from 'undici';
import { RecordingSocket } from './acceptable-authorities.ts';
import { connectGuarded, connectUnix, type ResolveName, secureSocket } from './address-guard.ts';
import type { AddressPolicy } from './address-policy.ts';
import { certificateFacts } from './certificate-facts.ts';
import { toEngineError } from './classify-failure.ts';
import type { EngineAddress } from './engine-address.ts';
import { EngineError } from './engine-error.ts';
import type { TlsMaterial } from './tls-material.ts';
import { unknownAuthority } from './unknown-authority.ts';

/** A Docker host and how to reach it. Without `tls` a TCP address is plain HTTP, which `allowPlainTcp` must permit. */
export interface EngineTarget {
  readonly address: EngineAddress;
  readonly tls?: TlsMaterial | undefined;
  readonly policy: AddressPolicy;
  /** Where the operator allows it: `unix://` on this machine. Default false. */
  readonly allowUnixSockets?: boolean | undefined;
  /** Where the operator allows it: `tcp://` without TLS. Default false. */
  readonly allowPlainTcp?: boolean | undefined;
  readonly resolveName?: ResolveName | undefined;
}

/** What was learnt while connecting; filled by the first connection. */
export interface ConnectionFacts {
  resolvedAddress?: string;
  negotiated?: { protocol: string; cipher: string };
  /** As the host sent it, leaf first. */
  chain?: CertificateFacts[];
}

export interface ConnectionLimits {
  /** For requests that keep the engine busy. Default 8. */
  readonly connections: number;
  /** Beside them, for requests that only wait at the engine. Opened when needed. Default 24. */
  readonly waitingConnections: number;
  /** To resolve, to connect, and to agree on TLS, each. Default 10,000. */
  readonly connectTimeoutMs: number;
  /** Between two chunks of a body. Default 10,000. */
  readonly idleTimeoutMs: number;
}
export const defaultConnectionLimits: ConnectionLimits = {
  connections: 8,
  waitingConnections: 24,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: 10_000,
};

/** @throws EngineError `address-refused` for a transport that the operator has not allowed */
export const assertTransportAllowed = (target: EngineTarget): void => {
  if (target.address.transport === 'unix' && target.allowUnixSockets !== true) {
    throw new EngineError('address-refused', {
      detail: 'Sockets of this machine are not allowed here.',
      setting: 'PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS',
    });
  }
  if (target.address.transport === 'tcp' && target.tls === undefined && target.allowPlainTcp !== true) {
    throw new EngineError('address-refused', {
      detail: 'A connection without TLS is not allowed here: anyone on the way could read and change it.',
      setting: 'PLIMSOLL_HOSTS_ALLOW_PLAIN_TCP',
    });
  }
};

/** @throws EngineError `client-material-unusable` */
const secureContextOf = (tls: TlsMaterial): SecureContext => {
  try {
    return createSecureContext({ ca: tls.ca, cert: tls.certificate, key: tls.key, minVersion: 'TLSv1.2' });
  } catch (cause) {
    throw new EngineError('client-material-unusable', {
      detail: 'The TLS library does not take the registered certificates or key.',
      cause,
    });
  }
};

/** Facts of a verified chain; a root names itself as its issuer, which ends the walk. */
const chainFacts = (leaf: X509Certificate | undefined): CertificateFacts[] => {
  const chain: CertificateFacts[] = [];
  const seen = new Set<string>();
  for (
    let current = leaf;
    current !== undefined && !seen.has(current.fingerprint256) && chain.length < 10;
    current = current.issuerCertificate
  ) {
    seen.add(current.fingerprint256);
    chain.push(certificateFacts(current));
  }
  return chain;
};

/** Opens sockets to one host: guarded, pinned, and resuming its own TLS sessions, as handshakes are dear. */
export class EngineConnector {
  readonly facts: ConnectionFacts = {};
  readonly #target: EngineTarget;
  readonly #timeoutMs: number;
  readonly #secureContext: SecureContext | undefined;
  #session: Buffer | undefined;

  constructor(target: EngineTarget, timeoutMs: number) {
    assertTransportAllowed(target);
    this.#target = target;
    this.#timeoutMs = timeoutMs;
    this.#secureContext = target.tls === undefined ? undefined : secureContextOf(target.tls);
  }

  async open(): Promise<Socket> {
    const resumed = this.#session;
    try {
      return await this.#openOnce(resumed);
    } catch (error) {
      if (toEngineError(error).reason === 'unknown-authority') throw await this.#unknownAuthority(error);
      if (resumed === undefined || error instanceof EngineError) throw error;
      // Some proxies offer sessions and then fail on them.
      this.#session = undefined;
      return this.#openOnce(undefined);
    }
  }

  /** What the host sent in a handshake up to TLS 1.2 that came to nothing; `undefined` where it came to its end. */
  async failedHandshake(): Promise<Buffer | undefined> {
    const { address, policy, resolveName, tls } = this.#target;
    if (address.transport === 'unix' || tls === undefined) return undefined;
    const options = { timeoutMs: this.#timeoutMs, resolveName };
    const { socket } = await connectGuarded(address.host, address.port, policy, options);
    const recording = new RecordingSocket(socket);
    const parameters = { ca: tls.ca, cert: tls.certificate, key: tls.key, maxVersion: 'TLSv1.2' } as const;
    try {
      (await secureSocket(recording, address.host, parameters, options)).destroy();
      return undefined;
    } catch {
      return recording.received;
    } finally {
      recording.destroy();
    }
  }

  /** With a second handshake, after which nothing is sent: the library closes the first before it can be asked. */
  async #unknownAuthority(error: unknown): Promise<EngineError> {
    const { address, policy, resolveName, tls } = this.#target;
    if (address.transport === 'unix' || tls === undefined) return toEngineError(error);
    const options = { timeoutMs: this.#timeoutMs, resolveName };
    const parameters = { secureContext: this.#secureContext, rejectUnauthorized: false };
    try {
      const { socket } = await connectGuarded(address.host, address.port, policy, options);
      const secured = await secureSocket(socket, address.host, parameters, options);
      const shown = secured.getPeerX509Certificate();
      secured.on('error', () => undefined);
      secured.destroy();
      return unknownAuthority(shown, tls.ca, error);
    } catch {
      return unknownAuthority(undefined, tls.ca, error);
    }
  }

  async #openOnce(session: Buffer | undefined): Promise<Socket> {
    const { address, policy, resolveName } = this.#target;
    const options = { timeoutMs: this.#timeoutMs, resolveName };
    if (address.transport === 'unix') return connectUnix(address.path, options);
    const pinned = this.facts.resolvedAddress;
    // One scan stays with one address: a name that changes in between can't lead it elsewhere.
    const { socket, address: used } = await connectGuarded(pinned ?? address.host, address.port, policy, options);
    if (this.#secureContext === undefined) {
      this.facts.resolvedAddress = used.address;
      return socket;
    }
    const secured = await secureSocket(
      socket,
      address.host,
      { secureContext: this.#secureContext, ...(session === undefined ? {} : { session }) },
      options,
    );
    secured.on('session', (ticket) => {
      this.#session = ticket;
    });
    this.facts.resolvedAddress = used.address;
    if (this.facts.negotiated === undefined) {
      this.facts.negotiated = { protocol: secured.getProtocol() ?? 'unknown', cipher: secured.getCipher().name };
      this.facts.chain = chainFacts(secured.getPeerX509Certificate());
    }
    return secured;
  }
}

/** A keep-alive pool over a connector. HTTP/1.1 without pipelining: one hanging answer blocks no other. */
export const openPool = (target: EngineTarget, connector: EngineConnector, limits: ConnectionLimits): Pool => {
  const { address } = target;
  const host = address.transport === 'unix' ? 'localhost' : address.host;
  const authority = host.includes(':') ? `[${host}]` : host;
  const port = address.transport === 'unix' ? '' : `:${address.port}`;
  return new Pool(`${target.tls === undefined ? 'http' : 'https'}://${authority}${port}`, {
    connections: limits.connections + limits.waitingConnections,
    pipelining: 1,
    allowH2: false,
    bodyTimeout: limits.idleTimeoutMs,
    headersTimeout: 0, // the deadline of the request covers it
    connectTimeout: 0, // the connector's own
    maxHeaderSize: 16 * 1024,
    connect: (_options, callback) => {
      connector.open().then(
        (socket) => callback(null, socket),
        (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
      );
    },
  });
};
