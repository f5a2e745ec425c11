import { describe, expect, test } from 'vitest';
import { type HostDayRow, trendOf } from './trend.ts';

const now = new Date('2026-11-24T23:59:59.999Z');
const row = (day: string, hostId: string, score: number, opened = 0, fixed = 0): HostDayRow => ({
  day,
  hostId,
  score,
  opened,
  fixed,
});

describe('the trend of a fleet', () => {
  test('has every day, the oldest first, and no score before the first scan', () => {
    expect(trendOf([row('2026-11-23', 'a', 80, 5, 1)], now, 3)).toEqual([
      { day: '2026-11-22', score: null, opened: 0, fixed: 0 },
      { day: '2026-11-23', score: 80, opened: 5, fixed: 1 },
      { day: '2026-11-24', score: 80, opened: 0, fixed: 0 },
    ]);
  });

  test('keeps the score of a host that was not scanned, and means over all', () => {
    const rows = [row('2026-11-23', 'a', 80), row('2026-11-23', 'b', 41), row('2026-11-24', 'b', 60)];
    expect(trendOf(rows, now, 2).map(({ score }) => score)).toEqual([61, 70]);
  });

  test('takes the score, but not the changes, of days before it', () => {
    expect(trendOf([row('2026-01-01', 'a', 50, 9, 9)], now, 1)).toEqual([
      { day: '2026-11-24', score: 50, opened: 0, fixed: 0 },
    ]);
  });

  test('adds up the changes of all hosts, whatever the order of the rows', () => {
    const rows = [row('2026-11-24', 'a', 50, 2, 1), row('2026-11-22', 'b', 10, 7, 7), row('2026-11-24', 'b', 50, 3, 4)];
    expect(trendOf(rows, now, 1)).toEqual(trendOf(rows.toReversed(), now, 1));
    expect(trendOf(rows, now, 1)).toEqual([{ day: '2026-11-24', score: 50, opened: 5, fixed: 5 }]);
  });
});
