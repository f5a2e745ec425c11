import type { FleetOverview } from '@plimsoll/contracts';

/** A host at the end of a day. */
export interface HostDayRow {
  readonly hostId: string;
  /** `2026-11-24`, UTC. */
  readonly day: string;
  readonly score: number;
  readonly opened: number;
  readonly fixed: number;
}

const dayMs = 86_400_000;

/**
 * The last days of the fleet, oldest first. A host keeps its score on days without a scan, so that the mean moves when
 * hosts get better or worse and not when they were scanned. Pure.
 * @param rows of the days shown, and of each host its last day before them
 */
export const trendOf = (rows: readonly HostDayRow[], now: Date, days: number): FleetOverview['trend'] => {
  const ordered = rows.toSorted((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));
  const scores = new Map<string, number>();
  let next = 0;
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(now.getTime() - (days - 1 - index) * dayMs).toISOString().slice(0, 10);
    let [opened, fixed] = [0, 0];
    for (let row = ordered[next]; row !== undefined && row.day <= day; row = ordered[next]) {
      scores.set(row.hostId, row.score);
      if (row.day === day) {
        opened += row.opened;
        fixed += row.fixed;
      }
      next += 1;
    }
    return { day, score: meanOf([...scores.values()]), opened, fixed };
  });
};

const meanOf = (scores: readonly number[]): number | null =>
  scores.length === 0 ? null : Math.round(scores.reduce((sum, score) => sum + score, 0) / scores.length);
