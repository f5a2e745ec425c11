/** What the HTTP layer must be told; `main.ts` takes it from the configuration, tests write it down. */
export abstract class ApiSettings {
  /** Requests with the session cookie must come from here; null: from the address they were sent to. */
  abstract readonly publicOrigin: string | null;
  /** Number of proxies in front, or their addresses, whose `X-Forwarded-*` headers are believed. */
  abstract readonly trustProxy: boolean | number | readonly string[];
  abstract readonly bodyLimitBytes: number;
  abstract readonly rateLimits: RateLimits;
  /** The built console; null serves none. */
  abstract readonly consoleDirectory: string | null;
  /** How long a drained shut-down may take before connections are cut. */
  abstract readonly shutdownTimeoutMs: number;
}

/** Requests per minute, each in its own window. */
export interface RateLimits {
  /** Of one address, signed in or not: the widest, since many users may share one. */
  readonly perAddress: number;
  readonly perActor: number;
  /** Of all actors of one tenant together, so that none takes the whole process. */
  readonly perTenant: number;
  /** Shares the counters between several API processes. */
  readonly redisUrl: string | null;
}
