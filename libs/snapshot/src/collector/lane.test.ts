import { expect, test } from 'vitest';
import { Lane } from './lane.ts';

/** Lets whoever may go on do so. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a lane lets through as many as it is wide, in the order of their coming', async () => {
  const lane = new Lane(2);
  const through: number[] = [];
  for (const number of [1, 2, 3, 4]) void lane.enter().then(() => through.push(number));
  await settled();
  expect(through).toEqual([1, 2]);
  lane.leave();
  await settled();
  expect(through).toEqual([1, 2, 3]);
});

test('a lane that is widened lets through those who wait, and is never made narrower', async () => {
  const lane = new Lane(1);
  const through: number[] = [];
  for (const number of [1, 2, 3, 4]) void lane.enter().then(() => through.push(number));
  lane.widen(3);
  lane.widen(2);
  await settled();
  expect(through).toEqual([1, 2, 3]);
  for (let left = 0; left < 4; left += 1) lane.leave();
  await settled();
  expect(through).toEqual([1, 2, 3, 4]);
  void lane.enter().then(() => through.push(5));
  await settled();
  expect(through).toEqual([1, 2, 3, 4, 5]);
});
