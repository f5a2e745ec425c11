import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './unused-images.ts';

const host = (total: number, used: number, tags = ['app:1']) =>
  aSnapshot({
    images: Array.from({ length: total }, (_, index) => anImage({ id: `sha256:${index}`, repoTags: tags })),
    containers: Array.from({ length: used }, (_, index) =>
      aContainer({ name: `c${index}`, state: 'exited', imageId: `sha256:${index}` }),
    ),
  });

test.for([
  ['passes when half are used, by stopped containers too', 10, 5, 'pass'],
  ['fails when more than half are unused', 10, 4, 'fail'],
  ['passes with few images', 9, 0, 'pass'],
  ['does not apply without images', 0, 0, 'not-applicable'],
] as const)('%s', ([, total, used, outcome]) => {
  expect(outcomesOf(check, host(total, used))).toEqual([outcome]);
});

test('counts distinct images, not containers', () => {
  const snapshot = host(10, 0);
  const containers = Array.from({ length: 10 }, (_, index) => aContainer({ name: `c${index}`, imageId: 'sha256:0' }));
  expect(outcomesOf(check, { ...snapshot, containers: { value: containers } })).toEqual(['fail']);
});

test('counts an image with several tags once, and names those without any', () => {
  const [result] = resultsOf(check, host(10, 0, ['a:1', 'a:2']));
  expect(result?.reason).toBe('10 of 10 images are unused');
  expect(resultsOf(check, host(10, 0, []))[0]?.evidence).toContainEqual({
    source: 'of these without a tag',
    value: 10,
  });
});

test('leaves out what is kept on purpose', () => {
  expect(outcomesOf(check, host(10, 0), { ignoreImages: ['app'] })).toEqual(['not-applicable']);
});

test('can not tell from a list that was cut short, or is missing', () => {
  const note = { part: 'images', subject: '', reason: 'truncated', detail: '' } as const;
  expect(outcomesOf(check, { ...host(10, 0), notes: [note] })).toEqual(['unknown']);
  expect(outcomesOf(check, aSnapshot({ containers: { missing: 'denied', detail: '' } }))).toEqual(['unknown']);
});
