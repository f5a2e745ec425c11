import { expect, test } from 'vitest';
import { queryString } from './query-string.ts';

test.for([
  ['the first page of a list asks without a cursor', { cursor: '', limit: 50 }, 'limit=50'],
  ['a later page brings its cursor', { cursor: 'a+b' }, 'cursor=a%2Bb'],
  ['filters that are not set are not sent', { search: '', state: undefined, label: null }, ''],
  ['several values go with commas', { severity: ['high', 'low'] }, 'severity=high%2Clow'],
  ['a switch is sent when it is off, too', { simulated: false }, 'simulated=false'],
] as const)('%s', ([, query, text]) => {
  expect(queryString(query)).toBe(text);
});
