import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { ApiRequest } from './api-request.ts';
import { expectedVersionOf } from './etag.ts';

/** Also how a route is recognised as one that takes `If-Match`. */
export const readIfMatch = (_data: undefined, context: ExecutionContext): number | null =>
  expectedVersionOf(context.switchToHttp().getRequest<ApiRequest>().headers['if-match']);

/**
 * The version an update or delete may replace, `number | null`: null when the client sent `If-Match: *`.
 * Without the header the request is answered 428. The service compares it in the statement that writes, and throws
 * `VersionConflict` with `currentETag: versionETag(version)` when another came first.
 */
export const IfMatch = createParamDecorator(readIfMatch);
