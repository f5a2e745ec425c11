import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { z } from 'zod';
import { endpointMetadata } from './endpoint.decorator.ts';
import type { Endpoint } from './endpoint.decorator.ts';
import { readIfMatch } from './if-match.decorator.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];

export interface RouteParameter {
  readonly place: 'body' | 'query' | 'path';
  /** Absent for a whole body or query. */
  readonly name: string | undefined;
  readonly schema: z.ZodType;
}

/** A route as its decorators declare it. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly method: Method;
  /** With parameters as the router takes them, e.g. `/v1/hosts/:hostId`. */
  readonly path: string;
  readonly parameters: readonly RouteParameter[];
  /** Whether it takes `If-Match`. */
  readonly conditional: boolean;
  /** The controller's method: how guards and interceptors find the route. */
  readonly handler: object;
}

/** A route that can't be served safely: a mistake of ours, found at start-up. */
export class RouteInvalid extends Error {
  override readonly name = 'RouteInvalid';
}

/** What is read of a class. */
interface ControllerClass {
  readonly name: string;
  readonly prototype: unknown;
}

/** Every route of a controller class. Throws `RouteInvalid` for one that does not declare what it needs. */
export const routesOf = (controller: ControllerClass): Route[] => {
  const { prototype } = controller;
  if (typeof prototype !== 'object' || prototype === null) return [];
  return Object.getOwnPropertyNames(prototype).flatMap((name) => {
    const handler: unknown = Reflect.get(prototype, name);
    return typeof handler === 'function' && Reflect.hasMetadata(METHOD_METADATA, handler)
      ? [routeOf(controller, name, handler)]
      : [];
  });
};

const Paths = z.union([z.string().transform((path) => [path]), z.array(z.string())]).default(['']);

const routeOf = (controller: ControllerClass, name: string, handler: object): Route => {
  const where = `${controller.name}.${name}`;
  const endpoint: Endpoint | undefined = Reflect.getMetadata(endpointMetadata, handler);
  if (endpoint === undefined) throw new RouteInvalid(`${where} declares no permission: give it @Endpoint({ … })`);
  const method = methods.find((known) => RequestMethod[known] === Reflect.getMetadata(METHOD_METADATA, handler));
  if (method === undefined) throw new RouteInvalid(`${where} must be one of ${methods.join(', ')}`);
  const [prefix = '', more] = Paths.parse(Reflect.getMetadata(PATH_METADATA, controller));
  const [suffix = '', another] = Paths.parse(Reflect.getMetadata(PATH_METADATA, handler));
  if (more !== undefined || another !== undefined) throw new RouteInvalid(`${where} must have one path`);
  const path = `/${[prefix, suffix]
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
  const route = { endpoint, method, path, handler, ...argumentsOf(controller, name, where) };
  refuseContradictions(route, where);
  return route;
};

const RouteArguments = z
  .record(
    z.string(),
    z.object({ data: z.unknown(), schema: z.instanceof(z.ZodType).optional(), factory: z.unknown().optional() }),
  )
  .default({});
const places: Readonly<Record<number, RouteParameter['place']>> = {
  [RouteParamtypes.BODY]: 'body',
  [RouteParamtypes.QUERY]: 'query',
  [RouteParamtypes.PARAM]: 'path',
};

const argumentsOf = (controller: object, name: string, where: string): Pick<Route, 'parameters' | 'conditional'> => {
  const declared = RouteArguments.parse(Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name));
  const parameters = Object.entries(declared).flatMap(([key, { data, schema }]): RouteParameter[] => {
    const place = places[Number(key.split(':')[0])];
    if (place === undefined) return [];
    if (schema === undefined) throw new RouteInvalid(`${where} has a ${place} parameter without a schema`);
    return [{ place, name: typeof data === 'string' ? data : undefined, schema }];
  });
  return { parameters, conditional: Object.values(declared).some(({ factory }) => factory === readIfMatch) };
};

const refuseContradictions = (route: Omit<Route, 'handler'>, where: string): void => {
  const { endpoint, method, path, parameters } = route;
  for (const [, name] of path.matchAll(/:(\w+)/g)) {
    if (!parameters.some((parameter) => parameter.place === 'path' && parameter.name === name)) {
      throw new RouteInvalid(`${where} does not declare its path parameter "${name}" with a schema`);
    }
  }
  if (endpoint.idempotent === true && (method !== 'POST' || endpoint.permission === 'public')) {
    throw new RouteInvalid(`${where}: idempotency keys belong to POSTs of a known actor`);
  }
  if (endpoint.etag === true && endpoint.response === undefined) {
    throw new RouteInvalid(`${where}: an ETag needs a response`);
  }
};
