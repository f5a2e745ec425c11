import type { Database, Notifications } from '@plimsoll/persistence';
import { SCAN_CANCELLATIONS_CHANNEL } from '../scans/queue-scan.ts';
import { type HeldScan, type LeaseTiming, renewLease } from './scan-lease.ts';

/** Why a scan that is under way stops. */
export type StopReason = 'cancelled' | 'lease-lost' | 'timed-out' | 'shutting-down';

export interface ScanWatchOptions extends LeaseTiming {
  readonly database: Database;
  /** Brings the wish to cancel at once; without it, the next sign of life does. */
  readonly notifications?: Notifications | undefined;
  readonly timeoutMs: number;
  /** Aborts when the process shuts down. */
  readonly signal: AbortSignal;
}

/** Holds on to a scan while it is worked on: renews its lease, and stops the work when it is not to go on. */
export class ScanWatch {
  readonly #scan: HeldScan;
  readonly #options: ScanWatchOptions;
  readonly #controller = new AbortController();
  readonly #stopListening: (() => void) | undefined;
  readonly #renewal: NodeJS.Timeout;
  readonly #deadline: NodeJS.Timeout;
  #stopReason: StopReason | undefined;
  #renewedAt = performance.now();

  constructor(scan: HeldScan, options: ScanWatchOptions) {
    this.#scan = scan;
    this.#options = options;
    this.#renewal = setInterval(() => void this.#renew(), options.renewMs);
    this.#deadline = setTimeout(() => this.#stop('timed-out'), options.timeoutMs);
    this.#stopListening = options.notifications?.listen(SCAN_CANCELLATIONS_CHANNEL, (scanId) => {
      if (scanId === null || scanId === scan.scanId) void this.#renew();
    });
    options.signal.addEventListener('abort', this.#onShutdown, { once: true });
    if (options.signal.aborted) this.#onShutdown();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined while the scan may go on. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  end(): void {
    clearInterval(this.#renewal);
    clearTimeout(this.#deadline);
    this.#stopListening?.();
    this.#options.signal.removeEventListener('abort', this.#onShutdown);
  }

  readonly #onShutdown = (): void => this.#stop('shutting-down');

  async #renew(): Promise<void> {
    const askedAt = performance.now();
    try {
      const lease = await renewLease(this.#options.database, this.#scan, this.#options);
      if (lease === undefined) this.#stop('lease-lost');
      else if (lease.cancelRequested) this.#stop('cancelled');
      else this.#renewedAt = askedAt;
    } catch {
      // The database may be restarting: go on for as long as the lease surely lasts, and no longer.
      if (performance.now() - this.#renewedAt > this.#options.leaseMs) this.#stop('lease-lost');
    }
  }

  #stop(reason: StopReason): void {
    this.#stopReason ??= reason;
    this.#controller.abort();
  }
}
