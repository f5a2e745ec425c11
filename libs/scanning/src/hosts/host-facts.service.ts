import type { Actor, HostFacts } from '@plimsoll/contracts';
import { quoteHostText } from '@plimsoll/docker-engine';
import type { Database } from '@plimsoll/persistence';
import {
  type CertificateFacts,
  type EndpointFacts,
  type HostSnapshot,
  type ProbeOutcome,
  isMissing,
  valueOf,
} from '@plimsoll/snapshot';
import { readNewestSnapshot } from './newest-snapshot.ts';

type Endpoint = NonNullable<HostFacts['endpoint']>;

/** A host's endpoint and engine, as its newest snapshot has them. */
export class HostFactsService {
  readonly #database: Database;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /** @throws NotFound where there is no such host, or no scan of it has had a result yet */
  async read({ tenantId }: Actor, hostId: string): Promise<HostFacts> {
    const { snapshot, scanId, takenAt } = await readNewestSnapshot(this.#database, tenantId, hostId);
    const { endpoint } = snapshot;
    return {
      scanId,
      takenAt: takenAt.toISOString(),
      ...(isMissing(endpoint)
        ? { endpoint: null, endpointMissing: quoteHostText(endpoint.detail) }
        : { endpoint: endpointOf(endpoint.value), endpointMissing: null }),
      engine: engineOf(snapshot),
    };
  }
}

const told = (value: string | undefined): string | null => (value === undefined ? null : quoteHostText(value));
const whole = (value: number | undefined): number | null =>
  value === undefined || !Number.isSafeInteger(value) ? null : value;

const certificateOf = (certificate: CertificateFacts): Endpoint['chain'][number] => ({
  subject: quoteHostText(certificate.subject),
  issuer: quoteHostText(certificate.issuer),
  names: certificate.names.map((name) => quoteHostText(name)),
  notBefore: quoteHostText(certificate.notBefore),
  notAfter: quoteHostText(certificate.notAfter),
  keyType: quoteHostText(certificate.keyType),
  keyBits: whole(certificate.keyBits),
  signatureAlgorithm: told(certificate.signatureAlgorithm),
  fingerprint256: certificate.fingerprint256,
});

const endpointOf = (facts: EndpointFacts): Endpoint => ({
  transport: facts.transport,
  address: facts.address,
  resolvedAddress: told(facts.resolvedAddress),
  protocol: told(facts.negotiated?.protocol),
  cipher: told(facts.negotiated?.cipher),
  chain: (facts.chain ?? []).map(certificateOf),
  clientCertificate: facts.clientCertificate === undefined ? null : certificateOf(facts.clientCertificate),
  acceptableAuthorities: facts.acceptableAuthorities?.map((name) => quoteHostText(name)) ?? null,
  handshakes: handshakesOf(facts),
  visits: visitsOf(facts),
  clockSkewMs: facts.clockSkewMs ?? null,
  incomplete: told(facts.incomplete),
});

const handshakesOf = ({ versions = [], weakSuites }: EndpointFacts): Endpoint['handshakes'] =>
  [
    ...versions.map(({ version, ...handshake }) => ({ offer: version, ...handshake })),
    ...(weakSuites === undefined ? [] : [{ offer: 'weak-suites' as const, ...weakSuites }]),
  ].map(({ offer, accepted, cipher, notTried }) => ({
    offer,
    accepted,
    cipher: told(cipher),
    notTried: told(notTried),
  }));

const visitsOf = (facts: EndpointFacts): Endpoint['visits'] => {
  const visits = [
    ['plain-http', facts.plainHttp],
    ['plain-http-2375', facts.plainHttp2375],
    ['anonymous-tls', facts.anonymousTls],
    ['foreign-certificate', facts.foreignCertificate],
  ] as const satisfies (readonly [Endpoint['visits'][number]['visit'], ProbeOutcome | undefined])[];
  return visits.flatMap(([visit, found]) =>
    found === undefined
      ? []
      : [
          {
            visit,
            outcome: found.outcome,
            httpStatus: whole(found.httpStatus),
            detail: quoteHostText(found.detail),
          },
        ],
  );
};

const engineOf = (snapshot: HostSnapshot): HostFacts['engine'] => {
  const info = valueOf(snapshot.info);
  const version = valueOf(snapshot.version);
  return {
    name: told(info?.Name),
    operatingSystem: told(info?.OperatingSystem),
    kernelVersion: told(info?.KernelVersion ?? version?.KernelVersion),
    architecture: told(info?.Architecture ?? version?.Arch),
    apiVersion: quoteHostText(snapshot.apiVersion),
    minimumApiVersion: told(version?.MinAPIVersion),
    storageDriver: told(info?.Driver),
    rootDirectory: told(info?.DockerRootDir),
    cgroupVersion: told(info?.CgroupVersion),
    cgroupDriver: told(info?.CgroupDriver),
    defaultRuntime: told(info?.DefaultRuntime),
    swarmState: told(info?.Swarm?.LocalNodeState),
    securityOptions: (info?.SecurityOptions ?? []).map((option) => quoteHostText(option)),
    components: (version?.Components ?? []).map(({ Name, Version }) => ({
      name: quoteHostText(Name ?? '?'),
      version: told(Version),
    })),
  };
};
