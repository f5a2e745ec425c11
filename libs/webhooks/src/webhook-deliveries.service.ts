import { AuditWriter } from '@plimsoll/audit';
import {
  type Actor,
  NotFound,
  type Page,
  StateConflict,
  type WebhookDelivery,
  type WebhookDeliveryQuery,
} from '@plimsoll/contracts';
import { type Database, type Transaction, newId, newestFirst } from '@plimsoll/persistence';
import { type Queues, deliverWebhookJob } from '@plimsoll/queue';
import type { z } from 'zod';
import { deliveryOf, withAttempts } from './webhook-rows.ts';

const deliveries = newestFirst('webhook-deliveries');

/** What was sent to an endpoint, and how it went. */
export class WebhookDeliveriesService {
  readonly #database: Database;
  readonly #queues: Queues;
  readonly #audit = new AuditWriter();

  constructor(database: Database, queues: Queues) {
    this.#database = database;
    this.#queues = queues;
  }

  /** The newest first. @throws NotFound, CursorInvalid */
  list(
    { tenantId }: Actor,
    endpointId: string,
    query: z.output<typeof WebhookDeliveryQuery>,
  ): Promise<Page<WebhookDelivery>> {
    return this.#database.forTenant(tenantId, async (tx) => {
      await findEndpoint(tx, tenantId, endpointId);
      const rows = await tx.webhookDelivery.findMany({
        where: {
          tenantId,
          endpointId,
          ...(query.state === undefined ? {} : { state: query.state }),
          ...(query.eventType === undefined ? {} : { eventType: query.eventType }),
          ...deliveries.after(query.cursor),
        },
        include: withAttempts,
        orderBy: deliveries.orderBy,
        take: query.limit + 1,
      });
      return deliveries.page(rows, query.limit, deliveryOf);
    });
  }

  /** @throws NotFound */
  get({ tenantId }: Actor, endpointId: string, id: string): Promise<WebhookDelivery> {
    return this.#database.forTenant(tenantId, async (tx) =>
      deliveryOf(await findDelivery(tx, tenantId, endpointId, id)),
    );
  }

  /**
   * Sends it again now, with the same `webhook-id`, and with all retries before it.
   * @throws NotFound; StateConflict while it still waits or its endpoint is switched off
   */
  async redeliver(actor: Actor, endpointId: string, id: string): Promise<WebhookDelivery> {
    const { tenantId } = actor;
    const delivery = await this.#database.forTenant(tenantId, async (tx) => {
      const endpoint = await findEndpoint(tx, tenantId, endpointId);
      const { state } = await findDelivery(tx, tenantId, endpointId, id);
      if (!endpoint.enabled)
        throw new StateConflict({ state: 'disabled' }, { detail: 'Switch the endpoint on first.' });
      const { count } = await tx.webhookDelivery.updateMany({
        where: { tenantId, id, state: { not: 'pending' } },
        data: { state: 'pending', attemptCount: 0, nextAttemptAt: new Date(), finishedAt: null },
      });
      if (count === 0) throw new StateConflict({ state }, { detail: 'This delivery is still being tried.' });
      await this.#audit.record(tx, actor, {
        action: 'webhook-delivery.redelivered',
        subject: { kind: 'webhook-delivery', id, name: endpoint.url },
      });
      return deliveryOf(await findDelivery(tx, tenantId, endpointId, id));
    });
    await this.#queues.add(deliverWebhookJob, { tenantId, deliveryId: id });
    return delivery;
  }

  /** Sends a test event to this endpoint alone. @throws NotFound; StateConflict while it is switched off */
  async ping(actor: Actor, endpointId: string): Promise<WebhookDelivery> {
    const { tenantId } = actor;
    const delivery = await this.#database.forTenant(tenantId, async (tx) => {
      const endpoint = await findEndpoint(tx, tenantId, endpointId);
      if (!endpoint.enabled)
        throw new StateConflict({ state: 'disabled' }, { detail: 'Switch the endpoint on first.' });
      const createdAt = new Date();
      const row = await tx.webhookDelivery.create({
        data: {
          id: newId(),
          tenantId,
          endpointId,
          eventId: newId(),
          eventType: 'webhook.ping',
          payload: {
            type: 'webhook.ping',
            timestamp: createdAt.toISOString(),
            data: { message: 'This is a test. If you can read it and its signature verifies, all is well.' },
          },
          createdAt,
          nextAttemptAt: createdAt,
        },
        include: withAttempts,
      });
      await this.#audit.record(tx, actor, {
        action: 'webhook-endpoint.pinged',
        subject: { kind: 'webhook-endpoint', id: endpointId, name: endpoint.url },
      });
      return deliveryOf(row);
    });
    await this.#queues.add(deliverWebhookJob, { tenantId, deliveryId: delivery.id });
    return delivery;
  }
}

const findEndpoint = async (tx: Transaction, tenantId: string, id: string) => {
  const row = await tx.webhookEndpoint.findFirst({ where: { tenantId, id }, select: { enabled: true, url: true } });
  if (row === null) throw new NotFound({});
  return row;
};

const findDelivery = async (tx: Transaction, tenantId: string, endpointId: string, id: string) => {
  const row = await tx.webhookDelivery.findFirst({ where: { tenantId, endpointId, id }, include: withAttempts });
  if (row === null) throw new NotFound({});
  return row;
};
