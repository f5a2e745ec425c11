import type { Actor } from '@plimsoll/contracts';
import { TooManyRequests } from '@plimsoll/contracts';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import type { ApiReply, ApiRequest } from './api-request.ts';

const windowMs = 60_000;
const windowSeconds = windowMs / 1000;
/** All actors of one tenant together may do as much as so many at their limit: none can take the whole process. */
const actorsAtLimitPerTenant = 10;
/** One address may be the way out of a whole office, so its own limit only stops floods. */
const actorsAtLimitPerAddress = 20;

export type RateLimitScope = 'address' | 'anonymous' | 'actor' | 'tenant';

export interface RateLimits {
  readonly requestsPerMinute: number;
  readonly anonymousRequestsPerMinute: number;
}

type Limit = (request: ApiRequest) => Promise<void>;

/**
 * Counts requests per minute: of an address before it is known who sends, then of the actor and of its tenant, or of an
 * address that has not signed in. Each process counts for itself; with Redis they count together.
 */
export class RateLimiter {
  readonly #limits: Readonly<Record<RateLimitScope, Limit>>;
  readonly #redis: Redis | undefined;

  private constructor(limits: Readonly<Record<RateLimitScope, Limit>>, redis: Redis | undefined) {
    this.#limits = limits;
    this.#redis = redis;
  }

  static async create(
    fastify: FastifyInstance,
    { requestsPerMinute, anonymousRequestsPerMinute }: RateLimits,
    redisUrl: string | undefined,
    onRefused: (scope: RateLimitScope) => void,
  ): Promise<RateLimiter> {
    const redis = redisUrl === undefined ? undefined : connect(redisUrl);
    await fastify.register(rateLimit, {
      global: false,
      // A Redis that is away must not take the API with it: requests pass uncounted until it is back.
      skipOnError: true,
      cache: 20_000,
      ...(redis === undefined ? {} : { redis, nameSpace: 'plimsoll-rate-limit-' }),
    });
    const limit = (scope: RateLimitScope, max: number, keyOf?: (actor: Actor) => string): Limit =>
      makeLimit(fastify, { scope, max, keyOf, onRefused });
    const limits = {
      address: limit('address', Math.max(requestsPerMinute, anonymousRequestsPerMinute) * actorsAtLimitPerAddress),
      anonymous: limit('anonymous', anonymousRequestsPerMinute),
      actor: limit('actor', requestsPerMinute, (actor) => `${actor.kind}:${actor.id ?? ''}`),
      tenant: limit('tenant', requestsPerMinute * actorsAtLimitPerTenant, (actor) => actor.tenantId),
    };
    return new RateLimiter(limits, redis);
  }

  /** Before anything is known of the sender. @throws TooManyRequests */
  async countAddress(request: ApiRequest): Promise<void> {
    await this.#limits.address(request);
  }

  /** Once it is known who sends, or that nobody says. @throws TooManyRequests */
  async countSender(request: ApiRequest): Promise<void> {
    if (request.actor === undefined) {
      await this.#limits.anonymous(request);
      return;
    }
    await this.#limits.tenant(request);
    await this.#limits.actor(request);
  }

  async close(): Promise<void> {
    this.#redis?.disconnect();
    await Promise.resolve();
  }
}

const connect = (redisUrl: string): Redis => {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1, commandTimeout: 500, enableOfflineQueue: false });
  // Failed commands let the request pass; without a listener the connection's own errors would end the process.
  redis.on('error', () => undefined);
  return redis;
};

interface LimitOptions {
  readonly scope: RateLimitScope;
  readonly max: number;
  /** Absent: by address. */
  readonly keyOf: ((actor: Actor) => string) | undefined;
  readonly onRefused: (scope: RateLimitScope) => void;
}

const makeLimit = (fastify: FastifyInstance, { scope, max, keyOf, onRefused }: LimitOptions): Limit => {
  const count = fastify.createRateLimit({
    max,
    timeWindow: windowMs,
    keyGenerator: (request) => {
      const sender = request.actor === undefined || keyOf === undefined ? addressKey(request.ip) : keyOf(request.actor);
      return `${scope}:${sender}`;
    },
  });
  const policy = `"${scope}";q=${max};w=${windowSeconds}`;
  return async (request) => {
    const counted = await count(request);
    if (counted.isAllowed) return;
    const { remaining, isExceeded, ttlInSeconds } = counted;
    const seconds = Math.max(1, ttlInSeconds);
    const left = `"${scope}";r=${remaining};t=${seconds}`;
    request.rateLimits =
      request.rateLimits === undefined
        ? { policy, left }
        : { policy: `${request.rateLimits.policy}, ${policy}`, left: `${request.rateLimits.left}, ${left}` };
    if (!isExceeded) return;
    onRefused(scope);
    throw new TooManyRequests(
      { retryAfterSeconds: seconds },
      {
        detail: `The limit of ${max} requests per minute of this ${nameOf[scope]} is used up. Try again in ${seconds} s.`,
        headers: { 'Retry-After': String(seconds) },
      },
    );
  };
};

const nameOf: Readonly<Record<RateLimitScope, string>> = {
  address: 'address',
  anonymous: 'address without signing in',
  actor: 'user or API key',
  tenant: 'tenant',
};

/** Whoever has one IPv6 address has its whole /64. */
const addressKey = (address: string): string => normalizeIP(address, 64);

/** @see draft-ietf-httpapi-ratelimit-headers-10 */
export const addRateLimitHeaders = ({ rateLimits }: ApiRequest, reply: ApiReply): void => {
  if (rateLimits !== undefined) {
    void reply.header('ratelimit-policy', rateLimits.policy).header('ratelimit', rateLimits.left);
  }
};
