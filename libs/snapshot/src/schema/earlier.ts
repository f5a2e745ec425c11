import { z } from 'zod';
import type { ContainerEntry, ContainerStats } from './container.ts';
import { lenientNullable, number, text } from './lenient.ts';
import { type Part, valueOf } from './part.ts';

const InterfaceCounters = z.object({
  rx_packets: number,
  tx_packets: number,
  rx_errors: number,
  tx_errors: number,
  rx_dropped: number,
  tx_dropped: number,
});

/** What an earlier snapshot counted of a container. Counters run from its start, so `startedAt` says whether they compare. */
export const EarlierCounters = z.object({
  startedAt: text,
  restartCount: number,
  /** Bytes of the writable layer, where they were asked for. */
  sizeRw: number,
  periods: number,
  throttledPeriods: number,
  /** Bytes read from and written to block devices. */
  ioBytes: number,
  networks: lenientNullable(z.record(z.string(), InterfaceCounters)),
});
export type EarlierCounters = z.infer<typeof EarlierCounters>;

/** The counters of the snapshot before: what grows shows only between two. By container id. */
export const EarlierSample = z.object({
  /** RFC 3339, UTC. */
  takenAt: z.string(),
  containers: z.record(z.string(), EarlierCounters),
});
export type EarlierSample = z.infer<typeof EarlierSample>;

/** Bytes a container has read and written since its start; undefined where no controller counts them. */
export const ioBytesOf = (stats: ContainerStats | undefined): number | undefined => {
  const entries = stats?.blkio_stats?.io_service_bytes_recursive;
  // An empty list means that nothing counts, not that nothing was read.
  if (entries === undefined || entries === null || entries.length === 0) return undefined;
  let bytes = 0;
  for (const { op, value } of entries) {
    const operation = op?.toLowerCase();
    if (operation === undefined || value === undefined) return undefined;
    if (operation === 'read' || operation === 'write') bytes += value;
  }
  return bytes;
};

/** The parts of a snapshot that count. */
interface Counting {
  readonly takenAt: string;
  readonly containers: Part<ContainerEntry[]>;
}

/** What of a snapshot the next one of the same host is compared with. */
export const earlierSampleOf = (snapshot: Counting): EarlierSample => ({
  takenAt: snapshot.takenAt,
  containers: Object.fromEntries(
    (valueOf(snapshot.containers) ?? []).map(({ id, inspect, stats }): [string, EarlierCounters] => {
      const seen = valueOf(inspect);
      const counted = valueOf(stats);
      const throttling = counted?.cpu_stats?.throttling_data;
      return [
        id,
        EarlierCounters.parse({
          startedAt: seen?.State?.StartedAt,
          restartCount: seen?.RestartCount,
          sizeRw: seen?.SizeRw,
          periods: throttling?.periods,
          throttledPeriods: throttling?.throttled_periods,
          ioBytes: ioBytesOf(counted),
          networks: counted?.networks,
        }),
      ];
    }),
  ),
});
