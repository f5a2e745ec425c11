/**
 * `npm run compare:docker-bench -- --docker-bench FOLDER`: sets a real engine up well and badly, has
 * docker-bench-security (a checkout of it lies in FOLDER) and Plimsoll judge it, and writes both answers, check by
 * check, to docs/compare-docker-bench.md. Needs root, docker.io and busybox-static, and no auditd. Fails, and writes nothing, where a
 * number of the benchmark has no check of ours or a difference has no reason that fits it.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalogueVersion } from '@plimsoll/checks';
import { allChecks, checkOf } from './compare-docker-bench/all-checks.ts';
import { startComparedHost } from './compare-docker-bench/compared-host.ts';
import { agree, ourAnswer, type Row, withLastingNames } from './compare-docker-bench/comparison.ts';
import { type DockerBenchRun, runDockerBench } from './compare-docker-bench/docker-bench.ts';
import { renderComparison } from './compare-docker-bench/document.ts';
import { populate } from './compare-docker-bench/populate.ts';
import { dockerBenchIds, reasons } from './compare-docker-bench/reasons.ts';
import { scan, type Scanned } from './compare-docker-bench/scanned.ts';

const say = (text: string): void => void process.stderr.write(`• ${text}\n`);

interface Compared {
  readonly bench: DockerBenchRun;
  readonly scanned: Scanned & { readonly wallMs: number };
  readonly containers: number;
}

const compareOnOneHost = async (folder: string): Promise<Compared> => {
  say('starting an engine on a host of its own');
  const host = await startComparedHost();
  try {
    say('making images, containers and a swarm');
    await populate(host);
    const containers = (await host.docker('ps', '-aq')).split('\n').length;
    // Ours first: the other runs commands inside the containers, which ours would see.
    say('Plimsoll');
    const scanned = await scan(host);
    say('docker-bench-security');
    return { bench: await runDockerBench(host, folder), scanned, containers };
  } finally {
    await host.stop();
  }
};

/** The rows, and what keeps them from being written. */
const tableOf = ({ bench, scanned }: Compared): { rows: Row[]; problems: string[] } => {
  const rows: Row[] = [];
  const problems: string[] = [];
  const unknownIds = bench.results.filter(({ id }) => !dockerBenchIds.includes(id));
  for (const { id } of unknownIds)
    problems.push(`${id}: a test of docker-bench-security that reasons.ts does not list`);
  for (const id of dockerBenchIds) {
    const found = bench.results.find((result) => result.id === id);
    const check = checkOf(id);
    const ours = check === undefined ? undefined : ourAnswer(check.id, scanned);
    if (found === undefined) problems.push(`${id}: docker-bench-security says nothing`);
    if (check === undefined) problems.push(`${id}: no check of ours has this number`);
    else if (ours === undefined) problems.push(`${id} ${check.id}: no result of ours`);
    if (found === undefined || check === undefined || ours === undefined) continue;
    const dockerBench = withLastingNames(found, scanned.imageTags);
    const isSame = agree(dockerBench, ours);
    const reason = reasons[check.id];
    const fits = reason?.dockerBench === dockerBench.verdict && reason.ours === ours.outcome;
    const theirNames = dockerBench.names.join(' ');
    const both = `${dockerBench.verdict} [${theirNames}], ours ${ours.outcome} [${ours.names.join(' ')}] ${ours.reason}`;
    if (!isSame && !fits) problems.push(`${id} ${check.id}: no reason fits ${both}`);
    if (isSame && reason !== undefined) say(`${id} ${check.id}: the same, its reason is not needed here`);
    rows.push({
      cis: id,
      check: check.id,
      title: check.title,
      dockerBench,
      ours,
      reason: isSame ? undefined : reason?.why,
    });
  }
  return { rows, problems };
};

const { values } = parseArgs({ options: { 'docker-bench': { type: 'string' } } });
const folder = values['docker-bench'];
if (folder === undefined || !existsSync(join(folder, 'docker-bench-security.sh'))) {
  process.stderr.write('error  --docker-bench must name a checkout of docker-bench-security.\n');
  process.exitCode = 2;
} else if (process.getuid?.() !== 0) {
  process.stderr.write('error  It takes root to start an engine on a host of its own.\n');
  process.exitCode = 2;
} else {
  const machine = `${availableParallelism()} cores, load ${(loadavg()[0] ?? 0).toFixed(1)}`;
  const compared = await compareOnOneHost(folder);
  const { rows, problems } = tableOf(compared);
  const { bench, scanned, containers } = compared;
  if (problems.length > 0) {
    process.stderr.write(`${problems.map((problem) => `error  ${problem}`).join('\n')}\n`);
    process.exitCode = 1;
  } else {
    const head = {
      date: new Date().toISOString().slice(0, 10),
      machine,
      engineVersion: scanned.engineVersion ?? 'of unknown version',
      containers,
      catalogueVersion,
      dockerBench: bench,
      plimsoll: { wallMs: scanned.wallMs, checks: allChecks.length, hostFiles: scanned.hostFiles },
    };
    const path = join(import.meta.dirname, '../docs/compare-docker-bench.md');
    writeFileSync(path, renderComparison(head, rows));
    const differing = rows.filter(({ reason }) => reason !== undefined).length;
    say(`${rows.length} checks, ${differing} of them differ with a reason: docs/compare-docker-bench.md`);
  }
}
