import type { Reason } from './comparison.ts';
import { reasonsOfContainers } from './reasons-of-containers.ts';
import { reasonsOfHost } from './reasons-of-host.ts';

/** The tests of docker-bench-security 1.6.0 that have a number of the CIS Docker Benchmark, in its order. */
export const dockerBenchIds: readonly string[] = [
  ...numbered('1.1', 18),
  ...numbered('1.2', 2),
  ...numbered('2', 18),
  ...numbered('3', 24),
  ...numbered('4', 12),
  ...numbered('5', 32),
  ...numbered('6', 2),
  ...numbered('7', 9),
];

function numbered(section: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${section}.${at + 1}`);
}

/** By check id: where the two differ on the compared host, why ours is right. */
export const reasons: Readonly<Record<string, Reason>> = { ...reasonsOfHost, ...reasonsOfContainers };
