import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '@plimsoll/checks';
import { expect, test } from 'vitest';
import { checkOf } from './all-checks.ts';
import { agree } from './comparison.ts';
import { dockerBenchIds, reasons } from './reasons.ts';

const checks = catalogue;

test('every number that docker-bench-security tests has one check of ours, and we have no others', () => {
  expect(dockerBenchIds).toHaveLength(117);
  expect(dockerBenchIds.filter((id) => checkOf(id) === undefined)).toEqual([]);
  const ours = checks.flatMap(({ cis }) => cis?.['1.6.0'] ?? []);
  expect(ours.toSorted()).toEqual(dockerBenchIds.toSorted());
});

test('every reason is about a check that both have', () => {
  const compared = new Set(dockerBenchIds.map((id) => checkOf(id)?.id));
  expect(Object.keys(reasons).filter((id) => !compared.has(id))).toEqual([]);
});

test.for(Object.entries(reasons))('the reason for %s is a sentence about two verdicts that differ', ([, reason]) => {
  expect(reason.why).toMatch(/^(docker-bench|[A-Z`]).{30,}\.$/u);
  const names = ['INFO', 'WARN'].includes(reason.dockerBench) && reason.ours === 'fail' ? ['one', 'other'] : ['', ''];
  const [theirs = '', ours = ''] = names;
  expect(
    agree(
      { id: '', verdict: reason.dockerBench, details: undefined, names: theirs === '' ? [] : [theirs] },
      { outcome: reason.ours, names: ours === '' ? [] : [ours], reason: '' },
    ),
  ).toBe(false);
});

test('the page has a row for every number, and every reason is needed there', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/compare-docker-bench.md'), 'utf8');
  const rows = page.split('\n').filter((line) => /^\| \d/u.test(line));
  expect(rows.map((row) => row.split(' | ')[0]?.slice(2))).toEqual(dockerBenchIds);
  const rowOf = (check: string) => rows.find((row) => row.includes(`(checks/${check}.md)`)) ?? '';
  expect(dockerBenchIds.filter((id) => rowOf(checkOf(id)?.id ?? id) === '')).toEqual([]);
  const differing = rows.filter((row) => !row.endsWith('| the same |'));
  expect(differing).toHaveLength(Object.keys(reasons).length);
  expect(Object.entries(reasons).filter(([check, { why }]) => !rowOf(check).includes(why))).toEqual([]);
});
