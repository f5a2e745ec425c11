import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { ComparedHost } from './compared-host.ts';

export const dockerBenchVerdicts = ['PASS', 'WARN', 'INFO', 'NOTE'] as const;
export type DockerBenchVerdict = (typeof dockerBenchVerdicts)[number];

/** What docker-bench-security says of one of its tests. */
export interface DockerBenchResult {
  /** The benchmark's number. */
  readonly id: string;
  readonly verdict: DockerBenchVerdict;
  /** In its own words, where it says more than the verdict. */
  readonly details: string | undefined;
  /** The containers, images or networks it points at; empty where it names none. */
  readonly names: readonly string[];
}

export interface DockerBenchRun {
  readonly version: string;
  readonly wallMs: number;
  readonly results: readonly DockerBenchResult[];
}

const limitMs = 300_000;

const Output = z.object({
  dockerbenchsecurity: z.string(),
  tests: z.array(
    z.object({
      results: z.array(
        z.object({
          id: z.string(),
          result: z.enum(dockerBenchVerdicts),
          details: z.string().optional(),
          items: z.array(z.string()).optional(),
        }),
      ),
    }),
  ),
});

/**
 * Runs docker-bench-security with root on the host and in the daemon's own process namespace: it takes the newest
 * process called dockerd for the daemon.
 * @param folder a checkout of docker-bench-security; a copy of it is run
 */
export const runDockerBench = async (host: ComparedHost, folder: string): Promise<DockerBenchRun> => {
  await cp(folder, join(host.temporary, 'bench'), { recursive: true });
  const startedAt = performance.now();
  const command = 'cd /tmp/bench && exec bash ./docker-bench-security.sh -b -l /tmp/bench-result';
  const { exitCode, printed } = await host.inside('sh', ['-c', command], limitMs);
  const wallMs = performance.now() - startedAt;
  if (exitCode !== 0) throw new Error(`docker-bench-security ended with ${exitCode}:\n${printed.slice(-2000)}`);
  const written = await readFile(join(host.temporary, 'bench-result.json'), 'utf8');
  const { dockerbenchsecurity: version, tests } = Output.parse(JSON.parse(written));
  const results = tests.flatMap((section) =>
    section.results.map(({ id, result, details, items = [] }) => ({
      id,
      verdict: result,
      details,
      names: [...new Set(namesIn(id, items))],
    })),
  );
  return { version, wallMs, results };
};

/** Names come with what was found (`web:80`, `0123…:web`), images as `[tag tag]` torn at the blanks. */
const namesIn = (id: string, items: readonly string[]): string[] => {
  if (id === '5.30') return items.map((item) => item.replace(/^[0-9a-f]{64}:/, ''));
  if (id.startsWith('5.')) return items.map((item) => item.replace(/:.*$/, ''));
  if (id.startsWith('4.')) return items.map((item) => item.replaceAll(/[[\]]/g, ''));
  return items.filter((item) => !/^\(.*\)$/.test(item));
};
