import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

test.for([
  ['members are sorted', { b: 1, a: { d: null, c: true } }, '{"a":{"c":true,"d":null},"b":1}'],
  ['members are sorted by code unit, not by alphabet', { ä: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"ä":1}'],
  ['the order of a list stays', [3, 1, 2], '[3,1,2]'],
  ['minus zero is zero', -0, '0'],
  ['a number has one form', 1e21, '1e+21'],
  ['text is escaped as little as possible', '"\u0001é', '"\\"\\u0001é"'],
] as const)('%s', ([, value, expected]) => {
  expect(canonicalJson(value)).toBe(expected);
});

test('the order in which members were written makes no difference', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
      const reversed = Object.fromEntries(Object.entries(record).toReversed());
      expect(canonicalJson(reversed)).toBe(canonicalJson(record));
    }),
  );
});

test('the value can be read back', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test.for([
  ['undefined', undefined],
  ['an undefined member', { a: undefined }],
  ['not a number', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a big integer', 1n],
  ['a date', new Date(0)],
  ['a map', new Map()],
] as const)('%s is refused, not dropped', ([, value]) => {
  expect(() => canonicalJson(value)).toThrow(TypeError);
});
