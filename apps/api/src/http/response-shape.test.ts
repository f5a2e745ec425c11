import { expect, test } from 'vitest';
import { z } from 'zod';
import { compileShape } from './response-shape.ts';

const Boat = z.strictObject({
  name: z.string(),
  length: z.number().nullable(),
  mast: z.boolean().optional(),
  kind: z.enum(['sail', 'motor']),
  crew: z.array(z.strictObject({ age: z.int() })),
  labels: z.record(z.string(), z.string()),
  cargo: z.union([z.string(), z.number(), z.null()]),
  launchedAt: z.iso.datetime(),
});
const boat = {
  name: 'Sally',
  length: 7.5,
  kind: 'sail',
  crew: [{ age: 40 }],
  labels: { team: 'a' },
  cargo: null,
  launchedAt: '2026-11-24T12:00:00.000Z',
};

test('what fits passes', () => {
  expect(compileShape(Boat)(boat)).toBeUndefined();
  expect(compileShape(Boat)({ ...boat, length: null, mast: true, cargo: 7 })).toBeUndefined();
});

test.for([
  ['an unlisted member', { keel: 'x' }, 'keel (unlisted)'],
  ['an unlisted member deep inside', { crew: [{ age: 1, hat: true }] }, 'crew.0.hat (unlisted)'],
  ['a missing member', { name: undefined }, 'name.(value)'],
  ['null where it is not foreseen', { name: null }, 'name.(value)'],
  ['a date that was not turned into text', { launchedAt: new Date() }, 'launchedAt.(value)'],
  ['a number that JSON can not hold', { length: Number.NaN }, 'length.(value)'],
  ['a word that is none of the choices', { kind: 'steam' }, 'kind.(value)'],
  ['a wrong value of a record', { labels: { team: 7 } }, 'labels.team.(value)'],
  ['none of the alternatives', { cargo: {} }, 'cargo.(value)'],
  ['an object for a list', { crew: {} }, 'crew.(value)'],
  ['a list for an object', { labels: [] }, 'labels.(value)'],
] as const)('%s is named', ([, change, expected]) => {
  expect(compileShape(Boat)({ ...boat, ...change })).toBe(expected);
});
