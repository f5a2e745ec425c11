import { HttpCode, SetMetadata, applyDecorators } from '@nestjs/common';
import type { Permission, ProblemClass } from '@plimsoll/contracts';
import type { z } from 'zod';

/** What the OpenAPI document needs to know of a problem; every class made by `defineProblem` is one. */
export type ProblemDescription = Pick<ProblemClass, 'slug' | 'status' | 'title' | 'extra'>;

/** Who may call a route: anybody, whoever is signed in, or an actor with this permission. */
export type Access = Permission | 'authenticated' | 'public';

/** Everything a route declares of itself, once: the guards, the interceptors and the OpenAPI document read it. */
export interface EndpointOptions<Response extends z.ZodType = z.ZodType> {
  /** Unique, camelCase: the name of the generated client's function. */
  readonly operationId: string;
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  readonly permission: Access;
  /** Also for whoever still has a password that somebody else has given out; `public` routes always are. */
  readonly beforePasswordChange?: true;
  /** Of a success; 204 without a `response`, 201 for an `idempotent` one, else 200. */
  readonly status?: number;
  /** The body of a success: what the handler returns is checked against it, so an unlisted member never leaves. */
  readonly response?: Response;
  /** The body of a success is a stream of server-sent events whose `data` has this shape; see `sendEvents`. */
  readonly events?: z.ZodType;
  /** Problems of this route beyond those that follow from its other declarations. */
  readonly problems?: readonly ProblemDescription[];
  /** A POST that creates: accepts `Idempotency-Key` and replays the first answer. */
  readonly idempotent?: boolean;
  /** The answer holds a secret that is shown once: an idempotent repetition is answered without storing it in clear. */
  readonly secretResponse?: boolean;
  /** The answer carries an `ETag`; a GET honours `If-None-Match`. Updates take `@IfMatch()`. */
  readonly etag?: boolean;
  /** The `Location` of what was created or started. */
  readonly location?: (body: z.output<Response>) => string;
}

/** What is kept of an endpoint: as declared, with the status decided. */
export type Endpoint = Omit<EndpointOptions, 'location' | 'status'> & {
  readonly status: number;
  readonly location?: (body: never) => string;
};

export const endpointMetadata = Symbol('endpoint');

/**
 * Declares a route. Goes with Nest's method decorator:
 * `@Post() @Endpoint({ operationId: 'createHost', summary: …, permission: 'hosts:manage', response: Host, idempotent: true })`.
 * Parameters are declared by Nest's own decorators with a schema: `@Body({ schema: CreateHost })`,
 * `@Query({ schema: HostQuery })`, `@Param('hostId', { schema: Uuid })`. A route without it stops the start-up.
 */
export const Endpoint = <Response extends z.ZodType>(options: EndpointOptions<Response>): MethodDecorator => {
  const status = options.status ?? defaultStatus(options);
  const endpoint: Endpoint = { ...options, status };
  return applyDecorators(HttpCode(status), SetMetadata(endpointMetadata, endpoint));
};

const defaultStatus = (options: Pick<EndpointOptions, 'response' | 'events' | 'idempotent'>): number => {
  if (options.response === undefined && options.events === undefined) return 204;
  return options.idempotent === true ? 201 : 200;
};
