import { expect, test } from 'vitest';
import { nextAttemptDelayMs, retryAfterMs, retryDelaysMs } from './retry-schedule.ts';

const now = new Date('2026-11-24T12:00:00Z');

test('delays grow with every failure and end after the last one', () => {
  const delays = retryDelaysMs.map((_, index) => nextAttemptDelayMs(index + 1, undefined, 0) ?? 0);
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  expect(delays[0]).toBe(5_000);
  expect(nextAttemptDelayMs(retryDelaysMs.length + 1, undefined, 0)).toBeUndefined();
});

test('a receiver that asks for more time gets it, up to a day', () => {
  expect(nextAttemptDelayMs(1, 60_000, 0)).toBe(60_000);
  expect(nextAttemptDelayMs(1, 10 * 86_400_000, 0)).toBe(86_400_000);
  expect(nextAttemptDelayMs(2, 1_000, 0)).toBe(300_000);
});

test('jitter only ever adds', () => {
  expect(nextAttemptDelayMs(1, undefined, 1)).toBe(5_500);
});

test.for([
  ['seconds', '120', 120_000],
  ['a date', 'Tue, 24 Nov 2026 12:00:30 GMT', 30_000],
  ['a date in the past', 'Tue, 24 Nov 2026 11:00:00 GMT', 0],
  ['nonsense', 'soon', undefined],
  ['no header', undefined, undefined],
] as const)('Retry-After as %s', ([, header, expected]) => {
  expect(retryAfterMs(header, now)).toBe(expected);
});
