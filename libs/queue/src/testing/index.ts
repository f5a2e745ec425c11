export { postgresBackend, queueBackends } from './queue-backends.ts';
export type { QueueBackendUnderTest, StartedQueueBackend } from './queue-backends.ts';
export { startRedis, whyNoRedis } from './redis-server.ts';
export type { TestRedis } from './redis-server.ts';
