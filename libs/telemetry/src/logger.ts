import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import type { DestinationStream, Logger, LoggerOptions } from 'pino';
import { PinoPretty as pretty } from 'pino-pretty';

export type { Logger } from 'pino';

export interface LogSettings {
  readonly level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
  /** The process, e.g. `api`. */
  readonly service: string;
  /** One JSON object a line (the default), or lines for people. */
  readonly format?: 'json' | 'pretty';
}

/**
 * A second net: secrets are kept out of log calls in the first place, and these members are cut where one slips through,
 * at the top and one and two levels down.
 */
const secretMembers = [
  'password',
  'initialPassword',
  'passwordHash',
  'secret',
  'token',
  'accessToken',
  'refreshToken',
  'apiKey',
  'key',
  'privateKey',
  'credential',
  'authorization',
  'cookie',
  'set-cookie',
] as const;

const redactedPaths = secretMembers.flatMap((member) => {
  const name = /^\w+$/.test(member) ? `.${member}` : `["${member}"]`;
  return [name.replace(/^\./, ''), `*${name}`, `*.*${name}`];
});

export const loggerOptions = ({ level, service }: LogSettings): LoggerOptions => ({
  level,
  base: { service },
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (label) => ({ level: label }) },
  redact: { paths: redactedPaths, censor: '[redacted]' },
  // A tracing SDK, loaded by the operator with `--import`, makes the span; without one there is none, at no cost.
  mixin: () => {
    const span = trace.getActiveSpan()?.spanContext();
    return span !== undefined && isSpanContextValid(span) ? { traceId: span.traceId, spanId: span.spanId } : {};
  },
});

/** The process's logger: to stdout, or to `destination`. */
export const createLogger = (settings: LogSettings, destination?: DestinationStream): Logger => {
  if (settings.format !== 'pretty') {
    return destination === undefined ? pino(loggerOptions(settings)) : pino(loggerOptions(settings), destination);
  }
  return pino(loggerOptions(settings), pretty({ destination: destination ?? 1, sync: true, ignore: 'service' }));
};
