import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { ApiReply, ApiRequest } from './api-request.ts';
import type { Endpoint } from './endpoint.decorator.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { entityTagOf, noneMatchHolds } from './etag.ts';

/** A handler returned what its route does not promise: a mistake of ours, answered 500 and logged. */
export class ResponseUnexpected extends Error {
  override readonly name = 'ResponseUnexpected';
}

/** Holds every answer to the schema that its route declares, and gives it `ETag` and `Location`. */
@Injectable()
export class ResponseInterceptor implements NestInterceptor {
  constructor(private readonly endpoints: EndpointRegistry) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { endpoint } = this.endpoints.routeOf(context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<ApiReply>();
    return next.handle().pipe(map((body: unknown) => finish(endpoint, request, reply, body)));
  }
}

const finish = (endpoint: Endpoint, request: ApiRequest, reply: ApiReply, body: unknown): unknown => {
  if (endpoint.response === undefined) return body;
  const result = endpoint.response.safeParse(body);
  if (!result.success) {
    // The values are left out: they may be what must not leave.
    throw new ResponseUnexpected(`${endpoint.operationId} returned ${z.prettifyError(result.error)}`);
  }
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
  const location = locationOf(endpoint, result.data);
  if (location !== undefined) void reply.header('location', location);
  if (endpoint.etag !== true) return result.data;
  const tag = entityTagOf(result.data);
  void reply.header('etag', tag);
  if (request.method !== 'GET' && request.method !== 'HEAD') return result.data;
  if (noneMatchHolds(request.headers['if-none-match'], tag)) return result.data;
  void reply.code(304);
  return undefined;
};

/** `location` was declared beside the schema that has just been satisfied, which the type of the registry has lost. */
const locationOf = (endpoint: Endpoint, body: unknown): string | undefined =>
  endpoint.location === undefined ? undefined : Reflect.apply(endpoint.location, undefined, [body]);
