import { catalogue, previewChecks } from '@plimsoll/checks';
import { expect, test } from 'vitest';
import { checkOf } from './all-checks.ts';
import { agree } from './comparison.ts';
import { dockerBenchIds, reasons } from './reasons.ts';

const checks = [...catalogue, ...previewChecks];

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
  expect(reason.why).toMatch(/^[A-Z"`].{30,}\.$/u);
  const names = ['INFO', 'WARN'].includes(reason.dockerBench) && reason.ours === 'fail' ? ['one', 'other'] : ['', ''];
  const [theirs = '', ours = ''] = names;
  expect(
    agree(
      { id: '', verdict: reason.dockerBench, details: undefined, names: theirs === '' ? [] : [theirs] },
      { outcome: reason.ours, names: ours === '' ? [] : [ours], reason: '' },
    ),
  ).toBe(false);
});
