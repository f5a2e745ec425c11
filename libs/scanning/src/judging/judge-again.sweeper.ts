import { catalogueVersion } from '@plimsoll/checks';
import { NotFound } from '@plimsoll/contracts';
import type { Database } from '@plimsoll/persistence';
import { findActiveScan, lockHost, queueScan } from '../scans/queue-scan.ts';

export interface JudgeAgainSweeperOptions {
  readonly database: Database;
  /** Default: the version of this program's catalogue. */
  readonly catalogueVersion?: string;
  /** How many judgements of stored snapshots wait or run at once, so that scans need not wait for them. Default 50. */
  readonly waitingLimit?: number;
  readonly now?: () => Date;
}

/**
 * Finds hosts that were judged by another catalogue, other parameters or other answers than they would be now, and has
 * their stored snapshots judged again, a few at a time. Whatever changed, and whoever crashed meanwhile, the rows tell.
 */
export class JudgeAgainSweeper {
  readonly #options: JudgeAgainSweeperOptions;
  readonly #catalogueVersion: string;
  #isAnnounced = false;

  constructor(options: JudgeAgainSweeperOptions) {
    this.#options = options;
    this.#catalogueVersion = options.catalogueVersion ?? catalogueVersion;
  }

  /** @returns how many judgements were queued */
  async sweep(): Promise<number> {
    const { database, waitingLimit = 50 } = this.#options;
    // Once: while versions run side by side, the worker that started last decides, and the others look for nothing.
    if (!this.#isAnnounced) await database.platform.announceCatalogue(this.#catalogueVersion);
    this.#isAnnounced = true;
    let queued = 0;
    for (const host of await database.platform.findHostsToJudgeAgain(this.#catalogueVersion, waitingLimit)) {
      if (await this.#queue(host)) queued += 1;
    }
    return queued;
  }

  async #queue({ tenantId, hostId }: { readonly tenantId: string; readonly hostId: string }): Promise<boolean> {
    const { database, now = () => new Date() } = this.#options;
    try {
      return await database.forTenant(tenantId, async (tx) => {
        await lockHost(tx, tenantId, hostId);
        // Another worker, or a person, came first.
        if ((await findActiveScan(tx, tenantId, hostId)) !== null) return false;
        await queueScan(tx, { tenantId, hostId, kind: 'rejudge', at: now() });
        return true;
      });
    } catch (error) {
      if (error instanceof NotFound) return false;
      throw error;
    }
  }
}
