import type { Prisma } from './generated/client.ts';
import type { Transaction } from './database.ts';
import { newId } from './id.ts';

/** PostgreSQL tells it to listeners when a transaction with new messages commits. */
export const OUTBOX_CHANNEL = 'plimsoll_outbox';

/** Something that became true in a transaction, to be told to others after it. */
export interface OutboxEvent {
  readonly tenantId: string;
  readonly type: string;
  readonly payload: Prisma.InputJsonValue;
}

/** Writes messages that leave only if the transaction commits. */
export const outbox = {
  /** Appends one event; returns its id, which stays the same wherever the event goes. */
  async append(tx: Transaction, event: OutboxEvent): Promise<string> {
    const id = newId();
    await tx.outboxMessage.create({ data: { id, ...event }, select: { id: true } });
    return id;
  },

  /** Appends several events in their order. */
  async appendMany(tx: Transaction, events: readonly OutboxEvent[]): Promise<void> {
    if (events.length > 0)
      await tx.outboxMessage.createMany({ data: events.map((event) => ({ id: newId(), ...event })) });
  },
};
