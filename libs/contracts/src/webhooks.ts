import { z } from 'zod';
import { EventType, SubscribableEventType } from './events.ts';
import { pageOf, pageQuery } from './pagination.ts';
import { Timestamp, Uuid, line } from './text.ts';

const Url = line(2000)
  .refine(
    (value) => URL.canParse(value) && ['https:', 'http:'].includes(new URL(value).protocol),
    'An http or https URL',
  )
  .refine(
    (value) => !URL.canParse(value) || (new URL(value).username === '' && new URL(value).password === ''),
    'Credentials in the URL are not allowed',
  )
  .meta({ example: 'https://hooks.example.com/plimsoll' });
const EventTypes = z
  .array(SubscribableEventType)
  .min(1)
  .max(20)
  .refine((types) => new Set(types).size === types.length, 'Each event type at most once');

export const WebhookEndpoint = z
  .strictObject({
    id: Uuid,
    url: z.string(),
    description: z.string(),
    eventTypes: z.array(EventType),
    enabled: z.boolean(),
    disabledReason: z.string().nullable(),
    failingSince: Timestamp.nullable(),
    createdAt: Timestamp,
    updatedAt: Timestamp,
    version: z.int(),
  })
  .meta({ id: 'WebhookEndpoint' });
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;
export const CreateWebhookEndpoint = z
  .strictObject({
    url: Url,
    description: line(200).or(z.literal('')).default(''),
    eventTypes: EventTypes,
    enabled: z.boolean().default(true),
  })
  .meta({ id: 'CreateWebhookEndpoint' });
export const CreatedWebhookEndpoint = WebhookEndpoint.extend({
  secret: z.string().meta({ description: 'Signing secret (`whsec_…`), shown once.' }),
}).meta({ id: 'CreatedWebhookEndpoint' });
export const UpdateWebhookEndpoint = z
  .strictObject({
    url: Url.optional(),
    description: line(200).or(z.literal('')).optional(),
    eventTypes: EventTypes.optional(),
    enabled: z.boolean().optional(),
  })
  .meta({ id: 'UpdateWebhookEndpoint' });
export const RotatedWebhookSecret = z.strictObject({ secret: z.string() }).meta({ id: 'RotatedWebhookSecret' });
export const WebhookEndpointPage = pageOf(WebhookEndpoint).meta({ id: 'WebhookEndpointPage' });
export const WebhookEndpointQuery = z.strictObject({ ...pageQuery });

export const DeliveryState = z.enum(['pending', 'delivered', 'failed']).meta({ id: 'DeliveryState' });
export const WebhookAttempt = z
  .strictObject({
    at: Timestamp,
    durationMs: z.int(),
    status: z.int().nullable(),
    responseExcerpt: z.string().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'WebhookAttempt' });
export const WebhookDelivery = z
  .strictObject({
    id: Uuid,
    endpointId: Uuid,
    eventId: z.string().meta({ description: '`webhook-id` header: the same for every attempt and redelivery.' }),
    eventType: EventType,
    state: DeliveryState,
    createdAt: Timestamp,
    nextAttemptAt: Timestamp.nullable(),
    payload: z.record(z.string(), z.unknown()),
    attempts: z.array(WebhookAttempt),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
export const WebhookDeliveryPage = pageOf(WebhookDelivery).meta({ id: 'WebhookDeliveryPage' });
export const WebhookDeliveryQuery = z.strictObject({
  ...pageQuery,
  state: DeliveryState.optional(),
  eventType: EventType.optional(),
});
