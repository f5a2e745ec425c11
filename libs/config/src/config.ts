import type { Environment } from './variables.ts';

/** The settings of a process, parsed once at its edge and frozen. A class, so that Nest can inject it by its type. */
export class Config {
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Without a slash at its end; undefined where it is simply the address listened on. */
    readonly publicUrl: string | undefined;
    readonly trustedProxies: readonly string[];
    readonly bodyLimitBytes: number;
  };
  /** As it was given; relative to the working directory. */
  readonly dataDir: string;
  readonly deployment: 'self-hosted' | 'multi-tenant';
  readonly database: {
    /** Undefined: the embedded PostgreSQL. */
    readonly ownerUrl: string | undefined;
    /** Undefined: derived from the owner's. */
    readonly appUrl: string | undefined;
    readonly poolSize: number;
  };
  readonly queue: {
    /** Undefined: the queue lives in PostgreSQL. */
    readonly redisUrl: string | undefined;
  };
  readonly secrets: {
    /** Undefined: kept in the data folder. */
    readonly masterKey: string | undefined;
    readonly tokenSigningKey: string | undefined;
    readonly metricsToken: string | undefined;
  };
  readonly identity: {
    readonly signUp: boolean;
    readonly accessTokenSeconds: number;
    readonly refreshTokenSeconds: number;
    readonly firstOwner: { readonly email: string | undefined; readonly password: string | undefined };
  };
  readonly hosts: {
    readonly allowPrivate: boolean;
    readonly allowLoopback: boolean;
    readonly allowUnixSockets: boolean;
    readonly allowPlainTcp: boolean;
  };
  readonly webhooks: { readonly allowPrivate: boolean; readonly allowLoopback: boolean };
  readonly snapshots: { readonly retentionDays: number };
  readonly worker: {
    readonly concurrency: number;
    readonly scanTimeoutMs: number;
    /** Where a worker answers for its health; undefined: nowhere. */
    readonly port: number | undefined;
  };
  readonly rateLimits: { readonly requestsPerMinute: number; readonly anonymousRequestsPerMinute: number };
  readonly log: { readonly level: Environment['PLIMSOLL_LOG_LEVEL']; readonly format: 'json' | 'pretty' };

  constructor(environment: Environment) {
    const selfHosted = environment.PLIMSOLL_DEPLOYMENT === 'self-hosted';
    this.server = {
      host: environment.PLIMSOLL_HOST,
      port: environment.PLIMSOLL_PORT,
      publicUrl: environment.PLIMSOLL_PUBLIC_URL?.replace(/\/+$/, ''),
      trustedProxies: environment.PLIMSOLL_TRUSTED_PROXIES,
      bodyLimitBytes: environment.PLIMSOLL_BODY_LIMIT_BYTES,
    };
    this.dataDir = environment.PLIMSOLL_DATA_DIR;
    this.deployment = environment.PLIMSOLL_DEPLOYMENT;
    this.database = {
      ownerUrl: environment.DATABASE_URL,
      appUrl: environment.PLIMSOLL_APP_DATABASE_URL,
      poolSize: environment.PLIMSOLL_DATABASE_POOL_SIZE,
    };
    this.queue = { redisUrl: environment.REDIS_URL };
    this.secrets = {
      masterKey: environment.PLIMSOLL_MASTER_KEY,
      tokenSigningKey: environment.PLIMSOLL_TOKEN_SIGNING_KEY,
      metricsToken: environment.PLIMSOLL_METRICS_TOKEN,
    };
    this.identity = {
      signUp: environment.PLIMSOLL_SIGN_UP,
      accessTokenSeconds: environment.PLIMSOLL_ACCESS_TOKEN_SECONDS,
      refreshTokenSeconds: environment.PLIMSOLL_REFRESH_TOKEN_SECONDS,
      firstOwner: { email: environment.PLIMSOLL_OWNER_EMAIL, password: environment.PLIMSOLL_OWNER_PASSWORD },
    };
    this.hosts = {
      allowPrivate: environment.PLIMSOLL_HOSTS_ALLOW_PRIVATE ?? selfHosted,
      allowLoopback: environment.PLIMSOLL_HOSTS_ALLOW_LOOPBACK ?? selfHosted,
      allowUnixSockets: environment.PLIMSOLL_HOSTS_ALLOW_UNIX_SOCKETS,
      allowPlainTcp: environment.PLIMSOLL_HOSTS_ALLOW_PLAIN_TCP,
    };
    this.webhooks = {
      allowPrivate: environment.PLIMSOLL_WEBHOOKS_ALLOW_PRIVATE,
      allowLoopback: environment.PLIMSOLL_WEBHOOKS_ALLOW_LOOPBACK,
    };
    this.snapshots = { retentionDays: environment.PLIMSOLL_SNAPSHOT_RETENTION_DAYS };
    this.worker = {
      concurrency: environment.PLIMSOLL_WORKER_CONCURRENCY,
      scanTimeoutMs: environment.PLIMSOLL_SCAN_TIMEOUT_SECONDS * 1_000,
      port: environment.PLIMSOLL_WORKER_PORT,
    };
    this.rateLimits = {
      requestsPerMinute: environment.PLIMSOLL_RATE_LIMIT_PER_MINUTE,
      anonymousRequestsPerMinute: environment.PLIMSOLL_ANONYMOUS_RATE_LIMIT_PER_MINUTE,
    };
    this.log = { level: environment.PLIMSOLL_LOG_LEVEL, format: environment.PLIMSOLL_LOG_FORMAT };
  }
}
