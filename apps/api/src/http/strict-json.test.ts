import { Problem } from '@plimsoll/contracts';
import { expect, test } from 'vitest';
import { parseStrictJson, printable } from './strict-json.ts';

const parse = (text: string): unknown => parseStrictJson(Buffer.from(text));
const refusal = (text: string): unknown => {
  try {
    return parse(text);
  } catch (error) {
    return error instanceof Problem ? [error.slug, error.errors?.[0]?.field] : error;
  }
};

test.for([
  '{"a":[1,{"b":null}],"c":"x\\"y\\\\z"}',
  '[[],{},"",0,-1.5e3,true,false,null]',
  '{"a":{"a":{"a":1}},"b":{"a":1}}',
  '[{"a":1},{"a":2}]',
  '{"a,b":1,"{":2,"]":3}',
  String.raw`{"emoji":"😀","escaped":"\ud83d\ude00"}`,
  ' \n{ "spaced" : [ 1 , 2 ] }\t',
])('%s means what JSON.parse says', (text) => {
  expect(parse(text)).toEqual(JSON.parse(text));
});

test.for([
  ['NUL in a value', String.raw`{"a":"\u0000"}`, 'a'],
  ['NUL in a list', String.raw`{"a":["x",{"b":"\u0000"}]}`, 'a.1.b'],
  ['NUL in a name', String.raw`{"\u0000":1}`, '\u{fffd}'],
  ['a lone surrogate', String.raw`["\udfff"]`, '0'],
  ['a pair the wrong way round', String.raw`"\ude00\ud83d"`, 'body'],
  ['a repeated name', '{"a":{"b":1,"c":2,"b":3}}', 'a.b'],
  ['a repeated name after a nested object', '{"a":1,"b":{"x":[{}]},"a":2}', 'a'],
  ['a repeated name in another spelling', String.raw`{"a":1,"\u0061":2}`, 'a'],
  ['__proto__', '{"a":[{"__proto__":1}]}', 'a.0.__proto__'],
  ['__proto__ in another spelling', String.raw`{"\u005f_proto__":1}`, '__proto__'],
  ['33 levels', '['.repeat(33) + ']'.repeat(33), '0.0.0'],
] as const)('%s is refused by name', ([, text, field]) => {
  expect(refusal(text)).toEqual(['validation-failed', field]);
});

test('32 levels pass', () => {
  expect(parse('['.repeat(32) + ']'.repeat(32))).toHaveLength(1);
});

test.for(['{', '{"a":1,}', 'undefined', '{"a":1}{"b":2}', "{'a':1}", 'NaN', '\u{feff}\u{feff}{}'])(
  '%s is no JSON',
  (text) => {
    expect(refusal(text)).toEqual(['malformed-body', 'body']);
  },
);

test('what is shown of a name is short and harmless', () => {
  expect(printable(`a\n\u2028\ud800${'x'.repeat(300)}`)).toBe(`a\u{fffd}\u{fffd}\u{fffd}${'x'.repeat(196)}`);
});
