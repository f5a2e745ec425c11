import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { ApiRequest } from './api-request.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { RateLimiter } from './rate-limiter.ts';

/** Runs before authentication, which costs something itself. */
@Injectable()
export class AddressRateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly endpoints: EndpointRegistry,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isProbe(this.endpoints, context)) return true;
    await this.limiter.countAddress(context.switchToHttp().getRequest<ApiRequest>());
    return true;
  }
}

/** Runs after authentication: fair shares for actors and tenants. */
@Injectable()
export class SenderRateLimitGuard implements CanActivate {
  constructor(
    private readonly limiter: RateLimiter,
    private readonly endpoints: EndpointRegistry,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isProbe(this.endpoints, context)) return true;
    await this.limiter.countSender(context.switchToHttp().getRequest<ApiRequest>());
    return true;
  }
}

/** Probes come often, from one address, and must always be answered. */
const isProbe = (endpoints: EndpointRegistry, context: ExecutionContext): boolean =>
  !endpoints.routeOf(context.getHandler()).path.startsWith('/v1/');
