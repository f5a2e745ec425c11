export { defineJob } from './job-definition.ts';
export type { JobBackoff, JobDefinition } from './job-definition.ts';
export type { JobContext, JobHandler, JobInHand, JobWorker, JobWorkerOptions } from './job-worker.ts';
export { DeliverWebhookPayload, deliverWebhookJob } from './jobs/deliver-webhook.ts';
export { ScanHostPayload, scanHostJob } from './jobs/scan-host.ts';
export { QueueError } from './queue-error.ts';
export type { QueueErrorCode } from './queue-error.ts';
export { Queues } from './queues.ts';
export type { QueuesOptions } from './queues.ts';
