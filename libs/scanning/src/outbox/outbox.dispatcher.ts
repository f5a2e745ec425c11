import { Uuid } from '@plimsoll/contracts';
import {
  type ClaimedOutboxMessage,
  type Database,
  type Notifications,
  OUTBOX_CHANNEL,
  Platform,
} from '@plimsoll/persistence';
import { type Queues, scanHostJob } from '@plimsoll/queue';
import type { Logger } from '@plimsoll/telemetry';
import { ZodError, z } from 'zod';
import { scanRequested } from '../events/announce.ts';
import { Loop } from './loop.ts';

/** Where events go once they are true, e.g. the webhooks. Must be safe to call twice with the same message. */
export interface EventSink {
  dispatch(message: ClaimedOutboxMessage): Promise<unknown>;
}

export interface OutboxDispatcherOptions {
  readonly database: Database;
  readonly queues: Pick<Queues, 'add'>;
  readonly sinks: readonly EventSink[];
  readonly log: Logger;
  /** Wakes the dispatcher when a transaction with messages commits; without it, it looks every `intervalMs`. */
  readonly notifications?: Notifications | undefined;
  /** How often it looks without being woken. Default 2,000. */
  readonly intervalMs?: number;
}

const batch = 100;
/** Unreadable messages get a while: another process may be on a newer version that writes more than this one knows. */
const unreadableAttempts = 20;
const ScanRequested = z.object({ scanId: Uuid });

/**
 * Takes committed messages in their order and hands them on: jobs to the queue, events to the sinks. A message is marked
 * in the transaction that claimed it, after it was handed on: whatever breaks, it is delivered at least once.
 */
export class OutboxDispatcher {
  readonly #options: OutboxDispatcherOptions;
  readonly #loop: Loop;
  readonly #stopListening: (() => void) | undefined;

  constructor(options: OutboxDispatcherOptions) {
    this.#options = options;
    this.#loop = new Loop(() => this.dispatchAll(), {
      intervalMs: options.intervalMs ?? 2_000,
      onError: (error) => options.log.warn({ err: error }, 'outbox could not be dispatched, will try again'),
    });
    this.#stopListening = options.notifications?.listen(OUTBOX_CHANNEL, () => this.#loop.wake());
  }

  start(): void {
    this.#loop.start();
  }

  /** Ends after the batch at work. */
  async stop(): Promise<void> {
    this.#stopListening?.();
    await this.#loop.stop();
  }

  /**
   * Dispatches until nothing waits but messages of tenants that are held: those come again the next time.
   * @returns how many messages left
   */
  async dispatchAll(): Promise<number> {
    const held = new Set<string>();
    for (let total = 0; ;) {
      const { claimed, dispatched } = await this.#dispatchBatch(held);
      total += dispatched;
      if (claimed < batch) return total;
    }
  }

  /** @param held tenants whose messages wait; those that come to be held are added */
  #dispatchBatch(held: Set<string>): Promise<{ claimed: number; dispatched: number }> {
    return this.#options.database.transaction(
      async (tx) => {
        const platform = new Platform(tx);
        const messages = await platform.claimOutboxMessages(batch, [...held]);
        const dispatched: string[] = [];
        for (const message of messages) {
          if (held.has(message.tenantId)) continue;
          try {
            await this.#dispatch(message);
            dispatched.push(message.id);
          } catch (error) {
            const { id, type, tenantId } = message;
            // Whatever else is wrong may pass, and nothing may be lost for it; this never will.
            if (error instanceof ZodError && (await platform.noteOutboxUnreadable(id, unreadableAttempts))) {
              this.#options.log.error({ err: error, id, type, tenantId }, 'message can not be read, set aside');
              continue;
            }
            // The tenant's later messages wait, to stay in order; other tenants have nothing to do with it.
            held.add(tenantId);
            this.#options.log.warn({ err: error, id, type, tenantId }, 'message not dispatched, will try again');
          }
        }
        if (dispatched.length > 0) await platform.markOutboxDispatched(dispatched);
        return { claimed: messages.length, dispatched: dispatched.length };
      },
      { timeoutMs: 60_000 },
    );
  }

  async #dispatch(message: ClaimedOutboxMessage): Promise<void> {
    if (message.type === scanRequested) {
      const { scanId } = ScanRequested.parse(message.payload);
      await this.#options.queues.add(scanHostJob, { tenantId: message.tenantId, scanId, attempt: 0 });
      return;
    }
    for (const sink of this.#options.sinks) await sink.dispatch(message);
  }
}
