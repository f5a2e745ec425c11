import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Database } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { Metrics } from '@plimsoll/telemetry';
import type { Logger } from '@plimsoll/telemetry';
import { Vault } from '@plimsoll/vault';

/** Token of the process's logger: `@Inject(LOGGER) private readonly logger: Logger`. */
export const LOGGER = Symbol('logger');

/** What every process is made of beside its features; opened by whoever starts it, who closes it as well. */
export interface Core {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly queues: Queues;
  readonly vault: Vault;
}

/** Lets every feature inject the parts of `Core` by their class, and the logger by `LOGGER`. */
@Module({})
export class CoreModule {
  /** @param own what this kind of process has beyond the others */
  static with(
    { config, logger, metrics, database, queues, vault }: Core,
    own: readonly Exclude<Provider, Function>[] = [],
  ): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: Database, useValue: database },
      { provide: Queues, useValue: queues },
      { provide: Vault, useValue: vault },
      ...own,
    ];
    return { module: CoreModule, global: true, providers, exports: providers };
  }
}
