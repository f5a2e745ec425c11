import type { CertificateFacts, EndpointFacts, ProbeOutcome } from '@plimsoll/snapshot';

/** The leaf of `host.example`, issued by `CN=Example CA`; name only what matters. */
export const aCertificate = (given: Partial<CertificateFacts> = {}): CertificateFacts => ({
  subject: 'CN=host.example',
  issuer: 'CN=Example CA',
  serialNumber: '01',
  notBefore: '2026-06-01T00:00:00.000Z',
  notAfter: '2027-06-01T00:00:00.000Z',
  names: ['DNS:host.example', 'IP:10.0.0.5'],
  keyType: 'ec',
  keyBits: 256,
  curve: 'prime256v1',
  signatureAlgorithm: 'ecdsa-with-SHA256',
  isAuthority: false,
  selfIssued: false,
  extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'],
  fingerprint256: 'AA:01',
  ...given,
});

export const anAuthority = (given: Partial<CertificateFacts> = {}): CertificateFacts =>
  aCertificate({
    subject: 'CN=Example CA',
    names: [],
    isAuthority: true,
    selfIssued: true,
    extendedKeyUsage: [],
    notAfter: '2034-06-01T00:00:00.000Z',
    fingerprint256: 'AA:02',
    ...given,
  });

export const aClientCertificate = (given: Partial<CertificateFacts> = {}): CertificateFacts =>
  aCertificate({
    subject: 'CN=scanner',
    names: [],
    extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
    fingerprint256: 'AA:03',
    ...given,
  });

/** The outcome of a probe, e.g. `probed('engine', 200)`. */
export const probed = (outcome: ProbeOutcome['outcome'], httpStatus?: number): ProbeOutcome => ({
  outcome,
  detail: `${outcome} ${httpStatus ?? ''}`.trim(),
  ...(httpStatus === undefined ? {} : { httpStatus }),
});

/** A sound endpoint: mutual TLS with a private authority; name only what matters. */
export const anEndpoint = (given: Partial<EndpointFacts> = {}): EndpointFacts => ({
  transport: 'tls',
  address: 'tcp://host.example:2376',
  host: 'host.example',
  port: 2376,
  resolvedAddress: '10.0.0.5',
  negotiated: { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  versions: [
    { version: 'TLSv1', accepted: false },
    { version: 'TLSv1.1', accepted: false },
    { version: 'TLSv1.2', accepted: true, cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
    { version: 'TLSv1.3', accepted: true, cipher: 'TLS_AES_128_GCM_SHA256' },
  ],
  weakSuites: { accepted: false },
  chain: [aCertificate()],
  registeredAuthorities: [anAuthority()],
  clientCertificate: aClientCertificate(),
  acceptableAuthorities: ['CN=Example CA'],
  plainHttp: probed('refused', 400),
  plainHttp2375: probed('closed'),
  anonymousTls: probed('refused'),
  foreignCertificate: probed('refused'),
  ...given,
});

/** An endpoint on a UNIX socket, of which there is nothing to probe. */
export const aSocketEndpoint = (): EndpointFacts => ({ transport: 'unix', address: 'unix:///var/run/docker.sock' });
