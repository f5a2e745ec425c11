import type { WebhookDelivery, WebhookEndpoint } from '@plimsoll/contracts';
import { DeliveryState, EventType } from '@plimsoll/contracts';
import type { Prisma } from '@plimsoll/persistence';

export type EndpointRow = Prisma.WebhookEndpointGetPayload<object>;

/** An endpoint as the API shows it; its secret is no part of it. */
export const endpointOf = (row: EndpointRow): WebhookEndpoint => ({
  id: row.id,
  url: row.url,
  description: row.description,
  eventTypes: row.eventTypes.map((type) => EventType.parse(type)),
  enabled: row.enabled,
  disabledReason: row.disabledReason,
  failingSince: row.failingSince?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  version: row.version,
});

export const withAttempts = {
  attempts: { orderBy: [{ startedAt: 'asc' }, { id: 'asc' }] },
} satisfies Prisma.WebhookDeliveryInclude;

export const deliveryOf = (
  row: Prisma.WebhookDeliveryGetPayload<{ include: { attempts: true } }>,
): WebhookDelivery => ({
  id: row.id,
  endpointId: row.endpointId,
  eventId: row.eventId,
  eventType: EventType.parse(row.eventType),
  state: DeliveryState.parse(row.state),
  createdAt: row.createdAt.toISOString(),
  nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null,
  payload: objectOf(row.payload),
  attempts: row.attempts.map(({ startedAt, durationMs, status, responseExcerpt, error }) => ({
    at: startedAt.toISOString(),
    durationMs,
    status,
    responseExcerpt,
    error,
  })),
});

const objectOf = (json: Prisma.JsonValue): Record<string, unknown> =>
  typeof json === 'object' && json !== null && !Array.isArray(json) ? json : {};
