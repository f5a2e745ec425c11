import type { Check } from '@plimsoll/checks';
import type { Benchmark, Theme } from '@plimsoll/contracts';

/** Which numbers a view has: those of the benchmark's version. */
export const versionOf = (benchmark: Benchmark): string => benchmark.slice('cis-'.length);

export const benchmarkName = 'CIS Docker Benchmark';

/** The benchmark's sections; the same in all versions that are followed. */
export const benchmarkSections: readonly { readonly id: string; readonly title: string }[] = [
  { id: '1', title: 'Host configuration' },
  { id: '2', title: 'Docker daemon configuration' },
  { id: '3', title: 'Docker daemon configuration files' },
  { id: '4', title: 'Container images and build files' },
  { id: '5', title: 'Container runtime' },
  { id: '6', title: 'Docker security operations' },
  { id: '7', title: 'Docker swarm configuration' },
];

export const themeTitles: Readonly<Record<Theme, string>> = {
  namespaces: 'Namespaces',
  'control-groups': 'Control groups',
  'daemon-attack-surface': 'Daemon attack surface',
  'unprivileged-processes': 'Unprivileged processes',
  'security-modules': 'Security modules',
  'kernel-privileges': 'Kernel privileges',
  'registry-and-accounts': 'Registry and accounts',
  images: 'Images',
  host: 'Host',
  orchestration: 'Orchestration',
  'logging-and-operations': 'Logging and operations',
};

/** The number that a check has in a benchmark; null where it has none. */
export const numberIn = (check: Pick<Check, 'cis'>, benchmark: Benchmark): string | null =>
  check.cis?.[versionOf(benchmark)] ?? null;

/** Orders `5.9` before `5.10`. */
export const compareNumbers = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? -1) - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
};
