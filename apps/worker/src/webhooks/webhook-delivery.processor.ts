import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { type JobWorker, Queues, deliverWebhookJob } from '@plimsoll/queue';
import { FairDeliveries, WebhookDeliverer, WebhookSender } from '@plimsoll/webhooks';

/** Takes up the jobs that ask for a delivery. */
@Injectable()
export class WebhookDeliveryProcessor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #worker: JobWorker | undefined;

  constructor(
    private readonly queues: Queues,
    private readonly deliverer: WebhookDeliverer,
    private readonly sender: WebhookSender,
    private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    // Deliveries mostly wait for somebody else's answer: more of them fit beside the scans.
    const { concurrency: perTenant } = this.config.worker;
    const fair = new FairDeliveries({ deliverer: this.deliverer, perTenant });
    this.#worker = await this.queues.work(deliverWebhookJob, (delivery, { signal }) => fair.run(delivery, signal), {
      concurrency: perTenant * 4,
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#worker?.close();
    await this.sender.close();
  }
}
