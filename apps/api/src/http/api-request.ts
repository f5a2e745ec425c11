import type { Actor } from '@plimsoll/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent the request: left behind by the authentication guard, absent on public routes. */
    actor?: Actor;
  }
}

export type ApiRequest = FastifyRequest;
export type ApiReply = FastifyReply;
