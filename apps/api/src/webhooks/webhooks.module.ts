import { Module } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { webhookPolicy } from '@plimsoll/docker-engine';
import { Database } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { Vault } from '@plimsoll/vault';
import { WebhookDeliveriesService, WebhookEndpointsService } from '@plimsoll/webhooks';
import { WebhooksController } from './webhooks.controller.ts';

@Module({
  controllers: [WebhooksController],
  providers: [
    {
      provide: WebhookEndpointsService,
      inject: [Database, Vault, Config],
      useFactory: (database: Database, vault: Vault, { webhooks }: Config) =>
        new WebhookEndpointsService({ database, vault, policy: { ...webhookPolicy, ...webhooks } }),
    },
    {
      provide: WebhookDeliveriesService,
      inject: [Database, Queues],
      useFactory: (database: Database, queues: Queues) => new WebhookDeliveriesService(database, queues),
    },
  ],
})
export class WebhooksModule {}
