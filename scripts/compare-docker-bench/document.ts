import { difference, type OurAnswer, type Row } from './comparison.ts';
import type { DockerBenchResult } from './docker-bench.ts';

export interface DocumentHead {
  readonly date: string;
  /** e.g. `2 cores, load 0.4`. */
  readonly machine: string;
  readonly engineVersion: string;
  readonly containers: number;
  readonly catalogueVersion: string;
  readonly dockerBench: { readonly version: string; readonly wallMs: number };
  readonly plimsoll: { readonly wallMs: number; readonly checks: number; readonly hostFiles: string | undefined };
}

const sections: Readonly<Record<string, string>> = {
  '1': 'Host',
  '2': 'Daemon',
  '3': 'Files of the daemon',
  '4': 'Images',
  '5': 'Containers',
  '6': 'Operations',
  '7': 'Swarm',
};

const ourWords: Readonly<Record<OurAnswer['outcome'], string>> = {
  pass: 'pass',
  fail: 'fail',
  unknown: 'could not tell',
  'not-applicable': 'not applicable',
};

/** Text of a host or of a program inside a table's cell. */
const cell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ').trim();

const mostNamed = 8;
const list = (names: readonly string[]): string =>
  names.length <= mostNamed
    ? names.map((name) => `\`${name}\``).join(', ')
    : `${names
        .slice(0, mostNamed)
        .map((name) => `\`${name}\``)
        .join(', ')} and ${names.length - mostNamed} more`;

const counted = (word: string, names: readonly string[]): string =>
  names.length === 0 ? word : `${word} (${names.length})`;

/** Where one names what the other does not. */
const namesApart = (theirs: DockerBenchResult, ours: OurAnswer): string => {
  if (theirs.names.length === 0 || ours.outcome !== 'fail' || ours.names.length === 0) return '';
  const parts: [string, string[]][] = [
    ['Only docker-bench names', difference(theirs.names, ours.names)],
    ['Only Plimsoll names', difference(ours.names, theirs.names)],
  ];
  return parts.flatMap(([who, names]) => (names.length === 0 ? [] : [` ${who} ${list(names)}.`])).join('');
};

const rowOf = ({ cis, check, title, dockerBench, ours, reason }: Row): string =>
  `| ${[
    cis,
    `[${cell(title)}](checks/${check}.md)`,
    counted(dockerBench.verdict, dockerBench.names),
    counted(ourWords[ours.outcome], ours.names),
    reason === undefined ? 'the same' : `${cell(reason)}${namesApart(dockerBench, ours)}`,
  ].join(' | ')} |`;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The comparison as a page of Markdown. */
export const renderComparison = (head: DocumentHead, rows: readonly Row[]): string => {
  const differing = rows.filter(({ reason }) => reason !== undefined).length;
  return [
    '<!-- Made by `npm run compare:docker-bench` on a real engine. Do not edit. -->',
    '',
    '# Plimsoll and docker-bench-security on one host, check by check',
    '',
    `On ${head.date}, Docker Engine ${head.engineVersion} with ${head.containers} containers, set up well and badly on purpose: \`daemon.json\`, unit files and drop-ins, file modes, audit rules, images, containers and a swarm of one node (\`scripts/compare-docker-bench/\`).`,
    '',
    '| | what it needs | wall time | checks |',
    '| --- | --- | ---: | ---: |',
    `| docker-bench-security ${head.dockerBench.version} | root on the host, in the daemon's own namespaces | ${seconds(head.dockerBench.wallMs)} | ${rows.length} |`,
    `| Plimsoll, catalogue ${head.catalogueVersion} | mutual TLS to the Engine API${head.plimsoll.hostFiles === undefined ? ', reading host files switched on' : ''} | ${seconds(head.plimsoll.wallMs)} | ${head.plimsoll.checks} |`,
    '',
    `Both times are of whole processes on the same machine (${head.machine} before), one after the other. Of ${rows.length} checks of the CIS Docker Benchmark 1.6.0, ${rows.length - differing} have the same verdict and ${differing} differ, each with the reason for ours.`,
    '',
    ...(head.plimsoll.hostFiles === undefined
      ? []
      : [`Host files were not read in this run: ${cell(head.plimsoll.hostFiles)}`, '']),
    '**How the verdicts are set side by side.** *WARN* is a failure; where both name containers, images or networks, they must be the same ones. *PASS* is *pass* or *not applicable*. *INFO* and *NOTE* decide nothing and are *could not tell* or *not applicable*; *INFO* that names things is taken for a warning about them. A number in brackets counts the things that are named. docker-bench-security looks at running containers only; Plimsoll looks at stopped ones too, where the benchmark does.',
    '',
    'Whether this page is fresh can not be checked where docker-bench-security is not at hand: `npm run compare:docker-bench -- --docker-bench FOLDER` writes it anew, and fails where a number of the benchmark has no check of ours or a difference has no reason that fits the two verdicts. Tests hold the reasons against the catalogue, and `libs/checks/src/docker-bench-errors.test.ts` holds each known error of docker-bench-security against our verdict.',
    '',
    ...Object.entries(sections).flatMap(([section, title]) => [
      `## ${section} ${title}`,
      '',
      '| CIS | check | docker-bench | Plimsoll | why ours |',
      '| --- | --- | --- | --- | --- |',
      ...rows.filter(({ cis }) => cis.startsWith(`${section}.`)).map(rowOf),
      '',
    ]),
  ].join('\n');
};
