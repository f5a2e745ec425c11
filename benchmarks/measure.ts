import { performance } from 'node:perf_hooks';

/** What a figure is meant to be; a bench never fails on it. */
export type Target = { readonly atMost: number } | { readonly atLeast: number };

/** One line of a bench's result. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** e.g. `ms`, `×`, `requests/s` */
  readonly unit: string;
  readonly target?: Target;
  /** What a reader must know to judge the figure. */
  readonly note?: string;
}

export interface BenchResult {
  readonly title: string;
  readonly figures: readonly Figure[];
}

/** Tells what is being done, on stderr: figures alone are on stdout. */
export type Say = (text: string) => void;

export interface Bench {
  readonly name: string;
  run(say: Say): Promise<BenchResult>;
}

/** @throws RangeError for no numbers at all */
export const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  if (low === undefined || high === undefined) throw new RangeError('The median of nothing');
  return (low + high) / 2;
};

/** Wall time in milliseconds. */
export const wallTimeOf = async (work: () => Promise<unknown>): Promise<number> => {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
};

/** Processor time of this thread in milliseconds, user and system: says little about what else the machine does. */
export const processorTimeOf = (work: () => unknown): number => {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
};

/**
 * Runs the variants in turn, round by round, so that what else the machine does hits them alike; the first rounds warm
 * up and are not counted.
 * @returns the samples of each variant, in the order of the rounds
 */
export const interleaved = async <Name extends string>(
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
  variants: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Readonly<Record<Name, readonly number[]>>> => {
  // The keys are those of `variants`.
  const names = Object.keys(variants) as Name[];
  const samples = Object.fromEntries(names.map((name): [string, number[]] => [name, []])) as Record<Name, number[]>;
  for (let round = -warmUp; round < rounds; round += 1) {
    // Whoever comes second meets warm caches: the order turns.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await variants[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
};

/** The median of the ratios round by round: load that comes and goes touches both sides of each. */
export const medianRatio = (numerators: readonly number[], denominators: readonly number[]): number =>
  median(numerators.map((numerator, round) => numerator / (denominators[round] ?? Number.NaN)));
