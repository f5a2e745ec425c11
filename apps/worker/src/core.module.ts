import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Database, Notifications } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { Metrics } from '@plimsoll/telemetry';
import type { Logger } from '@plimsoll/telemetry';
import { Vault } from '@plimsoll/vault';

/** Token of the process's logger: `@Inject(LOGGER) private readonly logger: Logger`. */
export const LOGGER = Symbol('logger');

/** What the process is made of beside its jobs; opened by whoever starts it, who closes it as well. */
export interface Core {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly database: Database;
  readonly notifications: Notifications;
  readonly queues: Queues;
  readonly vault: Vault;
}

/** Lets everything inject the parts of `Core` by their class, and the logger by `LOGGER`. */
@Module({})
export class CoreModule {
  static with({ config, logger, metrics, database, notifications, queues, vault }: Core): DynamicModule {
    const providers = [
      { provide: Config, useValue: config },
      { provide: LOGGER, useValue: logger },
      { provide: Metrics, useValue: metrics },
      { provide: Database, useValue: database },
      { provide: Notifications, useValue: notifications },
      { provide: Queues, useValue: queues },
      { provide: Vault, useValue: vault },
    ];
    return { module: CoreModule, global: true, providers, exports: providers };
  }
}
