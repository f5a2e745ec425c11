import { EventType, eventData } from '@plimsoll/contracts';
import { type Database, newId } from '@plimsoll/persistence';
import { type Queues, deliverWebhookJob } from '@plimsoll/queue';

/** An event that left the outbox. */
export interface EventMessage {
  readonly id: string;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/** Turns an event into one delivery per subscribed endpoint. Safe to call twice with the same event. */
export class WebhookFanOut {
  readonly #database: Database;
  readonly #queues: Queues;

  constructor(database: Database, queues: Queues) {
    this.#database = database;
    this.#queues = queues;
  }

  /** Types that are no events for receivers are not ours: `false`. */
  async dispatch(message: EventMessage): Promise<boolean> {
    const type = EventType.safeParse(message.type);
    if (!type.success) return false;
    const data = eventData[type.data].parse(message.payload);
    const deliveries = await this.#createDeliveries(message, type.data, {
      type: type.data,
      timestamp: message.createdAt.toISOString(),
      data,
    });
    for (const deliveryId of deliveries)
      await this.#queues.add(deliverWebhookJob, { tenantId: message.tenantId, deliveryId });
    return true;
  }

  /** @returns ids of the deliveries that wait, also those an earlier, interrupted call has made */
  #createDeliveries(
    message: EventMessage,
    eventType: EventType,
    payload: { type: EventType; timestamp: string; data: ReturnType<(typeof eventData)[EventType]['parse']> },
  ): Promise<string[]> {
    const { tenantId, id: eventId, createdAt } = message;
    // An endpoint that was switched off hears nothing of it, also when somebody has switched it on again meanwhile.
    const about = 'endpointId' in payload.data ? { id: { not: payload.data.endpointId } } : {};
    return this.#database.forTenant(tenantId, async (tx) => {
      const endpoints = await tx.webhookEndpoint.findMany({
        where: { tenantId, enabled: true, eventTypes: { has: eventType }, ...about },
        select: { id: true },
      });
      if (endpoints.length === 0) return [];
      await tx.webhookDelivery.createMany({
        data: endpoints.map(({ id: endpointId }) => ({
          id: newId(),
          tenantId,
          endpointId,
          eventId,
          eventType,
          payload,
          createdAt,
          nextAttemptAt: createdAt,
        })),
        skipDuplicates: true,
      });
      const waiting = await tx.webhookDelivery.findMany({
        where: { tenantId, eventId, state: 'pending' },
        select: { id: true },
      });
      return waiting.map(({ id }) => id);
    });
  }
}
