import { describe, expect, test } from 'vitest';
import { type FleetDay, trendOf } from './trend.ts';

const now = new Date('2026-11-24T23:59:59.999Z');
const change = (day: string, scoreChange: number, newHosts: number, opened = 0, fixed = 0): FleetDay => ({
  day,
  scoreChange,
  newHosts,
  opened,
  fixed,
});

describe('the trend of a fleet', () => {
  test('has every day, the oldest first, and no score before the first scan', () => {
    expect(trendOf([change('2026-11-23', 80, 1, 5, 1)], now, 3)).toEqual([
      { day: '2026-11-22', score: null, opened: 0, fixed: 0 },
      { day: '2026-11-23', score: 80, opened: 5, fixed: 1 },
      { day: '2026-11-24', score: 80, opened: 0, fixed: 0 },
    ]);
  });

  test('means over all hosts, scanned that day or not', () => {
    const changes = [change('2026-11-23', 80 + 41, 2), change('2026-11-24', 60 - 41, 0)];
    expect(trendOf(changes, now, 2).map(({ score }) => score)).toEqual([61, 70]);
  });

  test('starts from the score, but not from the changes, of the days before it', () => {
    expect(trendOf([change('2026-11-23', 50, 1, 9, 9)], now, 1)).toEqual([
      { day: '2026-11-24', score: 50, opened: 0, fixed: 0 },
    ]);
  });
});
