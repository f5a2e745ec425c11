import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { Unauthenticated } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import type { ApiRequest } from './api-request.ts';

/** The actor behind the request. Only for routes that are not public: there it is always present. */
export const CurrentActor = createParamDecorator((_data: undefined, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<ApiRequest>();
  if (actor === undefined) throw new Unauthenticated({});
  return actor;
});
