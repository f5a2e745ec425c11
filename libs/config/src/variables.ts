import { z } from 'zod';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const second = 1;
const day = 24 * 60 * 60 * second;

const onOff = z.stringbool({
  truthy: ['on', 'true', 'yes', '1'],
  falsy: ['off', 'false', 'no', '0'],
  error: 'must be on or off',
});

function whole(minimum: number, maximum: number): z.ZodCoercedNumber {
  const error = `must be a whole number from ${minimum} to ${maximum}`;
  return z.coerce.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
}

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

function urlOf(...protocols: string[]): z.ZodURL {
  return z.url({
    protocol: new RegExp(`^(${protocols.join('|')})$`),
    error: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  });
}

/** Where the default depends on the kind of deployment: left open here, closed by `Config`. */
const byDeployment = (): z.ZodOptional<typeof onOff> => onOff.optional();

/** What the documentation says about a variable. */
interface VariableNotes {
  readonly description: string;
  /** In place of the schema's own default, where that says too little. */
  readonly defaultText?: string;
  /** Can also be given as a file: the variable's name with `_FILE`, holding a path. */
  readonly secret?: true;
}

const notes = z.registry<VariableNotes>();

function variable<Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  more: Omit<VariableNotes, 'description'> = {},
): Schema {
  notes.add(schema, { description, ...more });
  return schema;
}

