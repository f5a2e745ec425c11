import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { IssuedSession } from '@plimsoll/identity';
import type { ApiRequest } from '../http/api-request.ts';
import { callerOf } from './caller-of.ts';
import { PassportGate } from './passport-gate.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the local strategy opened; only behind `LocalLoginGuard`. */
    issuedSession?: IssuedSession;
  }
}

/** Signs in by the local strategy; a body of the wrong shape passes, for validation to refuse. */
@Injectable()
export class LocalLoginGuard implements CanActivate {
  constructor(private readonly gate: PassportGate) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const issued = await this.gate.local(request.body, callerOf(request));
    if (issued !== null) request.issuedSession = issued;
    return true;
  }
}
