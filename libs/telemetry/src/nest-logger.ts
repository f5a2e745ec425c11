import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages as log events of ours: its chatter on start-up is worth `debug`, its warnings and errors stay. */
export class NestLogger implements LoggerService {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.#logger.debug(fieldsOf(message, rest), textOf(message));
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.#logger.debug(fieldsOf(message, rest), textOf(message));
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.#logger.trace(fieldsOf(message, rest), textOf(message));
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.#logger.warn(fieldsOf(message, rest), textOf(message));
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.#logger.error(fieldsOf(message, rest), textOf(message));
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.#logger.fatal(fieldsOf(message, rest), textOf(message));
  }
}

const textOf = (message: unknown): string => (message instanceof Error ? message.message : String(message));

/** Nest passes the context as the last argument, and a stack before it for errors. */
const fieldsOf = (message: unknown, rest: readonly unknown[]): Record<string, unknown> => {
  const context = rest.at(-1);
  const error = [message, ...rest].find((part) => part instanceof Error);
  const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
  return {
    ...(typeof context === 'string' ? { context } : {}),
    ...(error === undefined ? {} : { err: error }),
    ...(stack === undefined ? {} : { stack }),
  };
};
