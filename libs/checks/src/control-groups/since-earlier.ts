import type { ContainerEntry, ContainerInspect, EarlierCounters, HostSnapshot } from '@plimsoll/snapshot';
import { instantOf } from '../engine/instants.ts';
import { type Judgement, unknown } from '../engine/verdict.ts';

/** What an earlier snapshot counted of the same run of a container, and how long ago. */
export interface SinceEarlier {
  readonly earlier: EarlierCounters;
  readonly seconds: number;
}

/** Undefined where there is no earlier snapshot of this run: counters begin anew at each start. */
export const sinceEarlier = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
): SinceEarlier | undefined => {
  const sample = snapshot.earlier;
  const earlier =
    sample !== undefined && Object.hasOwn(sample.containers, container.id)
      ? sample.containers[container.id]
      : undefined;
  const startedAt = inspect.State?.StartedAt;
  if (sample === undefined || earlier === undefined || startedAt === undefined || earlier.startedAt !== startedAt)
    return undefined;
  const seconds = secondsSinceEarlier(snapshot);
  return seconds === undefined ? undefined : { earlier, seconds };
};

/** Seconds from the earlier snapshot to this one; undefined where there is none, or the times make no sense. */
export const secondsSinceEarlier = ({ takenAt, earlier }: HostSnapshot): number | undefined => {
  const [now, before] = [instantOf(takenAt), instantOf(earlier?.takenAt)];
  return now === undefined || before === undefined || now <= before ? undefined : (now - before) / 1000;
};

/** How much a counter grew; undefined where one of both was not seen, or it went backwards. */
export const growth = (now: number | undefined, before: number | undefined): number | undefined =>
  now === undefined || before === undefined || now < before ? undefined : now - before;

/** The answer at the first scan of a run. */
export const oneSampleOnly = (what: string): Judgement =>
  unknown(`${what} shows only between two samples of the same run, and there is one`, 'The next scan of this host');

/** `3 h`, `2 d`: the length of a sample, for reasons. */
export const describeLength = (seconds: number): string => {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
};

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
/** `1.5 GiB` */
export const describeBytes = (bytes: number): string => {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < units.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${Number(amount.toFixed(1))} ${units[unit] ?? ''}`;
};
