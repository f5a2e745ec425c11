import { expect, test } from 'vitest';
import { dayOf, daysBetween, instantOf } from './instants.ts';

test.for([
  ['2026-11-24T12:00:00.000Z', '2026-11-24'],
  ['2026-11-24T01:00:00.123456789+02:00', '2026-11-23'],
  ['2026-11-24', '2026-11-24'],
] as const)('reads %s', ([text, day]) => {
  const instant = instantOf(text);
  expect(instant === undefined ? undefined : dayOf(instant)).toBe(day);
});

test.for(['0001-01-01T00:00:00Z', '', 'yesterday', '5', '2026-99-99T00:00:00Z', '1'.repeat(1000), undefined, null])(
  '%s is no instant',
  (text) => {
    expect(instantOf(text)).toBeUndefined();
  },
);

test('counts days', () => {
  expect(daysBetween(instantOf('2026-11-01'), instantOf('2026-11-24T12:00:00Z'))).toBe(23.5);
  expect(daysBetween(undefined, 1)).toBeUndefined();
});
