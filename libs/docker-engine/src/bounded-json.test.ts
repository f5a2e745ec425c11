import { expect, test } from 'vitest';
import { parseBoundedJson } from './bounded-json.ts';

test('parses what JSON.parse parses', () => {
  const value = { a: [1, { b: 'brackets in a string: [[[{{{ and \\" a quote and a backslash \\\\' }], c: null };
  expect(parseBoundedJson(Buffer.from(JSON.stringify(value)), 3)).toEqual(value);
});

test.for([
  ['lists', `${'['.repeat(100)}${']'.repeat(100)}`],
  ['objects', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`],
  ['what comes after a string full of quotes', `["\\\\\\"[", ${'['.repeat(100)}${']'.repeat(100)}]`],
] as const)('refuses deep %s', ([, text]) => {
  expect(() => parseBoundedJson(Buffer.from(text), 64)).toThrow(expect.objectContaining({ reason: 'too-deep' }));
});

test.for(['', '{', '<html>', '{"a":1}x', '"unended', '\u0000'])('calls %j malformed', (text) => {
  expect(() => parseBoundedJson(Buffer.from(text))).toThrow(expect.objectContaining({ reason: 'malformed' }));
});
