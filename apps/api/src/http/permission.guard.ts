import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { PasswordChangeRequired, PermissionMissing, Unauthenticated } from '@plimsoll/contracts';
import type { ApiRequest } from './api-request.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { RefusalRecorder } from './ports.ts';

/** The one place that decides whether an actor may call a route. */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(
    private readonly endpoints: EndpointRegistry,
    private readonly refusals: RefusalRecorder,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { endpoint } = this.endpoints.routeOf(context.getHandler());
    const { permission, operationId } = endpoint;
    if (permission === 'public') return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const { actor } = request;
    if (actor === undefined) throw new Unauthenticated({}, { headers: { 'WWW-Authenticate': 'Bearer' } });
    if (request.passwordChangeRequired === true && endpoint.beforePasswordChange !== true)
      throw new PasswordChangeRequired(
        {},
        { detail: 'Somebody else has given out your password: replace it with PUT /v1/me/password.' },
      );
    if (permission === 'authenticated' || actor.permissions.has(permission)) return true;
    const path = request.url.split('?', 1)[0] ?? '/';
    await this.refusals.recordRefusal({ actor, permission, operationId, method: request.method, path });
    throw new PermissionMissing({ permission }, { detail: `This needs the permission ${permission}.` });
  }
}
