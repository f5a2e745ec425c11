import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ValidationFailed } from '@plimsoll/contracts';
import type { FieldError } from '@plimsoll/contracts';
import type { ApiRequest } from './api-request.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { printable } from './strict-json.ts';

/** A route that declares no query or no body takes none: silence would let a client believe it was heard. */
@Injectable()
export class UndeclaredInputGuard implements CanActivate {
  constructor(private readonly endpoints: EndpointRegistry) {}

  canActivate(context: ExecutionContext): boolean {
    const { parameters } = this.endpoints.routeOf(context.getHandler());
    const request = context.switchToHttp().getRequest<ApiRequest>();
    for (const place of ['query', 'body'] as const) {
      const input: unknown = request[place];
      if (input === undefined || input === null || parameters.some((declared) => declared.place === place)) continue;
      const errors = undeclared(place, input);
      if (errors.length > 0) throw new ValidationFailed({}, { errors });
    }
    return true;
  }
}

const undeclared = (place: 'query' | 'body', input: unknown): FieldError[] =>
  typeof input === 'object' && input !== null && !Array.isArray(input)
    ? Object.keys(input)
        .slice(0, 50)
        .map((name) => ({
          field: printable(name) || '(empty name)',
          in: place,
          message: 'Unknown field: leave it out.',
        }))
    : [{ field: place, in: place, message: 'This takes no body' }];
