import { z } from 'zod';
import { pageOf, pageQuery } from './pagination.ts';
import { Timestamp, Uuid, line, multilineText } from './text.ts';
import { Severity } from './vocabulary.ts';

/** Label names as in the OCI world: lower case, digits, `.`, `_`, `-`, `/`. */
const LabelName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9._/-]{0,61}[a-z0-9])?$/,
    'Lower case letters, digits, ".", "_", "-" and "/", 1 to 63 characters',
  );
export const Labels = z
  .record(LabelName, line(100))
  .refine((labels) => Object.keys(labels).length <= 32, 'At most 32 labels')
  .meta({ id: 'Labels', example: { team: 'payments', environment: 'production' } });

/** `tcp://name:port`, `tcp://[address]:port` or, where the operator allows it, `unix:///path`. */
export const HostAddress = line(300)
  .regex(
    /^(tcp:\/\/(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?):[0-9]{1,5}|unix:\/\/\/[^\s]+)$/,
    'tcp://host:port or unix:///path/to/docker.sock',
  )
  .refine(
    (address) =>
      !address.startsWith('tcp') ||
      (Number(address.split(':').at(-1)) > 0 && Number(address.split(':').at(-1)) <= 65535),
    'The port must be 1 to 65535',
  )
  .meta({ example: 'tcp://build-7.example.com:2376' });

const pem = (description: string) =>
  multilineText(65_536).min(1).meta({ description, example: '-----BEGIN CERTIFICATE-----\n…' });
export const HostCredentialInput = z
  .strictObject({
    ca: pem('PEM of the authority that signed the daemon’s certificate.'),
    certificate: pem('PEM of the client certificate.'),
    key: pem('PEM of the client key, not encrypted. Stored encrypted, never returned.'),
  })
  .meta({ id: 'HostCredentialInput' });

/** What is shown of stored TLS material: never the key. */
export const HostCredential = z
  .strictObject({
    subject: z.string(),
    issuer: z.string(),
    notAfter: Timestamp,
    fingerprint256: z.string(),
    authorityNotAfter: Timestamp,
  })
  .meta({ id: 'HostCredential' });

export const SeverityCounts = z
  .strictObject({ critical: z.int(), high: z.int(), medium: z.int(), low: z.int(), info: z.int() })
  .meta({ id: 'SeverityCounts' });
export type SeverityCounts = z.infer<typeof SeverityCounts>;
export const Reachability = z
  .strictObject({
    state: z.enum(['unknown', 'reachable', 'unreachable']),
    reason: z.string().nullable().meta({ description: 'Stable code, e.g. `unknown-authority`.' }),
    detail: z.string().nullable(),
    nextStep: z.string().nullable(),
    checkedAt: Timestamp.nullable(),
  })
  .meta({ id: 'Reachability' });

const HostName = line(100).meta({ example: 'build-7' });
export const Host = z
  .strictObject({
    id: Uuid,
    name: z.string(),
    address: z.string(),
    labels: Labels,
    simulated: z.boolean().meta({ description: 'True for the sample host: no real machine.' }),
    processLists: z.boolean().meta({
      description: 'Whether scans may ask for process lists, the only read that leaves an event on the host.',
    }),
    inspectHostFiles: z.boolean().meta({
      description:
        'Whether scans may read files of the host, through a container that is made for it, never started, and deleted.',
    }),
    credential: HostCredential.nullable(),
    reachability: Reachability,
    score: z.int().nullable().meta({ description: '0 (worst) to 100; null before the first scan.' }),
    counts: SeverityCounts.meta({ description: 'Open findings.' }),
    engineVersion: z.string().nullable(),
    lastScanId: Uuid.nullable(),
    lastScanAt: Timestamp.nullable(),
    lastScanState: z.string().nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: z.int(),
  })
  .meta({ id: 'Host' });
export type Host = z.infer<typeof Host>;

const inspecting = 'Whoever changes it needs the permission `hosts:inspect-files` as well.';
export const CreateHost = z
  .strictObject({
    name: HostName,
    address: HostAddress,
    labels: Labels.default({}),
    processLists: z.boolean().default(true),
    inspectHostFiles: z.boolean().default(false).meta({ description: inspecting }),
    credential: HostCredentialInput.optional().meta({ description: 'Required for tcp:// addresses.' }),
    simulated: z.boolean().default(false).meta({
      description:
        'Says that this is no real machine, as the sample host is none: shown as such everywhere. Where the engine itself says so, the first scan finds it out.',
    }),
  })
  .meta({ id: 'CreateHost' });
export const UpdateHost = z
  .strictObject({
    name: HostName.optional(),
    address: HostAddress.optional(),
    labels: Labels.optional(),
    processLists: z.boolean().optional(),
    inspectHostFiles: z.boolean().optional().meta({ description: inspecting }),
    credential: HostCredentialInput.optional(),
  })
  .meta({ id: 'UpdateHost' });
export const HostQuery = z.strictObject({
  ...pageQuery,
  search: line(100).optional().meta({ description: 'Part of the name or address.' }),
  label: line(200).optional().meta({
    description: '`name` or `name=value`; several separated by commas must all hold.',
    example: 'team=payments,environment=production',
  }),
  state: z.enum(['unknown', 'reachable', 'unreachable']).optional(),
  sort: z
    .enum(['name', '-name', 'score', '-score', 'createdAt', '-createdAt', 'lastScanAt', '-lastScanAt'])
    .default('name'),
});
export const HostPage = pageOf(Host).meta({ id: 'HostPage' });

/** Tests a connection before anything is saved. */
export const TestConnection = z
  .strictObject({ address: HostAddress, credential: HostCredentialInput.optional() })
  .meta({ id: 'TestConnection' });
export const ConnectionTest = z
  .strictObject({
    ok: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Stable code of what went wrong, e.g. `connection-refused`.' }),
    title: z.string(),
    detail: z.string(),
    nextStep: z.string().nullable(),
    engine: z
      .strictObject({
        version: z.string().nullable(),
        apiVersion: z.string(),
        operatingSystem: z.string().nullable(),
        name: z.string().nullable(),
      })
      .nullable(),
    durationMs: z.number(),
    testedAt: Timestamp,
  })
  .meta({ id: 'ConnectionTest' });
export type ConnectionTest = z.infer<typeof ConnectionTest>;

/** Containers and images as the last scan saw them, for the host's page. */
export const HostContainer = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    image: z.string().nullable(),
    state: z.string().nullable(),
    project: z.string().nullable(),
    ports: z.array(z.string()),
    worstSeverity: Severity.nullable(),
    openFindings: z.int(),
  })
  .meta({ id: 'HostContainer' });
export const HostImage = z
  .strictObject({
    id: z.string(),
    references: z.array(z.string()),
    sizeBytes: z.number(),
    createdAt: Timestamp.nullable(),
    usedBy: z.int(),
    worstSeverity: Severity.nullable(),
    openFindings: z.int(),
  })
  .meta({ id: 'HostImage' });
export const HostContainerPage = pageOf(HostContainer).meta({ id: 'HostContainerPage' });
export const HostImagePage = pageOf(HostImage).meta({ id: 'HostImagePage' });
export const HostThingQuery = z.strictObject({
  ...pageQuery,
  search: line(100).optional().meta({ description: 'Part of its name, or of the name of its image.' }),
});
