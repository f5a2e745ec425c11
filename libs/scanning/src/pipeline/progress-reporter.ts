import type { Database, Transaction } from '@plimsoll/persistence';
import { recordProgress } from '../scans/scan-progress.ts';
import type { HeldScan } from './scan-lease.ts';

/** How often the requests of a collection are told at most. */
const intervalMs = 500;

/** Tells how far a scan is: on its row, and as an event for those who watch. Never goes backwards within an attempt. */
export class ProgressReporter {
  readonly #database: Database;
  readonly #scan: HeldScan;
  #writing: Promise<void> = Promise.resolve();
  #toldAt = performance.now();
  #percent = 0;

  constructor(database: Database, scan: HeldScan) {
    this.#database = database;
    this.#scan = scan;
  }

  /** Resolves once it is stored; does nothing for a scan that is not held any more. */
  report(percent: number, step: string, detail: string | null = null): Promise<void> {
    this.#toldAt = performance.now();
    this.#percent = Math.max(this.#percent, percent);
    const told = this.#percent;
    this.#writing = this.#writing.then(() =>
      this.#database.forTenant(this.#scan.tenantId, (tx) => this.write(tx, told, step, detail)),
    );
    return this.#writing;
  }

  /** How many requests there will be is not known, so the bar comes nearer to its end and never reaches it. */
  reportRequests(done: number): void {
    if (performance.now() - this.#toldAt < intervalMs) return;
    const percent = 10 + Math.round(70 * (1 - Math.exp(-done / 150)));
    // A progress bar is no reason to end a scan: the next report tells whether the database is there.
    void this.report(percent, 'collecting', `${done} answers read`).catch(() => undefined);
  }

  /** Waits for what is being written. */
  async settle(): Promise<void> {
    await this.#writing.catch(() => undefined);
    this.#writing = Promise.resolve();
  }

  async write(tx: Transaction, percent: number, step: string, detail: string | null): Promise<void> {
    const { tenantId, scanId, leaseOwner } = this.#scan;
    const { count } = await tx.scan.updateMany({
      where: { tenantId, id: scanId, leaseOwner, state: 'running' },
      data: { progressPercent: percent, stage: step },
    });
    if (count === 1) await recordProgress(tx, this.#scan, { state: 'running', percent, step, detail });
  }
}
