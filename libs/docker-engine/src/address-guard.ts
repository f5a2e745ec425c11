import { lookup } from 'node:dns/promises';
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Agent, type buildConnector } from 'undici';
import { type AddressClass, type AddressPolicy, refusalOf } from './address-policy.ts';
import { EngineError } from './engine-error.ts';

/** A numeric address that a policy allows. */
export interface GuardedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a name to all of its addresses; `dns.lookup` unless a test gives another. */
export type ResolveName = (name: string) => Promise<readonly { address: string; family: number }[]>;

export interface GuardOptions {
  readonly resolveName?: ResolveName | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For the name's resolution and for each attempt to connect. Default 10,000. */
  readonly timeoutMs?: number | undefined;
}

const defaultTimeoutMs = 10_000;
const resolveBySystem: ResolveName = (name) => lookup(name, { all: true, verbatim: true });

const classNames: Record<AddressClass, string> = {
  public: 'a public address',
  private: 'a private network',
  loopback: 'this machine itself (loopback)',
  'link-local': 'a link-local address',
  metadata: 'the metadata service of a cloud',
  special: 'a reserved or special-purpose address',
};

/** Gives up on a promise that can't be cancelled itself; `dns.lookup` is one. */
const withDeadline = async <T>(work: Promise<T>, timeoutMs: number, signal?: AbortSignal): Promise<T> => {
  const limits = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]);
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => {
    const cancelled = signal?.aborted === true;
    reject(
      new EngineError(cancelled ? 'cancelled' : 'timed-out', {
        detail: cancelled ? 'The request was cancelled.' : `The name was not resolved within ${timeoutMs} ms.`,
      }),
    );
  };
  if (limits.aborted) stop();
  limits.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    limits.removeEventListener('abort', stop);
  }
};

/**
 * The addresses of a name, each allowed by the policy: the one judge when a host or webhook is saved, tested and used.
 * One refused address refuses the name, or an attacker could mix a good one with a bad one.
 * @param host a name or a numeric address, without brackets
 * @throws EngineError `name-not-found`, `address-refused`, `timed-out`, `cancelled`
 */
export const resolveGuarded = async (
  host: string,
  policy: AddressPolicy,
  options: GuardOptions = {},
): Promise<readonly [GuardedAddress, ...GuardedAddress[]]> => {
  const found =
    isIP(host) === 0
      ? await withDeadline(
          (options.resolveName ?? resolveBySystem)(host).catch((cause: unknown) => {
            throw new EngineError('name-not-found', { detail: `The name ${host} has no address.`, cause });
          }),
          options.timeoutMs ?? defaultTimeoutMs,
          options.signal,
        )
      : [{ address: host, family: isIP(host) }];
  for (const { address } of found) {
    const refusal = refusalOf(address, policy);
    if (refusal === undefined) continue;
    const shown = address === host ? address : `${host} (${address})`;
    const decider =
      refusal.setting === undefined ? 'no setting allows that' : `${refusal.setting} would have to allow it`;
    throw new EngineError('address-refused', {
      detail: `${shown} is ${classNames[refusal.addressClass]}: ${decider}.`,
      ...(refusal.setting === undefined ? {} : { setting: refusal.setting }),
    });
  }
  const [first, ...others] = found.map(({ address, family }): GuardedAddress => ({
    address,
    family: family === 6 ? 6 : 4,
  }));
  if (first === undefined) throw new EngineError('name-not-found', { detail: `The name ${host} has no address.` });
  return [first, ...others];
};

/** Opens a TCP connection to one pinned address. */
export const connectPinned = (
  { address, family }: GuardedAddress,
  port: number,
  { signal, timeoutMs = defaultTimeoutMs }: GuardOptions = {},
): Promise<Socket> => openSocket(connectTcp({ host: address, port, family, noDelay: true }), timeoutMs, signal);

/** Opens a unix socket. */
export const connectUnix = (
  path: string,
  { signal, timeoutMs = defaultTimeoutMs }: GuardOptions = {},
): Promise<Socket> => openSocket(connectTcp({ path }), timeoutMs, signal);

const openSocket = (socket: Socket, timeoutMs: number, signal?: AbortSignal): Promise<Socket> =>
  settleSocket(socket, 'connect', timeoutMs, signal);

/** TLS over a connection that is open already, so that nothing is resolved again. */
export const secureSocket = (
  socket: Duplex,
  host: string,
  tls: ConnectionOptions,
  { signal, timeoutMs = defaultTimeoutMs }: GuardOptions = {},
): Promise<TLSSocket> => {
  // An address has no place in the server name extension (RFC 6066); its certificate is checked by `host` then.
  const name = isIP(host) === 0 ? { servername: host } : { host };
  let secured: TLSSocket;
  try {
    secured = connectTls({ ...tls, ...name, socket, ALPNProtocols: ['http/1.1'] });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return settleSocket(secured, 'secureConnect', timeoutMs, signal);
};

const settleSocket = <S extends Socket>(
  socket: S,
  ready: 'connect' | 'secureConnect',
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<S> => {
  const { promise, resolve, reject } = Promise.withResolvers<S>();
  const fail = (error: Error): void => {
    socket.destroy();
    reject(error);
  };
  const timer = setTimeout(() => {
    fail(new EngineError('timed-out', { detail: `No connection within ${timeoutMs} ms.` }));
  }, timeoutMs);
  const abort = (): void => fail(new EngineError('cancelled', { detail: 'The request was cancelled.' }));
  const closed = (): void => fail(Object.assign(new Error('socket closed'), { code: 'ECONNRESET' }));
  signal?.addEventListener('abort', abort, { once: true });
  socket.once('error', fail);
  socket.once('close', closed);
  socket.once(ready, () => resolve(socket));
  if (signal?.aborted === true) abort();
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    socket.off('close', closed);
    socket.off('error', fail);
  });
};

/** Tries the pinned addresses in the resolver's order until one accepts. */
export const connectGuarded = async (
  host: string,
  port: number,
  policy: AddressPolicy,
  options: GuardOptions = {},
): Promise<{ socket: Socket; address: GuardedAddress }> => {
  const addresses = await resolveGuarded(host, policy, options);
  let failure: unknown;
  for (const address of addresses) {
    try {
      return { socket: await connectPinned(address, port, options), address };
    } catch (error) {
      failure = error;
      if (options.signal?.aborted === true) break;
    }
  }
  throw failure;
};

/**
 * A connector for undici that guards and pins every connection it opens, https or http: for webhooks.
 * @example new Agent({ connect: guardedConnector(webhookPolicy) })
 */
export const guardedConnector =
  (policy: AddressPolicy, options: GuardOptions & { tls?: ConnectionOptions } = {}): buildConnector.connector =>
  (target, callback) => {
    const isTls = target.protocol === 'https:';
    const host = target.hostname.replace(/^\[(.*)\]$/u, '$1');
    const open = async (): Promise<Socket> => {
      const { socket } = await connectGuarded(host, Number(target.port || (isTls ? 443 : 80)), policy, options);
      return isTls ? secureSocket(socket, host, options.tls ?? {}, options) : socket;
    };
    open().then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };

/** An undici agent whose every connection is guarded and pinned; undici's core follows no redirect by itself. */
export const guardedAgent = (
  policy: AddressPolicy,
  options: Omit<Agent.Options, 'connect'> & { guard?: GuardOptions & { tls?: ConnectionOptions } } = {},
): Agent => {
  const { guard, ...agentOptions } = options;
  return new Agent({ allowH2: false, ...agentOptions, connect: guardedConnector(policy, guard) });
};
