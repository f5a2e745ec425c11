import { type Actor, type ScanProgressEvent, type ScanState } from '@plimsoll/contracts';
import { type Database, type Notifications, SCAN_EVENTS_CHANNEL } from '@plimsoll/persistence';
import type { z } from 'zod';
import { ScanProgress } from './scan-progress.ts';
import { findScan } from './scans.service.ts';

export interface ScanEventsReaderOptions {
  readonly database: Database;
  readonly notifications: Notifications;
  /** How often it looks without being told. Default 10,000. */
  readonly intervalMs?: number;
}

type Event = z.infer<typeof ScanProgressEvent>;

const ended: ReadonlySet<ScanState> = new Set(['succeeded', 'partial', 'failed', 'cancelled']);
const batch = 200;

/** Follows a scan by its events, from any point on, wherever in the fleet it is worked on. */
export class ScanEventsReader {
  readonly #options: ScanEventsReaderOptions;

  constructor(options: ScanEventsReaderOptions) {
    this.#options = options;
  }

  /** Before a stream is begun: afterwards a problem can't be sent any more. @throws NotFound */
  async assertExists({ tenantId }: Actor, scanId: string): Promise<void> {
    await this.#options.database.forTenant(tenantId, (tx) => findScan(tx, tenantId, scanId));
  }

  /**
   * Yields the events after `lastSequence` (all, when undefined), then new ones as they come; returns after the one that
   * ends the scan, when the signal aborts, or when the scan is gone.
   */
  async *follow(
    { tenantId }: Actor,
    scanId: string,
    lastSequence: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Event> {
    const alarm = new Alarm();
    const stop = this.#options.notifications.listen(SCAN_EVENTS_CHANNEL, (told) => {
      if (told === null || told === scanId) alarm.ring();
    });
    const ring = (): void => alarm.ring();
    signal.addEventListener('abort', ring, { once: true });
    let last = lastSequence ?? 0;
    try {
      while (!signal.aborted) {
        const events = await this.#read(tenantId, scanId, last);
        if (events === undefined) return;
        for (const event of events) {
          yield event;
          last = event.sequence;
          if (ended.has(event.state)) return;
        }
        if (events.length < batch) await alarm.wait(this.#options.intervalMs ?? 10_000);
      }
    } finally {
      stop();
      signal.removeEventListener('abort', ring);
    }
  }

  /** Undefined where nothing more will come: the scan is gone, or has ended and was followed to its end before. */
  #read(tenantId: string, scanId: string, last: number): Promise<Event[] | undefined> {
    return this.#options.database.forTenant(tenantId, async (tx) => {
      const scan = await tx.scan.findFirst({
        where: { tenantId, id: scanId },
        select: { state: true, lastEventSequence: true },
      });
      if (scan === null) return undefined;
      const rows = await tx.scanEvent.findMany({
        where: { tenantId, scanId, sequence: { gt: last } },
        orderBy: { sequence: 'asc' },
        take: batch,
      });
      if (rows.length === 0 && scan.lastEventSequence <= last && scan.state !== 'queued' && scan.state !== 'running') {
        return undefined;
      }
      return rows.map(({ sequence, createdAt, data }) => ({
        sequence,
        at: createdAt.toISOString(),
        ...ScanProgress.parse(data),
      }));
    });
  }
}

/** Waits for a ring or for time to pass; a ring that comes while nobody waits is not lost. */
class Alarm {
  #isRung = false;
  #wakeUp: (() => void) | undefined;

  ring(): void {
    this.#isRung = true;
    this.#wakeUp?.();
  }

  async wait(timeoutMs: number): Promise<void> {
    if (!this.#isRung) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wakeUp = resolve;
      const timer = setTimeout(resolve, timeoutMs);
      await promise;
      clearTimeout(timer);
    }
    this.#isRung = false;
  }
}
