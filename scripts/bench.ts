/**
 * Prints figures and ratios: `npm run bench`, one of them `npm run bench -- scan`, as a file too `--json FILE`.
 * What they are meant to be is printed beside them; no figure makes the command fail. docs/benchmarks.md explains them.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { api } from '../benchmarks/api.ts';
import { database } from '../benchmarks/database.ts';
import { judging } from '../benchmarks/judging.ts';
import type { Bench, BenchResult } from '../benchmarks/measure.ts';
import { renderResult } from '../benchmarks/render.ts';
import { scan } from '../benchmarks/scan.ts';
import { start } from '../benchmarks/start.ts';

const benches: readonly Bench[] = [judging, scan, api, start, database];
const say = (text: string): void => void process.stderr.write(`• ${text}\n`);

const machine = () => ({
  date: new Date().toISOString(),
  node: process.version,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 1024 ** 3),
  /** Runnable tasks over the last minute: above the cores, others were measured too. */
  loadBefore: loadavg()[0] ?? 0,
});

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `error  There is no bench ${unknown.join(', ')}. One of: ${benches.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exitCode = 2;
} else {
  const about = machine();
  process.stdout.write(
    `${about.date}  Node ${about.node}  ${about.cores} cores of ${about.processor}  ${about.memoryGiB} GiB  load ${about.loadBefore.toFixed(1)}\n\n`,
  );
  const results: Record<string, BenchResult> = {};
  for (const bench of benches) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    const result = await bench.run(say);
    results[bench.name] = result;
    process.stdout.write(`${renderResult(result)}\n`);
  }
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ machine: about, results }, null, 2)}\n`);
}
