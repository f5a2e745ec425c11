import { z } from 'zod';

/** A certificate of the chain that the endpoint sent, leaf first, or of what was registered. Times are RFC 3339. */
export const CertificateFacts = z.object({
  subject: z.string(),
  issuer: z.string(),
  serialNumber: z.string(),
  notBefore: z.string(),
  notAfter: z.string(),
  /** Subject alternative names, e.g. `DNS:host.example`, `IP:127.0.0.1`. */
  names: z.array(z.string()),
  keyType: z.string(), // rsa, ec, ed25519 …
  keyBits: z.number().optional(),
  curve: z.string().optional(),
  signatureAlgorithm: z.string().optional(),
  isAuthority: z.boolean(),
  selfIssued: z.boolean(),
  extendedKeyUsage: z.array(z.string()), // OIDs, e.g. 1.3.6.1.5.5.7.3.1
  fingerprint256: z.string(),
});
export type CertificateFacts = z.infer<typeof CertificateFacts>;

/**
 * One careful request to the registered address, judged by the answer and not by the handshake
 * (under TLS 1.3 a refused client certificate shows only at the first read).
 */
export const ProbeOutcome = z.object({
  /** `engine`: a Docker Engine answered (Api-Version or Server: Docker header); `refused`: TLS or 4xx from a TLS listener; */
  outcome: z.enum(['engine', 'other-http', 'refused', 'closed', 'timed-out', 'not-probed']),
  httpStatus: z.number().optional(),
  detail: z.string(),
});
export type ProbeOutcome = z.infer<typeof ProbeOutcome>;

export const TlsVersionOffer = z.object({
  version: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']),
  accepted: z.boolean(),
  cipher: z.string().optional(),
  /** Set where this machine's own TLS library could not even try. */
  notTried: z.string().optional(),
});
export type TlsVersionOffer = z.infer<typeof TlsVersionOffer>;

/** What the endpoint looks like from where the collector stands. */
export const EndpointFacts = z.object({
  transport: z.enum(['tls', 'tcp', 'unix']),
  /** As registered, e.g. `tcp://build-7.example:2376` or `unix:///var/run/docker.sock`. */
  address: z.string(),
  host: z.string().optional(),
  port: z.number().optional(),
  /** The address the connection was pinned to. */
  resolvedAddress: z.string().optional(),
  negotiated: z.object({ protocol: z.string(), cipher: z.string() }).optional(),
  versions: z.array(TlsVersionOffer).optional(),
  /** The answer to a TLS 1.2 handshake that offers only suites without forward secrecy or authenticated encryption. */
  weakSuites: z
    .object({ accepted: z.boolean(), cipher: z.string().optional(), notTried: z.string().optional() })
    .optional(),
  chain: z.array(CertificateFacts).optional(),
  /** The authorities registered for the host. */
  registeredAuthorities: z.array(CertificateFacts).optional(),
  clientCertificate: CertificateFacts.optional(),
  /** Names in the server's CertificateRequest: the authorities whose clients it accepts. */
  acceptableAuthorities: z.array(z.string()).optional(),
  plainHttp: ProbeOutcome.optional(),
  /** Plain HTTP on 2375 of the same address. */
  plainHttp2375: ProbeOutcome.optional(),
  anonymousTls: ProbeOutcome.optional(),
  foreignCertificate: ProbeOutcome.optional(),
  /** Difference between the engine's clock (Date header or SystemTime) and the collector's, in milliseconds. */
  clockSkewMs: z.number().optional(),
  /** Why the handshake probes ended early; what was learnt until then is kept. */
  incomplete: z.string().optional(),
});
export type EndpointFacts = z.infer<typeof EndpointFacts>;