/** Every environment variable that Plimsoll reads, in the order of the documentation. */
export const environmentSchema = z.object({
  PLIMSOLL_HOST: variable(z.string().min(1).default('127.0.0.1'), 'Address to listen on.'),
  PLIMSOLL_PORT: variable(whole(0, 65_535).default(7420), 'Port to listen on; 0 takes any free one.'),
  PLIMSOLL_PUBLIC_URL: variable(
    urlOf('http', 'https').optional(),
    'Where people reach Plimsoll, if not at the address it listens on: used in links and for the cookie.',
    { defaultText: '`http://` + host + port' },
  ),
  PLIMSOLL_TRUSTED_PROXIES: variable(
    list.default([]),
    'Addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For` is believed, separated by commas.',
  ),
  PLIMSOLL_DATA_DIR: variable(
    z.string().min(1).default('.plimsoll'),
    'Folder of the embedded database and of keys that were made here.',
  ),
  PLIMSOLL_DEPLOYMENT: variable(
    z.enum(['self-hosted', 'multi-tenant'], { error: 'must be self-hosted or multi-tenant' }).default('self-hosted'),
    'Whether all tenants are one house (`self-hosted`) or do not trust each other (`multi-tenant`); sets other defaults.',
  ),
  DATABASE_URL: variable(
    urlOf('postgresql', 'postgres').optional(),
    'A PostgreSQL of your own, 15 or newer, as a user who may make tables and roles. Needed by what migrates.',
    { secret: true, defaultText: 'the embedded PostgreSQL' },
  ),
  PLIMSOLL_APP_DATABASE_URL: variable(
    urlOf('postgresql', 'postgres').optional(),
    'The same database as the role that API and worker use; migration makes the role.',
    { secret: true, defaultText: 'role `plimsoll_app`, password derived from that in `DATABASE_URL`' },
  ),
  PLIMSOLL_DATABASE_POOL_SIZE: variable(whole(2, 500).default(10), 'Connections to the database per process.'),
  REDIS_URL: variable(urlOf('redis', 'rediss').optional(), 'A Redis or Valkey for the queue.', {
    secret: true,
    defaultText: 'the queue lives in PostgreSQL',
  }),
  PLIMSOLL_MASTER_KEY: variable(
    z.string().min(1).optional(),
    'Key that wraps the tenants’ data keys: 32 bytes in base64. While keys are rotated, the new one and the old one.',
    { secret: true, defaultText: 'made in the data folder' },
  ),
  PLIMSOLL_TOKEN_SIGNING_KEY: variable(
    z.string().min(1).optional(),
    'Ed25519 private key (PKCS #8 PEM) that signs access tokens.',
    { secret: true, defaultText: 'made in the data folder' },
  ),
  PLIMSOLL_ACCESS_TOKEN_SECONDS: variable(whole(60, 3_600).default(600), 'How long an access token is valid.'),
  PLIMSOLL_REFRESH_TOKEN_SECONDS: variable(
    whole(3_600, 365 * day).default(14 * day),
    'How long a session lasts without being used.',
  ),
  PLIMSOLL_SIGN_UP: variable(onOff.default(true), 'Whether anyone who reaches Plimsoll can make a tenant.'),
  PLIMSOLL_OWNER_EMAIL: variable(
    z.email({ error: 'must be an e-mail address' }).optional(),
    'E-mail of the first owner, on the first start only.',
    {
      defaultText: '`owner@plimsoll.local`',
    },
  ),
  PLIMSOLL_OWNER_PASSWORD: variable(
    z
      .string()
      .min(12, { error: 'must have at least 12 characters' })
      .max(256, { error: 'must have at most 256 characters' })
      .optional(),
    'Password of the first owner, on the first start only.',
    { secret: true, defaultText: 'random, shown once' },
  ),
  PLIMSOLL_HOSTS_ALLOW_PRIVATE: variable(byDeployment(), 'Whether hosts on private networks can be registered.', {
    defaultText: '`on` when self-hosted',
  }),
  PLIMSOLL_HOSTS_ALLOW_LOOPBACK: variable(byDeployment(), 'Whether hosts on this machine can be registered.', {
    defaultText: '`on` when self-hosted',
  }),
  PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS: variable(
    onOff.default(false),
    'Whether a UNIX socket of this machine can be registered. Whoever may register hosts then reads its daemon.',
  ),
  PLIMSOLL_HOSTS_ALLOW_PLAIN_TCP: variable(
    onOff.default(false),
    'Whether a daemon that listens without TLS can be registered. Anyone on that network has root on such a host.',
  ),
  PLIMSOLL_WEBHOOKS_ALLOW_PRIVATE: variable(onOff.default(false), 'Whether webhooks may be sent to private networks.'),
  PLIMSOLL_WEBHOOKS_ALLOW_LOOPBACK: variable(onOff.default(false), 'Whether webhooks may be sent to this machine.'),
  PLIMSOLL_SNAPSHOT_RETENTION_DAYS: variable(
    whole(1, 3_650).default(90),
    'How long snapshots are kept; the newest of each host stays.',
  ),
  PLIMSOLL_WORKER_CONCURRENCY: variable(whole(1, 256).default(8), 'Scans that one worker does at a time.'),
  PLIMSOLL_WORKER_PORT: variable(
    whole(0, 65_535).optional(),
    'Port on which a worker answers `/healthz`, `/readyz` and `/metrics`, at `PLIMSOLL_HOST`.',
    { defaultText: 'none' },
  ),
  PLIMSOLL_SCAN_TIMEOUT_SECONDS: variable(whole(10, 3_600).default(300), 'When a scan that goes on is given up.'),
  PLIMSOLL_RATE_LIMIT_PER_MINUTE: variable(
    whole(1, 1_000_000).default(600),
    'Requests per minute of one user or API key.',
  ),
  PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE: variable(
    whole(1, 1_000_000).default(60),
    'Requests per minute of one address that has not logged in.',
  ),
  PLIMSOLL_BODY_LIMIT_BYTES: variable(whole(1_024, 104_857_600).default(1_048_576), 'Largest body of a request.'),
  PLIMSOLL_METRICS_TOKEN: variable(
    z.string().min(16, { error: 'must have at least 16 characters' }).optional(),
    'Bearer token that `/metrics` asks for.',
    {
      secret: true,
      defaultText: '`/metrics` answers to this machine only',
    },
  ),
  PLIMSOLL_LOG_LEVEL: variable(
    z.enum(logLevels, { error: `must be one of ${logLevels.join(', ')}` }).default('info'),
    'What is worth a line in the log.',
  ),
  PLIMSOLL_LOG_FORMAT: variable(
    z.enum(['json', 'pretty'], { error: 'must be json or pretty' }).default('json'),
    'One JSON object a line, or lines for people.',
  ),
});

/** The parsed environment, by variable. */
export type Environment = z.output<typeof environmentSchema>;

/** A variable with its notes and, for the documentation, its schema. */
export interface Variable extends VariableNotes {
  readonly name: string;
  readonly schema: z.ZodType;
}

/** All variables, in the order of the documentation. */
export const variables: readonly Variable[] = Object.entries(environmentSchema.shape).map(([name, schema]) => ({
  name,
  schema,
  ...notesOf(schema),
}));

function notesOf(schema: z.ZodType): VariableNotes {
  const found = notes.get(schema);
  if (found === undefined) throw new Error('A variable without notes');
  return found;
}

/** Names of all variables that may be set, `_FILE` ones included. */
export const knownNames: ReadonlySet<string> = new Set(
  variables.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
);
