import { Inject, Injectable, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database, Notifications } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { OutboxDispatcher } from '@plimsoll/scanning';
import type { Logger } from '@plimsoll/telemetry';
import { WebhookFanOut } from '@plimsoll/webhooks';
import { LOGGER } from '@plimsoll/core';
import { WebhooksModule } from '../webhooks/webhooks.module.ts';

/** Hands on what became true: scans to the queue, events to the webhooks. */
@Injectable()
class OutboxRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #dispatcher: OutboxDispatcher;

  constructor(
    database: Database,
    notifications: Notifications,
    queues: Queues,
    webhooks: WebhookFanOut,
    @Inject(LOGGER) log: Logger,
  ) {
    this.#dispatcher = new OutboxDispatcher({ database, notifications, queues, sinks: [webhooks], log });
  }

  onApplicationBootstrap(): void {
    this.#dispatcher.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#dispatcher.stop();
  }
}

@Module({ imports: [WebhooksModule], providers: [OutboxRunner] })
export class OutboxModule {}
