import type { Outcome } from '@plimsoll/checks';
import { expect, test } from 'vitest';
import { agree, ourAnswer, withLastingNames } from './comparison.ts';
import type { DockerBenchVerdict } from './docker-bench.ts';
import type { Scanned } from './scanned.ts';

const theirs = (verdict: DockerBenchVerdict, ...names: string[]) => ({ id: '5.5', verdict, details: undefined, names });
const ours = (outcome: Outcome, ...names: string[]) => ({ outcome, names, reason: '' });

test.for<[string, ReturnType<typeof theirs>, ReturnType<typeof ours>, boolean]>([
  ['a warning and a failure of the same things', theirs('WARN', 'a', 'b'), ours('fail', 'a', 'b'), true],
  ['a warning and a failure of more things', theirs('WARN', 'a'), ours('fail', 'a', 'b'), false],
  ['a warning about the host and a failure of it', theirs('WARN'), ours('fail'), true],
  ['a warning without names and a failure with some', theirs('WARN'), ours('fail', 'a'), true],
  ['a warning and a pass', theirs('WARN'), ours('pass'), false],
  ['a warning and no verdict', theirs('WARN', 'a'), ours('unknown', 'a'), false],
  ['two passes', theirs('PASS'), ours('pass'), true],
  ['a pass where there is nothing to judge', theirs('PASS'), ours('not-applicable'), true],
  ['a pass on what was not seen', theirs('PASS'), ours('unknown'), false],
  ['a pass and a failure', theirs('PASS'), ours('fail'), false],
  ['two that leave it open', theirs('NOTE'), ours('unknown'), true],
  ['a note about a file that is not there', theirs('INFO'), ours('not-applicable'), true],
  ['a note on what we decide', theirs('INFO'), ours('pass'), false],
  ['a note that points at what fails', theirs('INFO', 'a'), ours('fail', 'a'), true],
  ['a note that points at something else', theirs('INFO', 'a'), ours('fail', 'b'), false],
])('%s', ([, bench, plimsoll, isSame]) => {
  expect(agree(bench, plimsoll)).toBe(isSame);
});

const result = (outcome: Outcome, name: string, kind: Scanned['results'][number]['subject']['kind'] = 'container') => ({
  check: 'one',
  outcome,
  subject: { kind, name },
  reason: `${name} is ${outcome}`,
});

test('one failure fails, and what was not seen stands above what was', () => {
  const answer = (...results: Scanned['results']) => ourAnswer('one', { results, imageTags: [] });
  expect(answer(result('pass', 'b'), result('fail', 'a'), result('unknown', 'c'))).toEqual({
    outcome: 'fail',
    names: ['a'],
    reason: 'a is fail',
  });
  expect(answer(result('pass', 'b'), result('unknown', 'c'))).toMatchObject({ outcome: 'unknown', names: ['c'] });
  expect(answer(result('not-applicable', 'b'), result('pass', 'c'))).toMatchObject({ outcome: 'pass' });
  expect(answer(result('fail', 'daemon', 'daemon'))).toMatchObject({ names: [] });
  expect(answer()).toBeUndefined();
});

test('tasks and images go by the names that last', () => {
  const imageTags = [['web:2', 'web:1']];
  const task = `orders.1.${'a1b2c'.repeat(5)}`;
  expect(withLastingNames(theirs('WARN', task, 'web:2', 'web:1'), imageTags).names).toEqual(['orders.1', 'web:1']);
});
