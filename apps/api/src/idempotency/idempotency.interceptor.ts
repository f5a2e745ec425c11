import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { IdempotencyKeyInUse, IdempotencyKeyReused, ValidationFailed } from '@plimsoll/contracts';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';
import type { ApiReply, ApiRequest } from '../http/api-request.ts';
import type { Endpoint } from '../http/endpoint.decorator.ts';
import { EndpointRegistry } from '../http/endpoint-registry.ts';
import { IdempotencyStore } from './idempotency.store.ts';
import type { KeyScope } from './idempotency.store.ts';

const replayedHeaders = ['location', 'etag'] as const;

/**
 * Answers a POST that creates, and carries an `Idempotency-Key`, once: repetitions get the first answer. Only successes
 * are kept, since a request that was refused changed nothing and may be mended and sent again.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly endpoints: EndpointRegistry,
    private readonly store: IdempotencyStore,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { endpoint } = this.endpoints.routeOf(context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const scope = endpoint.idempotent === true ? scopeOf(request) : undefined;
    if (scope === undefined) return next.handle();
    return from(this.#once(endpoint, scope, request, http.getResponse<ApiReply>(), next));
  }

  async #once(
    endpoint: Endpoint,
    scope: KeyScope,
    request: ApiRequest,
    reply: ApiReply,
    next: CallHandler,
  ): Promise<unknown> {
    const isSecret = endpoint.secretResponse === true;
    const claim = await this.store.claim(
      scope,
      { operation: endpoint.operationId, request: requestText(request) },
      isSecret,
    );
    if (claim.state === 'reused') throw new IdempotencyKeyReused({});
    if (claim.state === 'running') throw new IdempotencyKeyInUse({}, { headers: { 'Retry-After': '1' } });
    if (claim.state === 'answered') {
      const { status, headers, body } = claim.answer;
      void reply.code(status).headers(headers).header('idempotency-replayed', 'true');
      return body ?? undefined;
    }
    let body: unknown;
    try {
      body = await lastValueFrom(next.handle(), { defaultValue: undefined });
    } catch (error) {
      await this.store.release(scope);
      throw error;
    }
    const headers: Record<string, string> = {};
    for (const name of replayedHeaders) {
      const value = reply.getHeader(name);
      if (typeof value === 'string') headers[name] = value;
    }
    try {
      await this.store.keep(scope, { status: reply.statusCode, headers, body }, isSecret);
    } catch (error) {
      // The change is made: the client must hear of it, even if a repetition won't be recognised.
      request.log.warn({ err: error, operationId: endpoint.operationId }, 'answer not kept for its Idempotency-Key');
    }
    return body;
  }
}

/** Visible ASCII, as the header field's own draft has it. */
const keyPattern = /^[\x21-\x7e]{1,255}$/;

const scopeOf = ({ headers, actor }: ApiRequest): KeyScope | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !keyPattern.test(key)) {
    const message = 'Send 1 to 255 visible ASCII characters, e.g. a UUID';
    throw new ValidationFailed({}, { errors: [{ field: 'Idempotency-Key', in: 'header', message }] });
  }
  if (actor === undefined || actor.id === null) return undefined;
  return { tenantId: actor.tenantId, actorId: actor.id, key };
};

const requestText = (request: ApiRequest): string =>
  `${request.method}\n${request.url}\n${JSON.stringify(request.body ?? null)}`;
