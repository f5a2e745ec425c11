import type { Socket } from 'node:net';
import type { EndpointFacts, ProbeOutcome } from '@plimsoll/snapshot';
import { connectGuarded, connectPinned, type GuardedAddress, secureSocket } from './address-guard.ts';
import { certificateFacts, certificatesOf } from './certificate-facts.ts';
import type { TlsMaterial } from './tls-material.ts';
import { assertTransportAllowed, type ConnectionFacts, type EngineTarget } from './engine-connection.ts';
import { formatEngineAddress } from './engine-address.ts';
import { outcomeOfFailure, probeHttp } from './http-probe.ts';

export interface ProbeOptions {
  /** What the scan's own connection saw; the probe then asks for none of it again. */
  readonly connection?: ConnectionFacts | undefined;
  readonly clockSkewMs?: number | undefined;
  readonly now: Date;
  readonly signal?: AbortSignal | undefined;
  /** For each connection. Default 3,000. */
  readonly timeoutMs?: number | undefined;
}

const plainEnginePort = 2375;
const defaultTimeoutMs = 3_000;

/**
 * What the endpoint looks like from outside: at most ten short connections, two at a time, to the
 * registered address and to port 2375 of the same. Nothing but GET /_ping and GET /version is asked.
 * The registered certificate is never shown where a stranger's visit is tried.
 */
export const probeEndpoint = async (target: EngineTarget, options: ProbeOptions): Promise<EndpointFacts> => {
  assertTransportAllowed(target);
  const { address, tls } = target;
  const facts: EndpointFacts = {
    transport: address.transport === 'unix' ? 'unix' : tls === undefined ? 'tcp' : 'tls',
    address: formatEngineAddress(address),
    ...(options.clockSkewMs === undefined ? {} : { clockSkewMs: options.clockSkewMs }),
  };
  if (address.transport === 'unix') return facts;

  const { signal, timeoutMs = defaultTimeoutMs, connection } = options;
  const guard = { signal, timeoutMs, resolveName: target.resolveName };
  const first = await connectGuarded(connection?.resolvedAddress ?? address.host, address.port, target.policy, guard);
  const pinned: GuardedAddress = first.address;
  first.socket.destroy();
  const open = (port = address.port): Promise<Socket> => connectPinned(pinned, port, guard);
  const httpHost = address.host.includes(':') ? `[${address.host}]` : address.host;
  const visit = (openSocket: () => Promise<Socket>, path: '/_ping' | '/version'): Promise<ProbeOutcome> =>
    probeHttp(openSocket, path, httpHost, timeoutMs);

  facts.host = address.host;
  facts.port = address.port;
  facts.resolvedAddress = pinned.address;
  // A firewall that drops packets makes this one wait out its time: the others need not wait for it.
  const otherPort = address.port === plainEnginePort ? undefined : visit(() => open(plainEnginePort), '/_ping');
  facts.plainHttp = await visit(open, '/_ping');
  if (tls !== undefined) await probeTls({ host: address.host, tls, options, facts, open, visit });
  facts.plainHttp2375 = (await otherPort) ?? facts.plainHttp;
  return facts;
};

interface TlsVisit {
  readonly host: string;
  readonly tls: TlsMaterial;
  readonly options: ProbeOptions;
  readonly facts: EndpointFacts;
  readonly open: () => Promise<Socket>;
  readonly visit: (openSocket: () => Promise<Socket>, path: '/_ping' | '/version') => Promise<ProbeOutcome>;
}

/** Adds to the facts what only a TLS endpoint has. */
const probeTls = async ({ host, tls, options, facts, open, visit }: TlsVisit): Promise<void> => {
  const { signal, timeoutMs = defaultTimeoutMs, connection } = options;

  if (connection?.negotiated !== undefined) facts.negotiated = connection.negotiated;
  if (connection?.chain !== undefined) facts.chain = connection.chain;
  facts.registeredAuthorities = certificatesOf(tls.ca).map(certificateFacts);
  const [client] = certificatesOf(tls.certificate);
  if (client !== undefined) facts.clientCertificate = certificateFacts(client);

  const openTls = async (stranger: { cert?: string; key?: string }): Promise<Socket> =>
    secureSocket(await open(), host, { ...stranger, rejectUnauthorized: false }, { signal, timeoutMs });
  facts.anonymousTls = await visit(() => openTls({}), '/_ping');
  // Loaded when needed: the certificate library takes a tenth of a second, which a start should not pay.
  const [{ foreignCertificate }, tlsProbe] = await Promise.all([
    import('./foreign-certificate.ts'),
    import('./tls-probe.ts'),
  ]);
  const foreign = await foreignCertificate(options.now);
  facts.foreignCertificate = await visit(() => openTls({ cert: foreign.certificate, key: foreign.key }), '/version');
  const handshake = { host, open, certificate: tls.certificate, key: tls.key, timeoutMs };
  try {
    const { versions, acceptableAuthorities } = await tlsProbe.offeredVersions(handshake);
    facts.versions = versions;
    if (acceptableAuthorities !== undefined) facts.acceptableAuthorities = acceptableAuthorities;
    facts.weakSuites = await tlsProbe.weakSuiteOffer(handshake);
  } catch (error) {
    // The port was open a moment ago: what was learnt until here is kept.
    facts.incomplete = outcomeOfFailure(error).detail;
  }
};
