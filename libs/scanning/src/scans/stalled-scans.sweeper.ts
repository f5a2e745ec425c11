import type { Database } from '@plimsoll/persistence';
import { type Queues, scanHostJob } from '@plimsoll/queue';

export interface StalledScansSweeperOptions {
  readonly database: Database;
  readonly queues: Pick<Queues, 'add'>;
  /** How long a scan may wait for its job before that is taken to be lost. Default 30,000. */
  readonly queuedMs?: number;
  readonly now?: () => Date;
}

const batch = 500;

/**
 * Finds scans that nobody works on, by their rows: the worker was killed and its lease ran out, or the job was lost with
 * the queue. Adding a job that is still there does nothing, and one that is taken up twice is claimed once.
 */
export class StalledScansSweeper {
  readonly #options: StalledScansSweeperOptions;

  constructor(options: StalledScansSweeperOptions) {
    this.#options = options;
  }

  /** @returns how many were found */
  async sweep(): Promise<number> {
    const { database, queues, queuedMs = 30_000, now = () => new Date() } = this.#options;
    const stalled = await database.platform.findStalledScans(new Date(now().getTime() - queuedMs), batch);
    for (const { tenantId, scanId, attempt } of stalled) {
      await queues.add(scanHostJob, { tenantId, scanId, attempt });
    }
    return stalled.length;
  }
}
