import type { Prisma } from './generated/client.ts';
import type { Transaction } from './database.ts';

/** PostgreSQL tells it to listeners, with the scan's id, when a transaction with new events commits. */
export const SCAN_EVENTS_CHANNEL = 'plimsoll_scan_events';

export interface NewScanEvent {
  readonly tenantId: string;
  readonly scanId: string;
  readonly type: string;
  readonly data: Prisma.InputJsonValue;
}

/**
 * Appends an event to a scan and returns its number: 1, 2, 3 … The scan's row is locked until the transaction ends, so a
 * reader that has seen a number has seen all before it.
 */
export async function appendScanEvent(tx: Transaction, event: NewScanEvent): Promise<number> {
  const { lastEventSequence } = await tx.scan.update({
    where: { id: event.scanId },
    data: { lastEventSequence: { increment: 1 } },
    select: { lastEventSequence: true },
  });
  await tx.scanEvent.create({ data: { ...event, sequence: lastEventSequence }, select: { sequence: true } });
  return lastEventSequence;
}
