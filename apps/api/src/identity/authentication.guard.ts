import { Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { SessionEnded, Unauthenticated } from '@plimsoll/contracts';
import { actorOf } from '@plimsoll/identity';
import type { Principal } from '@plimsoll/identity';
import type { ApiRequest } from '../http/api-request.ts';
import { EndpointRegistry } from '../http/endpoint-registry.ts';
import { Authentication } from '../http/ports.ts';
import { RateLimiter } from '../http/rate-limiter.ts';
import { callerOf } from './caller-of.ts';
import { PassportGate } from './passport-gate.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session behind the access token; absent for API keys and on public routes. */
    sessionId?: string;
  }
}

/** Finds out who sent a request. Public routes don't look: a token that has expired must not keep one from signing in. */
@Injectable()
export class AuthenticationGuard extends Authentication {
  constructor(
    private readonly gate: PassportGate,
    private readonly endpoints: EndpointRegistry,
    private readonly limiter: RateLimiter,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined) return true;
    if (this.endpoints.routeOf(context.getHandler()).endpoint.permission === 'public') return true;
    const caller = callerOf(request);
    const principal = await this.#principalOf(request, authorization);
    request.actor = actorOf(principal, caller);
    request.passwordChangeRequired = principal.passwordChangeRequired;
    if (principal.sessionId !== null) request.sessionId = principal.sessionId;
    return true;
  }

  async #principalOf(request: ApiRequest, authorization: string): Promise<Principal> {
    try {
      const principal = await this.gate.bearer(authorization, callerOf(request));
      if (principal !== null) return principal;
      throw new Unauthenticated(
        {},
        {
          detail: 'Send Authorization: Bearer and an access token or an API key.',
          headers: { 'WWW-Authenticate': 'Bearer error="invalid_request"' },
        },
      );
    } catch (error) {
      // No later guard sees the request: whoever sends what is worth nothing counts like somebody who sends nothing.
      if (error instanceof Unauthenticated || error instanceof SessionEnded) await this.limiter.countSender(request);
      throw error;
    }
  }
}
