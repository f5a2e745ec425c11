import { expect, test } from 'vitest';
import { type GivenImage, aContainer, anImage, aSnapshot, outcomesOf } from '../testing/builders.ts';
import check from './image-age.ts';

const seconds = (day: string): number => Date.parse(day) / 1000;
const used = (given: GivenImage, state = 'running') =>
  aSnapshot({ images: [anImage(given)], containers: [aContainer({ state })] });
const labelled = (created: number, day: string): GivenImage => ({
  created,
  config: { Labels: { 'org.opencontainers.image.created': day } },
});

test.for<[string, GivenImage, string]>([
  ['passes on a young image', { created: seconds('2026-10-01') }, 'pass'],
  ['fails on an old one', { created: seconds('2026-01-01') }, 'fail'],
  ['can not tell from 1970', { created: 0 }, 'unknown'],
  ['can not tell from 1980', { created: seconds('1980-01-01') }, 'unknown'],
  ['can not tell from the future', { created: seconds('2027-01-01') }, 'unknown'],
  ['takes the label in place of 1980', labelled(315_532_800, '2026-10-01T00:00:00Z'), 'pass'],
  ['takes an old label as well', labelled(0, '2020-10-01T00:00:00Z'), 'fail'],
  ['prefers a real date to the label', labelled(seconds('2026-01-01'), '2026-10-01T00:00:00Z'), 'fail'],
  ['can not tell without a date', { created: undefined }, 'unknown'],
  [
    'leaves exempt images alone',
    { created: seconds('2020-01-01'), repoTags: ['registry.k8s.io/pause:3.9'] },
    'not-applicable',
  ],
])('%s', ([, given, outcome]) => {
  expect(outcomesOf(check, used(given))).toEqual([outcome]);
});

test('does not apply where no container runs', () => {
  expect(outcomesOf(check, used({ created: 0 }, 'exited'))).toEqual(['not-applicable']);
  expect(outcomesOf(check, aSnapshot({ images: [anImage()] }))).toEqual(['not-applicable']);
});
