import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { z } from 'zod';
import type { ApiReply, ApiRequest } from './api-request.ts';
import type { Endpoint } from './endpoint.decorator.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { entityTagOf, noneMatchHolds } from './etag.ts';
import { compileShape } from './response-shape.ts';
import type { ShapeCheck } from './response-shape.ts';

/** A handler returned what its route does not promise: a mistake of ours, answered 500 and logged. */
class ResponseUnexpected extends Error {
  override readonly name = 'ResponseUnexpected';
}

/** How closely answers are looked at: `shape` in a running server, `schema` as well in tests. */
export class ResponseThoroughness {
  readonly level: 'shape' | 'schema';
  constructor(level: 'shape' | 'schema') {
    this.level = level;
  }
}

/** Holds every answer to the schema that its route declares, and gives it `ETag` and `Location`. */
@Injectable()
export class ResponseInterceptor implements NestInterceptor {
  readonly #checks = new WeakMap<z.ZodType, ShapeCheck>();

  constructor(
    private readonly endpoints: EndpointRegistry,
    private readonly thoroughness: ResponseThoroughness,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { endpoint } = this.endpoints.routeOf(context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<ApiReply>();
    return next.handle().pipe(map((body: unknown) => this.#finish(endpoint, request, reply, body)));
  }

  #finish(endpoint: Endpoint, request: ApiRequest, reply: ApiReply, body: unknown): unknown {
    if (endpoint.response === undefined) return body;
    this.#assertPromised(endpoint.operationId, endpoint.response, body);
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'private, no-cache');
    const location = locationOf(endpoint, body);
    if (location !== undefined) void reply.header('location', location);
    if (endpoint.etag !== true) return body;
    const tag = entityTagOf(body);
    void reply.header('etag', tag);
    if (request.method !== 'GET' && request.method !== 'HEAD') return body;
    if (noneMatchHolds(request.headers['if-none-match'], tag)) return body;
    void reply.code(304);
    return undefined;
  }

  /** The message names members and no values: they may be what must not leave. */
  #assertPromised(operationId: string, response: z.ZodType, body: unknown): void {
    let check = this.#checks.get(response);
    if (check === undefined) {
      check = compileShape(response);
      this.#checks.set(response, check);
    }
    const wrong = check(body);
    if (wrong !== undefined) throw new ResponseUnexpected(`${operationId} returned something else: ${wrong}`);
    if (this.thoroughness.level === 'shape') return;
    const { error } = response.safeParse(body);
    if (error !== undefined) throw new ResponseUnexpected(`${operationId} returned ${z.prettifyError(error)}`);
  }
}

/** `location` was declared beside the schema that has just been satisfied, which the type of the registry has lost. */
const locationOf = (endpoint: Endpoint, body: unknown): string | undefined =>
  endpoint.location === undefined ? undefined : Reflect.apply(endpoint.location, undefined, [body]);
