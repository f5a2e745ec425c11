import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bench } from './measure.ts';

const cli = join(import.meta.dirname, '../apps/cli/dist/main.js');
const readyLine = 'Plimsoll is ready at';
const secondStarts = 3;

/** Milliseconds from the spawn to the line that says that the API is ready; ends the product again. */
const timeToReady = async (dataDir: string): Promise<number> => {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [cli, 'start', '--no-local', '--once'], {
    env: { ...process.env, PLIMSOLL_DATA_DIR: dataDir, PLIMSOLL_PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  let readyAfterMs: number | undefined;
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith(readyLine)) readyAfterMs ??= performance.now() - startedAt;
  const [code] = await ended;
  if (code !== 0 || readyAfterMs === undefined) throw new Error(`The start ended with ${code} and was not ready`);
  return readyAfterMs;
};

/** How long a user waits: the first start makes a database, every later one only starts it. Dependencies are there. */
export const start: Bench = {
  name: 'start',
  run: async (say) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'plimsoll-bench-start-'));
    try {
      say('starting on an empty data folder');
      const first = await timeToReady(dataDir);
      const later: number[] = [];
      for (let attempt = 1; attempt <= secondStarts; attempt += 1) {
        say(`starting again, ${attempt} of ${secondStarts}`);
        later.push(await timeToReady(dataDir));
      }
      const median = later.toSorted((a, b) => a - b)[Math.floor(secondStarts / 2)] ?? 0;
      return {
        title: 'From `plimsoll start` to an API that is ready',
        figures: [
          { name: 'first start, with a new database', value: first / 1_000, unit: 's' },
          { name: `second start, median of ${secondStarts}`, value: median / 1_000, unit: 's', target: { atMost: 3 } },
        ],
      };
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};
