import { Uuid } from '@plimsoll/contracts';
import { z } from 'zod';
import { defineJob } from '../job-definition.ts';

export const DeliverWebhookPayload = z.strictObject({ tenantId: Uuid, deliveryId: Uuid });
export type DeliverWebhookPayload = z.infer<typeof DeliverWebhookPayload>;

/**
 * Sends one webhook delivery once. When to try again is decided by the delivery's row, over days; the attempts here
 * only bridge a failure of our own, such as a restart of the database.
 */
export const deliverWebhookJob = defineJob({
  name: 'deliver-webhook',
  schema: DeliverWebhookPayload,
  idOf: ({ deliveryId }) => deliveryId,
  attempts: 5,
  backoff: { type: 'exponential', delayMs: 1_000 },
});
