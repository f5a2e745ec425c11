import { expect, test } from 'vitest';
import { traceIdOf } from './trace-context.ts';

const id = '4bf92f3577b34da6a3ce929d0e0e4736';

test.for([
  ['a valid header gives its trace', `00-${id}-00f067aa0ba902b7-01`, id],
  ['a later version with more fields is read as well', `01-${id}-00f067aa0ba902b7-01-more`, id],
  ['the forbidden version ff is no trace', `ff-${id}-00f067aa0ba902b7-01`, undefined],
  ['a trace of zeros is no trace', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, undefined],
  ['anything else is no trace', 'nonsense', undefined],
  ['no header is no trace', undefined, undefined],
] as const)('%s', ([, header, expected]) => {
  expect(traceIdOf(header)).toBe(expected);
});
