export { FairDeliveries, type FairDeliveriesOptions } from './fair-deliveries.ts';
export { WebhookDeliverer, type WebhookDeliveryOptions } from './webhook-delivery.ts';
export { WebhookDeliveriesService } from './webhook-deliveries.service.ts';
export { WebhookEndpointsService, type WebhookEndpointsOptions } from './webhook-endpoints.service.ts';
export { type EventMessage, WebhookFanOut } from './webhook-fan-out.ts';
export { WebhookSender } from './send-webhook.ts';
