import { expect, test } from 'vitest';
import { shellCommandsOf } from './shell-commands.ts';

const wordsOf = (text: string) => shellCommandsOf(text).map(({ words }) => words.join(' '));

test.for([
  ['apt-get update && apt-get install -y x', ['apt-get update', 'apt-get install -y x']],
  ['a || b; c & d\ne', ['a', 'b', 'c', 'd', 'e']],
  ['set -eux; \\\n  apt-get update', ['set -eux', 'apt-get update']],
  ['a\\\r\n b', ['a b']],
  ['echo "a && b" && echo \'c; d\'', ['echo a && b', 'echo c; d']],
  ['sh -c "apt-get update; make"', ['apt-get update', 'make']],
  ['bash -ec \'sh -c "a && b"\'', ['a', 'b']],
  ['sudo -E apt-get update', ['apt-get update']],
  ['env DEBIAN_FRONTEND=noninteractive apt-get update', ['apt-get update']],
  ['A=b C=d /usr/bin/apt-get update', ['/usr/bin/apt-get update']],
  ['timeout 10m apt-get update', ['apt-get update']],
  ['if true; then apk update; fi', ['true', 'apk update']],
  ['(cd x && make)', ['cd x', 'make']],
  ['make 2>&1 >log', ['make 2>&1 >log']],
  ['# nothing && to see\nmake', ['make']],
  ['x=$(a && b) make', ['make']],
  ['echo a#b', ['echo a#b']],
  ['bash <(curl x; y) z', ['bash <(curl x; y) z']],
  ['sh -c "$(curl x && y)"', ['sh -c $(curl x && y)']],
  ['echo "open', ['echo open']],
  ['', []],
] as const)('splits %j', ([text, words]) => {
  expect(wordsOf(text)).toEqual(words);
});

test('knows what a command is piped into, and || for no pipe', () => {
  expect(shellCommandsOf('curl x | sudo sh && a || b')).toMatchObject([
    { words: ['curl', 'x'], pipedInto: ['sh'] },
    { words: ['sh'], pipedInto: undefined },
    { words: ['a'], pipedInto: undefined },
    { words: ['b'], pipedInto: undefined },
  ]);
});

test('is not stopped by a text made to be slow or deep', () => {
  const deep = "sh -c '".repeat(5_000);
  expect(shellCommandsOf('('.repeat(50_000)).length + shellCommandsOf('$('.repeat(50_000)).length).toBeLessThan(3);
  expect(shellCommandsOf(deep).length).toBeGreaterThan(0);
  expect(shellCommandsOf('a;'.repeat(1_000_000)).length).toBe(16_384);
});
