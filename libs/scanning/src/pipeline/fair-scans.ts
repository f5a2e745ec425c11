import type { Database } from '@plimsoll/persistence';
import type { ScanHostPayload } from '@plimsoll/queue';
import type { ScanHostPipeline } from './scan-host.pipeline.ts';

export interface FairScansOptions {
  readonly database: Database;
  readonly pipeline: Pick<ScanHostPipeline, 'run'>;
}

/** The job in whose name a scan is done. */
export interface ScanJob {
  /** Aborts when the process shuts down. */
  readonly signal: AbortSignal;
  /** What a repetition of the job gets instead of its first payload. */
  replacePayload(payload: ScanHostPayload): Promise<void>;
}

/**
 * Gives the tenants their turns. Jobs leave the queue in the order in which they were added, so that five hundred of one
 * tenant would hold up all others: a job is therefore leave to do one scan, and which one is decided when it is taken up, by
 * the rows. There are as many jobs as there are scans that wait, so none is left over.
 */
export class FairScans {
  readonly #options: FairScansOptions;

  constructor(options: FairScansOptions) {
    this.#options = options;
  }

  /** @throws ScanRetry when the scan is to be tried again after a while; the same job then goes on with it */
  async run(payload: ScanHostPayload, job: ScanJob): Promise<void> {
    const { signal } = job;
    const { database, pipeline } = this.#options;
    // It had been begun before: by an earlier attempt of this job, or by a worker that was lost.
    if (payload.attempt > 0 && (await pipeline.run(payload, signal))) return;
    while (!signal.aborted) {
      const turn = await database.platform.findScanInTurn();
      if (turn === undefined) return;
      const { tenantId, scanId, attempt } = turn;
      await job.replacePayload({ tenantId, scanId, attempt: attempt + 1 });
      // Another worker may have been faster; then it is somebody else's turn.
      if (await pipeline.run({ tenantId, scanId }, signal)) return;
    }
  }
}
