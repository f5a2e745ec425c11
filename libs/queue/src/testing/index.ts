export { postgresBackend, queueBackends } from './queue-backends.ts';
export type { QueueBackendUnderTest, StartedQueueBackend } from './queue-backends.ts';
