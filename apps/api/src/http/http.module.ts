import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EndpointRegistry } from './endpoint-registry.ts';
import { EventStreams } from './event-streams.ts';
import { HealthController } from './health.controller.ts';
import { RateLimiter } from './rate-limiter.ts';
import { Readiness } from './readiness.ts';

/** What features use of the HTTP layer: `EventStreams` to stream, `Readiness` to register what they depend on. */
@Module({})
export class HttpModule {
  static with(rateLimiter: RateLimiter): DynamicModule {
    return {
      module: HttpModule,
      global: true,
      imports: [DiscoveryModule],
      controllers: [HealthController],
      providers: [EndpointRegistry, EventStreams, Readiness, { provide: RateLimiter, useValue: rateLimiter }],
      exports: [EndpointRegistry, EventStreams, Readiness, RateLimiter],
    };
  }
}
