/**
 * The pages of the catalogue: one per check, and an index by theme and by CIS number. Written by `npm run generate`
 * from the checks themselves; a test fails when a page is stale, missing or left over.
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '../libs/checks/src/engine/check.ts';
import { catalogue } from '../libs/checks/src/catalogue.generated.ts';
import { themes } from '../libs/checks/src/engine/vocabulary.ts';

export const checkDocsFolder = join(import.meta.dirname, '../docs/checks');

const madeBy = '<!-- Made by `npm run generate` from the check itself. Do not edit. -->';
const partNames: Record<Check['needs'][number], string> = {
  endpoint: 'the endpoint, seen from outside',
  version: '`GET /version`',
  info: '`GET /info`',
  ping: '`GET /_ping`',
  containers: 'the list of containers',
  images: 'the list of images',
  networks: 'the list of networks',
  volumes: 'the list of volumes',
  plugins: 'the list of plugins',
  swarm: 'the objects of the swarm',
  hostFiles: 'files of the host (opt-in per host)',
};

/** Benchmark versions, the newest last. */
const cisVersions = (checks: readonly Check[]): string[] =>
  [...new Set(checks.flatMap(({ cis }) => Object.keys(cis ?? {})))].toSorted();

const cisLine = ({ cis, cisLevel }: Check): string =>
  cis === undefined
    ? 'Not in the CIS Docker Benchmark'
    : `CIS Docker Benchmark ${Object.entries(cis)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([version, number]) => `${number} (${version})`)
        .join(', ')}${cisLevel === undefined ? '' : `, level ${cisLevel}`}`;

const parametersOf = (check: Check): string[] => {
  const defaults = Object.entries(check.parameters.parse({}));
  if (defaults.length === 0) return [];
  return [
    '## Parameters',
    '',
    '| name | default |',
    '| --- | --- |',
    ...defaults.map(([name, value]) => `| \`${name}\` | \`${JSON.stringify(value).replaceAll('|', '\\|')}\` |`),
    '',
  ];
};

const sourceLine = (source: string): string => (source.startsWith('https://') ? `- <${source}>` : `- ${source}`);

const pageOf = (check: Check): string =>
  [
    madeBy,
    '',
    `# ${check.title}`,
    '',
    `\`${check.id}\` · ${check.severity} · [${check.theme}](README.md#${check.theme}) · ${cisLine(check)}`,
    '',
    '## Why',
    '',
    check.rationale,
    '',
    '## How it is decided',
    '',
    check.decidedBy,
    '',
    `It needs ${check.needs.map((part) => partNames[part]).join(', ')}. Where that, or a field that decides, was not seen, the result is *could not tell*, with what would let us tell: never a pass.`,
    '',
    ...(check.question === undefined
      ? []
      : [
          '## What only a person can say',
          '',
          `*${check.question}* An [answer for the host](../answers.md), with its author, reason and end date, stands in where the check could not tell.`,
          '',
        ]),
    '## How to fix it',
    '',
    check.remediation,
    '',
    ...parametersOf(check),
    '## Sources',
    '',
    ...check.sources.map(sourceLine),
    '',
  ].join('\n');

const byTheme = (checks: readonly Check[]): string[] =>
  themes.flatMap((theme) => {
    const ofTheme = checks.filter((check) => check.theme === theme);
    if (ofTheme.length === 0) return [];
    return [
      `### ${theme}`,
      '',
      '| check | severity | CIS 1.6.0 |',
      '| --- | --- | --- |',
      ...ofTheme.map(
        (check) => `| [${check.title}](${check.id}.md) | ${check.severity} | ${check.cis?.['1.6.0'] ?? ''} |`,
      ),
      '',
    ];
  });

/** `5.9` before `5.10`. */
const compareNumbers = (a: string, b: string): number => {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const difference = (left[index] ?? -1) - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
};

const byCisNumber = (checks: readonly Check[]): string[] => {
  const versions = cisVersions(checks).filter((version) => version !== '1.5.0');
  const rows = checks
    .filter(({ cis }) => cis?.['1.6.0'] !== undefined)
    .toSorted((a, b) => compareNumbers(a.cis?.['1.6.0'] ?? '', b.cis?.['1.6.0'] ?? ''));
  return [
    `| ${versions.join(' | ')} | check |`,
    `|${' --- |'.repeat(versions.length + 1)}`,
    ...rows.map(
      ({ id, title, cis }) =>
        `| ${versions.map((version) => cis?.[version] ?? '').join(' | ')} | [${title}](${id}.md) |`,
    ),
    '',
  ];
};

const indexOf = (checks: readonly Check[]): string =>
  [
    madeBy,
    '',
    '# Checks',
    '',
    `${catalogue.length} checks. Each result is *pass*, *fail*, *not applicable* or *could not tell*; the last one always says why, and what would let us tell.`,
    '',
    '## By theme',
    '',
    ...byTheme(checks),
    '## By number of the CIS Docker Benchmark',
    '',
    'CIS renumbers between versions, so the ids of the checks are our own and the numbers are data.',
    '',
    ...byCisNumber(checks),
  ].join('\n');

/** Every page by its file name. */
export const renderCheckDocs = (): ReadonlyMap<string, string> =>
  new Map([['README.md', indexOf(catalogue)], ...catalogue.map((check) => [`${check.id}.md`, pageOf(check)] as const)]);

/** Writes all pages, and removes those of checks that are gone. */
export const writeCheckDocs = (): void => {
  const pages = renderCheckDocs();
  mkdirSync(checkDocsFolder, { recursive: true });
  for (const file of readdirSync(checkDocsFolder)) if (!pages.has(file)) rmSync(join(checkDocsFolder, file));
  for (const [file, text] of pages) writeFileSync(join(checkDocsFolder, file), text);
};
