import { Injectable } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { Unauthenticated } from '@plimsoll/contracts';
import { actorOf } from '@plimsoll/identity';
import type { ApiRequest } from '../http/api-request.ts';
import { EndpointRegistry } from '../http/endpoint-registry.ts';
import { Authentication } from '../http/ports.ts';
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
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined) return true;
    if (this.endpoints.routeOf(context.getHandler()).endpoint.permission === 'public') return true;
    const caller = callerOf(request);
    const principal = await this.gate.bearer(authorization, caller);
    if (principal === null) {
      throw new Unauthenticated(
        {},
        {
          detail: 'Send Authorization: Bearer and an access token or an API key.',
          headers: { 'WWW-Authenticate': 'Bearer error="invalid_request"' },
        },
      );
    }
    request.actor = actorOf(principal, caller);
    if (principal.sessionId !== null) request.sessionId = principal.sessionId;
    return true;
  }
}
