import type { Actor } from '@plimsoll/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What was counted for a request, as its headers say it. */
interface RateLimitState {
  readonly policy: string;
  readonly left: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request: left behind by the authentication guard, absent on public routes. */
    actor?: Actor;
    /** The actor may call nothing yet but what is open before a change of password. */
    passwordChangeRequired?: boolean;
    /** What was counted for this request, for its headers. */
    rateLimits?: RateLimitState;
  }
}

export type ApiRequest = FastifyRequest;
export type ApiReply = FastifyReply;
