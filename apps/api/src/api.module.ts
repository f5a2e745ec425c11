import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { HttpModule } from './http/http.module.ts';
import { PermissionGuard } from './http/permission.guard.ts';
import { Authentication } from './http/ports.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { AddressRateLimitGuard, SenderRateLimitGuard } from './http/rate-limit.guards.ts';
import type { RateLimiter } from './http/rate-limiter.ts';
import { ResponseInterceptor, ResponseThoroughness } from './http/response.interceptor.ts';
import { UndeclaredInputGuard } from './http/undeclared-input.guard.ts';
import { ValidationPipe } from './http/validation.pipe.ts';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.ts';
import { IdempotencyStore } from './idempotency/idempotency.store.ts';

export interface ApiModuleOptions {
  /** Global modules that every feature may inject from. */
  readonly core: DynamicModule;
  /** Between them they must export `Authentication` and `RefusalRecorder`. */
  readonly features: readonly Type[];
  readonly rateLimiter: RateLimiter;
  readonly thoroughness: ResponseThoroughness;
}

/** The application: what runs around every route, in the order in which it runs. */
@Module({})
export class ApiModule {
  static with({ core, features, rateLimiter, thoroughness }: ApiModuleOptions): DynamicModule {
    return {
      module: ApiModule,
      imports: [core, HttpModule.with(rateLimiter), ...features],
      providers: [
        IdempotencyStore,
        { provide: ResponseThoroughness, useValue: thoroughness },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AddressRateLimitGuard },
        { provide: APP_GUARD, useExisting: Authentication },
        { provide: APP_GUARD, useClass: SenderRateLimitGuard },
        { provide: APP_GUARD, useClass: PermissionGuard },
        { provide: APP_GUARD, useClass: UndeclaredInputGuard },
        { provide: APP_INTERCEPTOR, useClass: IdempotencyInterceptor },
        { provide: APP_INTERCEPTOR, useClass: ResponseInterceptor },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
    };
  }
}
