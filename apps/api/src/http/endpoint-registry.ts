import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { RouteInvalid, routesOf } from './route.ts';
import type { Route } from './route.ts';

/**
 * Every route of the application, read once from the decorators before the first request. What is not declared
 * properly stops the start-up here.
 */
@Injectable()
export class EndpointRegistry implements OnModuleInit {
  readonly #routes: Route[] = [];
  readonly #byHandler = new Map<unknown, Route>();

  constructor(private readonly discovery: DiscoveryService) {}

  onModuleInit(): void {
    for (const { metatype } of this.discovery.getControllers()) {
      if (typeof metatype === 'function') this.#routes.push(...routesOf(metatype));
    }
    const operations = new Set<string>();
    for (const route of this.#routes) {
      const { operationId } = route.endpoint;
      if (operations.has(operationId)) throw new RouteInvalid(`Two routes are called ${operationId}`);
      operations.add(operationId);
      this.#byHandler.set(route.handler, route);
    }
  }

  get routes(): readonly Route[] {
    return this.#routes;
  }

  /** @throws RouteInvalid for a handler that was not seen at start-up: it must not run unguarded */
  routeOf(handler: unknown): Route {
    const route = this.#byHandler.get(handler);
    if (route === undefined) throw new RouteInvalid('This handler is not a declared route');
    return route;
  }

  /** The methods that a path takes, for `Allow`; empty for a path that is not there. */
  methodsOf(path: string): string[] {
    return this.#routes.filter((route) => patternOf(route.path).test(path)).map((route) => route.method);
  }
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(/:\w+/g, '[^/]+')}/?$`);
