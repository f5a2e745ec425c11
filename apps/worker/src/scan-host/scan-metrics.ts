import type { ScanOutcome } from '@plimsoll/scanning';
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';

/** What this worker's scans came to. */
export class ScanMetrics {
  readonly #scans: Counter<'kind' | 'state'>;
  readonly #duration: Histogram<'kind' | 'state'>;

  constructor(registry: Registry) {
    this.#scans = new Counter({
      name: 'plimsoll_scans_total',
      help: 'Scans (full) and judgements of stored snapshots (rejudge) that this worker ended, by how they ended.',
      labelNames: ['kind', 'state'],
      registers: [registry],
    });
    this.#duration = new Histogram({
      name: 'plimsoll_scan_duration_seconds',
      help: 'From the start of a scan to its end, other attempts included.',
      labelNames: ['kind', 'state'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
      registers: [registry],
    });
  }

  count({ kind, state, durationMs }: ScanOutcome): void {
    this.#scans.inc({ kind, state });
    this.#duration.observe({ kind, state }, durationMs / 1000);
  }
}
