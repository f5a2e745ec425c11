import { expect, test } from 'vitest';
import { detailLines } from './audit-details.ts';

test.for([
  ['a plain value stands after its name', { reason: 'wrong-password' }, ['reason: wrong-password']],
  ['what is not there is left out', { reason: null, attempt: 1 }, ['attempt: 1']],
  ['a change shows both sides', { changes: { name: { from: 'a', to: 'b' } } }, ['name: a → b']],
  ['a change to nothing shows it', { changes: { expiry: { from: '2027', to: null } } }, ['expiry: 2027 → null']],
  ['a list is written as it is', { eventTypes: ['a', 'b'] }, ['eventTypes: ["a","b"]']],
  ['deeper values carry their path', { counts: { high: 2 } }, ['counts.high: 2']],
  ['an event without details has no line', {}, []],
] as const)('%s', ([, details, lines]) => {
  expect(detailLines(details)).toEqual(lines);
});
