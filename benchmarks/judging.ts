import { catalogue, judge } from '@plimsoll/checks';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { type Bench, type Figure, median, processorTimeOf } from './measure.ts';
import { sampleSnapshot, snapshotWith } from './synthetic-snapshot.ts';

const sizes = [10, 100, 1_000, 10_000] as const;
const roundsOf = (containers: number): number => (containers >= 10_000 ? 5 : 15);

/** Judging is one core's work, so its processor time is what it takes when nobody else wants that core. */
export const judging: Bench = {
  name: 'judging',
  run: async (say) => {
    const sample = await sampleSnapshot();
    const figures: Figure[] = [];
    const perContainer: number[] = [];
    for (const size of sizes) {
      say(`judging ${size} containers`);
      const taken = judgedIn(snapshotWith(sample, size), size, roundsOf(size));
      perContainer.push(taken / size);
      figures.push({
        name: `${catalogue.length} checks over ${size.toLocaleString('en')} containers and ${Math.ceil(size / 5).toLocaleString('en')} images`,
        value: taken,
        unit: 'ms',
        ...(size === 1_000 ? { target: { atMost: 150 } } : {}),
      });
    }
    figures.push({
      name: 'growth per container from 100 to 10,000',
      value: (perContainer.at(-1) ?? Number.NaN) / (perContainer[1] ?? Number.NaN),
      unit: '×',
      target: { atMost: 1.5 },
      note: '1 is linear',
    });
    return { title: 'Judging a snapshot with the whole catalogue, one core', figures };
  },
};

/** Small snapshots are judged several at a time: the clock of a thread counts in steps of milliseconds. */
const containersAtATime = 2_000;

const judgedIn = (snapshot: HostSnapshot, containers: number, rounds: number): number => {
  const copies = Math.max(1, Math.round(containersAtATime / containers));
  const samples: number[] = [];
  for (let round = -5; round < rounds; round += 1) {
    // What checks work out once for a snapshot is remembered with its parts: each round gets parts of its own.
    const fresh = Array.from({ length: copies }, () => structuredClone(snapshot));
    const taken = processorTimeOf(() => fresh.map((one) => judge(one, catalogue)));
    if (round >= 0) samples.push(taken / copies);
  }
  return median(samples);
};
