import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { TooManyRequests, ValidationFailed } from '@plimsoll/contracts';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { ApiReply, ApiRequest } from './api-request.ts';

export interface ServerSentEvent {
  /** What a client sends back as `Last-Event-ID` to go on from here. */
  readonly id: number;
  readonly event?: string;
  readonly data: unknown;
}

/**
 * Yields the events after `lastEventId` (all, when undefined), then new ones as they come; returns when there will be
 * no more. Must stop when the signal aborts: the client left, or the process shuts down.
 */
export type EventSource = (lastEventId: number | undefined, signal: AbortSignal) => AsyncIterable<ServerSentEvent>;

const heartbeatMs = 15_000;
/** A client that comes back after this long is authenticated anew. */
const maximumAgeMs = 15 * 60_000;
const streamsPerActor = 20;

/** Streams of server-sent events: resumable, kept alive through proxies, ended in order at shut-down. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  readonly #open = new Map<AbortController, string>();
  #isShuttingDown = false;

  /**
   * Answers with a stream; for a handler that takes `@Req()` and `@Res()`. Find out whether the thing exists before:
   * afterwards a problem can't be sent any more.
   * @throws ValidationFailed for a `Last-Event-ID` that is not one of ours, TooManyRequests for too many at once
   */
  send(request: ApiRequest, reply: ApiReply, source: EventSource): void {
    const lastEventId = lastEventIdOf(request.headers['last-event-id']);
    const owner = request.actor?.id ?? request.ip;
    if ([...this.#open.values()].filter((other) => other === owner).length >= streamsPerActor) {
      throw new TooManyRequests(
        { retryAfterSeconds: 30 },
        { detail: `At most ${streamsPerActor} event streams at once.`, headers: { 'Retry-After': '30' } },
      );
    }
    const leaving = new AbortController();
    const stream = new PassThrough();
    this.#open.set(leaving, owner);
    const age = setTimeout(() => leaving.abort(), maximumAgeMs);
    const heartbeat = setInterval(() => stream.write(': still here\n\n'), heartbeatMs);
    stream.once('close', () => {
      clearTimeout(age);
      clearInterval(heartbeat);
      this.#open.delete(leaving);
      leaving.abort();
    });
    if (this.#isShuttingDown) leaving.abort();
    void reply
      .header('content-type', 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no')
      // Its end must end the connection too: an idle one would hold up a shut-down.
      .header('connection', 'close')
      .send(stream);
    stream.write('retry: 2000\n\n');
    void pump(stream, source(lastEventId, leaving.signal), leaving.signal).catch((error: unknown) => {
      request.log.warn({ err: error }, 'event stream broke');
      stream.destroy();
    });
  }

  /** Before connections are drained: an event stream would hold the drain up for ever. */
  beforeApplicationShutdown(): void {
    this.#isShuttingDown = true;
    for (const leaving of this.#open.keys()) leaving.abort();
  }
}

const pump = async (
  stream: PassThrough,
  events: AsyncIterable<ServerSentEvent>,
  signal: AbortSignal,
): Promise<void> => {
  const iterator = events[Symbol.asyncIterator]();
  const left = new Promise<'left'>((resolve) => {
    if (signal.aborted) resolve('left');
    signal.addEventListener('abort', () => resolve('left'), { once: true });
  });
  for (;;) {
    // A source that is slow to notice the signal does not hold the stream open.
    const next = await Promise.race([iterator.next(), left]);
    if (next === 'left' || next.done === true) break;
    const { id, event, data } = next.value;
    const name = event === undefined ? '' : `event: ${event}\n`;
    const hasRoom = stream.write(`id: ${id}\n${name}data: ${JSON.stringify(data)}\n\n`);
    if (!hasRoom) await Promise.race([once(stream, 'drain'), left]);
  }
  stream.end();
  void iterator.return?.().catch(() => undefined);
};

const lastEventIdOf = (header: string | string[] | undefined): number | undefined => {
  if (header === undefined || header === '') return undefined;
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new ValidationFailed(
    {},
    { errors: [{ field: 'Last-Event-ID', in: 'header', message: 'Send the id of an event of this stream' }] },
  );
};
