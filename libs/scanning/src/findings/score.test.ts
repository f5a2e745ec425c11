import type { Severity } from '@plimsoll/contracts';
import { describe, expect, test } from 'vitest';
import { type ScoredFinding, countBySeverity, priorityOf, scoreOf } from './score.ts';

const findings = (severity: Severity, checks: number, each = 1): ScoredFinding[] =>
  Array.from({ length: checks * each }, (_, index) => ({ severity, checkId: `${severity}-${index % checks}` }));

describe('the score of a host', () => {
  test.for<[string, ScoredFinding[], number]>([
    ['is 100 with nothing open', [], 100],
    ['is 100 with remarks only', findings('info', 5, 3), 100],
    ['is halved by one critical finding', findings('critical', 1), 50],
    ['is halved again by a second critical check', findings('critical', 2), 25],
    ['loses an eighth by one high finding', findings('high', 1), 87],
    ['falls a little more when one problem is everywhere', findings('high', 1, 16), 76],
    ['counts a check by its worst finding', [...findings('low', 1), { severity: 'high', checkId: 'low-0' }], 84],
    ['tells a neglected host from a hopeless one', [...findings('high', 5), ...findings('medium', 15)], 27],
    ['reaches 0', findings('critical', 9), 0],
  ])('%s', ([, open, score]) => {
    expect(scoreOf(open)).toBe(score);
  });
});

test('counts name every severity', () => {
  expect(countBySeverity([...findings('high', 2), ...findings('info', 1)])).toEqual({
    critical: 0,
    high: 2,
    medium: 0,
    low: 0,
    info: 1,
  });
});

test('the worse comes first', () => {
  const severities: Severity[] = ['low', 'critical', 'info', 'high', 'medium'];
  expect(severities.toSorted((a, b) => priorityOf(b) - priorityOf(a))).toEqual([
    'critical',
    'high',
    'medium',
    'low',
    'info',
  ]);
});
