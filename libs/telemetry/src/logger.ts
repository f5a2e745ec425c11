import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino, stdSerializers } from 'pino';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { PinoPretty as pretty } from 'pino-pretty';
import { withoutSecrets } from './redaction.ts';

export type { Logger } from 'pino';

export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** The process, e.g. `api`. */
  readonly service: string;
  /** One JSON object a line (the default), or lines for people. */
  readonly format?: 'json' | 'pretty';
}

export const loggerOptions = ({ level, service }: LogSettings): LoggerOptions => ({
  level,
  base: { service },
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ level: label }), log: (fields) => withoutSecrets(fields) },
  // Libraries hang requests and their headers on errors.
  serializers: { err: (error: Error) => withoutSecrets({ ...stdSerializers.err(error) }) },
  // A tracing SDK, loaded by the operator with `--import`, makes the span; without one there is none, at no cost.
  mixin: () => {
    const span = trace.getActiveSpan()?.spanContext();
    return span !== undefined && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
  },
});

/** The process's logger: to stdout, or to `destination`. */
export const createLogger = (settings: LogSettings, destination?: DestinationStream): Logger => {
  if (settings.format !== 'pretty') {
    return pino(loggerOptions(settings), destination ?? standardOutput());
  }
  return pino(loggerOptions(settings), pretty({ destination: destination ?? 1, sync: true, ignore: 'service' }));
};

/**
 * Lines are written together, a few times a second, and at the latest when the process exits: one write each would cost
 * a busy process more than most of what it logs.
 */
const standardOutput = (): DestinationStream =>
  pino.destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 200 });
