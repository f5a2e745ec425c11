export { createLogger, type LogSettings, type Logger } from './logger.ts';
export { Metrics } from './metrics.ts';
export { mayReadMetrics } from './metrics-access.ts';
export { NestLogger } from './nest-logger.ts';
export { traceIdOf } from './trace-context.ts';
