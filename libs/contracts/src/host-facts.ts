import { z } from 'zod';
import { Uuid, Timestamp } from './text.ts';

const HostText = z.string().nullable().meta({ description: 'As the host told it; null where it did not.' });

/** A certificate as the endpoint, or its registration, shows it. Dates are as the certificate writes them. */
export const EndpointCertificate = z
  .strictObject({
    subject: z.string(),
    issuer: z.string(),
    names: z.array(z.string()).meta({ description: 'Subject alternative names, e.g. `DNS:host.example.com`.' }),
    notBefore: z.string(),
    notAfter: z.string(),
    keyType: z.string(),
    keyBits: z.int().nullable(),
    signatureAlgorithm: z.string().nullable(),
    fingerprint256: z.string(),
  })
  .meta({ id: 'EndpointCertificate' });

/** One careful visit from outside, and what came of it. */
export const EndpointVisit = z
  .strictObject({
    visit: z.enum(['plain-http', 'plain-http-2375', 'anonymous-tls', 'foreign-certificate']),
    outcome: z
      .enum(['engine', 'other-http', 'refused', 'closed', 'timed-out', 'not-probed'])
      .meta({ description: '`engine`: a Docker Engine answered.' }),
    httpStatus: z.int().nullable(),
    detail: z.string(),
  })
  .meta({ id: 'EndpointVisit' });

export const EndpointHandshake = z
  .strictObject({
    offer: z.enum(['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3', 'weak-suites']),
    accepted: z.boolean(),
    cipher: z.string().nullable(),
    notTried: z.string().nullable().meta({ description: 'Why it could not be tried from here.' }),
  })
  .meta({ id: 'EndpointHandshake' });

export const HostEndpoint = z
  .strictObject({
    transport: z.enum(['tls', 'tcp', 'unix']),
    address: z.string(),
    resolvedAddress: HostText,
    protocol: HostText,
    cipher: HostText,
    chain: z.array(EndpointCertificate).meta({ description: 'What the endpoint sent, its own certificate first.' }),
    clientCertificate: EndpointCertificate.nullable(),
    acceptableAuthorities: z
      .array(z.string())
      .nullable()
      .meta({ description: 'Authorities whose clients the endpoint accepts; null where it does not tell.' }),
    handshakes: z.array(EndpointHandshake),
    visits: z.array(EndpointVisit),
    clockSkewMs: z.number().nullable().meta({ description: "The engine's clock minus ours, in milliseconds." }),
    incomplete: z.string().nullable().meta({ description: 'Why the look from outside ended early.' }),
  })
  .meta({ id: 'HostEndpoint' });

export const HostEngine = z
  .strictObject({
    name: HostText,
    operatingSystem: HostText,
    kernelVersion: HostText,
    architecture: HostText,
    apiVersion: z.string(),
    minimumApiVersion: HostText,
    storageDriver: HostText,
    rootDirectory: HostText,
    cgroupVersion: HostText,
    cgroupDriver: HostText,
    defaultRuntime: HostText,
    swarmState: HostText,
    securityOptions: z.array(z.string()),
    components: z.array(z.strictObject({ name: z.string(), version: HostText })).meta({
      description: 'Docker Engine, containerd, runc …, as the engine lists them.',
    }),
  })
  .meta({ id: 'HostEngine' });

/** What the last scan with a result saw of a host's endpoint and engine, apart from any judgement. */
export const HostFacts = z
  .strictObject({
    scanId: Uuid.nullable(),
    takenAt: Timestamp,
    endpoint: HostEndpoint.nullable(),
    endpointMissing: z.string().nullable().meta({ description: 'Why there is no endpoint.' }),
    engine: HostEngine,
  })
  .meta({ id: 'HostFacts' });
export type HostFacts = z.infer<typeof HostFacts>;
