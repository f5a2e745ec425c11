import type { Caller } from '@plimsoll/identity';
import type { ApiRequest } from '../http/api-request.ts';

/** Where a request came from. */
export const callerOf = (request: ApiRequest): Caller => ({
  address: request.ip,
  userAgent: request.headers['user-agent'] ?? null,
  requestId: request.id,
});
