import type { FleetOverview } from '@plimsoll/contracts';

/** What changed in the whole fleet on a day. */
export interface FleetDay {
  /** `2026-11-24`, UTC. */
  readonly day: string;
  /** By how much the sum of all hosts' scores moved. */
  readonly scoreChange: number;
  /** Hosts that had their first score. */
  readonly newHosts: number;
  readonly opened: number;
  readonly fixed: number;
}

const dayMs = 86_400_000;

/**
 * The last days of the fleet, oldest first. A host keeps its score on days without a scan, so that the mean moves when
 * hosts get better or worse and not when they were scanned. Pure.
 * @param changes in their order; those before the first day shown are where it starts from
 */
export const trendOf = (changes: readonly FleetDay[], now: Date, days: number): FleetOverview['trend'] => {
  let [sum, hosts, next] = [0, 0, 0];
  return Array.from({ length: days }, (_, index) => {
    const day = new Date(now.getTime() - (days - 1 - index) * dayMs).toISOString().slice(0, 10);
    let [opened, fixed] = [0, 0];
    for (let change = changes[next]; change !== undefined && change.day <= day; change = changes[next]) {
      sum += change.scoreChange;
      hosts += change.newHosts;
      if (change.day === day) [opened, fixed] = [change.opened, change.fixed];
      next += 1;
    }
    return { day, score: hosts === 0 ? null : Math.round(sum / hosts), opened, fixed };
  });
};
