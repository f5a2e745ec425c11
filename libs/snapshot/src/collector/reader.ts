import { EngineError, toEngineError, type MetadataRequestName, type EngineClient } from '@plimsoll/docker-engine';
import type { Missing, MissingReason, Part } from '../schema/part.ts';
import { Lane } from './lane.ts';
import { redactText } from '../redaction/redact-text.ts';

const reasons: Partial<Record<EngineError['reason'], MissingReason>> = {
  denied: 'denied',
  'client-certificate-rejected': 'denied',
  'not-found': 'not-found',
  'timed-out': 'timed-out',
  'too-large': 'too-large',
  'too-deep': 'malformed',
  malformed: 'malformed',
  'engine-error': 'engine-error',
  'redirect-refused': 'engine-error',
  cancelled: 'cancelled',
};

/** Why a request gave nothing, as a part of the snapshot. The engine's own words may quote a secret. */
export const missingFrom = (error: EngineError): Missing => ({
  missing: reasons[error.reason] ?? 'connection-lost',
  detail: redactText(error.detail, '', () => undefined),
});

export const isVanished = <T>(part: Part<T>): boolean => 'missing' in part && part.missing === 'not-found';

/**
 * The engine lets a sample wait for its next tick, up to a second (seen on 20.10, `one-shot` or not): in the lane of
 * the others they would take a second for every eight containers, while all that they cost is the wait.
 */
const slowRequests: ReadonlySet<MetadataRequestName> = new Set(['containerStats']);

/** A host that answers such requests at once needs no more lines for them; each costs both sides a handshake. */
const promptWidth = 4;
/** One that has not answered by then lets us wait: then as many wait at a time as there are connections for it. */
const defaultPromptMs = 50;

/** So many failures in a row, with no answer in between, mean that the host is gone. */
const silenceLimit = 8;

/** Bytes of all answers to one scan together; a host with a thousand containers sends about a twentieth of it. */
const defaultAnswerBudgetBytes = 256 * 1024 * 1024;

/**
 * Runs a scan's requests, no more at a time than the client has connections, so that a request's deadline
 * starts when it is sent and not while it waits for a turn.
 */
export class SnapshotReader {
  readonly client: EngineClient;
  readonly #signal: AbortSignal | undefined;
  readonly #deadlineMs: number | undefined;
  readonly #onRequestDone: () => void;
  readonly #lane: Lane;
  readonly #slowLane: Lane;
  #failuresInARow = 0;
  #lastFailure: EngineError | undefined;
  readonly #budgetBytes: number;
  readonly #promptMs: number;
  #readBytes = 0;

  constructor(
    client: EngineClient,
    options: {
      signal?: AbortSignal | undefined;
      requestDeadlineMs?: number | undefined;
      answerBudgetBytes?: number | undefined;
      promptMs?: number | undefined;
    },
    onRequestDone: () => void,
  ) {
    this.client = client;
    this.#lane = new Lane(client.limits.connections);
    this.#slowLane = new Lane(Math.min(promptWidth, client.limits.waitingConnections));
    this.#signal = options.signal;
    this.#deadlineMs = options.requestDeadlineMs;
    this.#promptMs = options.promptMs ?? defaultPromptMs;
    this.#budgetBytes = options.answerBudgetBytes ?? defaultAnswerBudgetBytes;
    this.#onRequestDone = onRequestDone;
  }

  /** The parsed answer, or why there is none; a failed `parse` counts as malformed. Never throws for a host's doing. */
  async ask<T>(
    name: MetadataRequestName,
    path: Readonly<Record<string, string>>,
    query: Readonly<Record<string, string>>,
    parse: (answer: unknown) => T,
  ): Promise<Part<T>> {
    const isSlow = slowRequests.has(name);
    const lane = isSlow ? this.#slowLane : this.#lane;
    await lane.enter();
    const impatience = isSlow
      ? setTimeout(() => this.#slowLane.widen(this.client.limits.waitingConnections), this.#promptMs)
      : undefined;
    try {
      this.#assertReachable();
      this.#spend(0);
      const answer = await this.client.readNamed(name, path, query, {
        signal: this.#signal,
        deadlineMs: this.#deadlineMs,
        onBytes: (bytes) => this.#spend(bytes),
      });
      this.#failuresInARow = 0;
      return { value: this.#parsed(name, answer, parse) };
    } catch (cause) {
      return missingFrom(this.#failure(cause));
    } finally {
      clearTimeout(impatience);
      lane.leave();
      this.#onRequestDone();
    }
  }

  /** What is over the budget is not asked for, and what is under way is broken off: a host can't fill our memory. */
  #spend(bytes: number): void {
    this.#readBytes += bytes;
    if (this.#readBytes < this.#budgetBytes) return;
    throw new EngineError('too-large', {
      detail: `Not read: the answers of the host to one scan are larger than ${this.#budgetBytes} bytes together.`,
    });
  }

  #parsed<T>(name: MetadataRequestName, answer: unknown, parse: (answer: unknown) => T): T {
    try {
      return parse(answer);
    } catch (cause) {
      throw new EngineError('malformed', { detail: `The answer to ${name} has another shape than documented.`, cause });
    }
  }

  #assertReachable(): void {
    if (this.#signal?.aborted === true) throw new EngineError('cancelled', { detail: 'The scan was cancelled.' });
    if (this.#failuresInARow < silenceLimit) return;
    throw new EngineError('connection-reset', {
      detail: `Not asked: the host failed ${silenceLimit} times in a row (${this.#lastFailure?.detail ?? ''}).`,
    });
  }

  #failure(cause: unknown): EngineError {
    const error =
      cause instanceof RangeError
        ? new EngineError('malformed', { detail: 'The host named a thing by an id that is none.', cause })
        : toEngineError(cause);
    const answered =
      error.httpStatus !== undefined || ['malformed', 'too-large', 'too-deep', 'cancelled'].includes(error.reason);
    if (answered) {
      this.#failuresInARow = 0;
    } else {
      this.#failuresInARow += 1;
      this.#lastFailure ??= error;
    }
    return error;
  }
}
