import type { DeliveryRef, WebhookDeliverer } from './webhook-delivery.ts';

export interface FairDeliveriesOptions {
  readonly deliverer: Pick<WebhookDeliverer, 'deliver' | 'nextDue'>;
  /** How many deliveries of one tenant this worker does at the same time. */
  readonly perTenant: number;
}

/** What one tenant has at work here. */
interface Lane {
  busy: number;
  /** Jobs were turned away while every place was taken: their deliveries are still due. */
  hasMore: boolean;
}

/**
 * Gives each tenant a few places, so that one whose receivers are slow does not take them all. A job that finds every place
 * of its tenant taken ends at once, and whoever frees a place goes on with what is due: nothing waits in the queue but in its
 * row, where the sweeper finds it too.
 */
export class FairDeliveries {
  readonly #options: FairDeliveriesOptions;
  readonly #lanes = new Map<string, Lane>();

  constructor(options: FairDeliveriesOptions) {
    this.#options = options;
  }

  /** @param signal aborts when the process shuts down */
  async run(job: DeliveryRef, signal: AbortSignal): Promise<void> {
    const { deliverer, perTenant } = this.#options;
    const { tenantId } = job;
    const lane: Lane = this.#lanes.get(tenantId) ?? { busy: 0, hasMore: false };
    if (lane.busy >= perTenant) {
      lane.hasMore = true;
      return;
    }
    this.#lanes.set(tenantId, lane);
    lane.busy += 1;
    try {
      for (let next: DeliveryRef | undefined = job; next !== undefined;) {
        await deliverer.deliver(next, signal);
        next = signal.aborted ? undefined : await this.#next(tenantId, lane);
      }
    } finally {
      lane.busy -= 1;
      if (lane.busy === 0) this.#lanes.delete(tenantId);
    }
  }

  async #next(tenantId: string, lane: Lane): Promise<DeliveryRef | undefined> {
    if (!lane.hasMore) return undefined;
    // Before looking: what is turned away meanwhile must not be forgotten.
    lane.hasMore = false;
    const next = await this.#options.deliverer.nextDue(tenantId);
    if (next !== undefined) lane.hasMore = true;
    return next;
  }
}
