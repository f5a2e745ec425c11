import { Module } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { webhookPolicy } from '@plimsoll/docker-engine';
import { Database } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { Vault } from '@plimsoll/vault';
import { WebhookDeliverer, WebhookFanOut, WebhookSender } from '@plimsoll/webhooks';
import { WebhookDeliveryProcessor } from './webhook-delivery.processor.ts';

@Module({
  providers: [
    WebhookDeliveryProcessor,
    {
      provide: WebhookSender,
      inject: [Config],
      useFactory: ({ webhooks }: Config) => new WebhookSender({ ...webhookPolicy, ...webhooks }),
    },
    {
      provide: WebhookDeliverer,
      inject: [Database, Queues, Vault, WebhookSender],
      useFactory: (database: Database, queues: Queues, vault: Vault, sender: WebhookSender) =>
        new WebhookDeliverer({ database, queues, vault, sender }),
    },
    {
      provide: WebhookFanOut,
      inject: [Database, Queues],
      useFactory: (database: Database, queues: Queues) => new WebhookFanOut(database, queues),
    },
  ],
  exports: [WebhookDeliverer, WebhookFanOut],
})
export class WebhooksModule {}
