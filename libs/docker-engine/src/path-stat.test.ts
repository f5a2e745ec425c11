import { expect, test } from 'vitest';
import { parsePathStat } from './path-stat.ts';

const header = (stat: unknown): string => Buffer.from(JSON.stringify(stat)).toString('base64');
const mtime = '2026-11-24T20:57:15.219313271Z';

test.for([
  ['a file', 0o644, 'file', 0o644],
  ['a folder', 2_147_484_141, 'folder', 0o755],
  ['a link', 134_218_239, 'link', 0o777],
  ['a socket', 16_777_648, 'socket', 0o660],
  ['a device', 2 ** 26 + 2 ** 21 + 0o600, 'other', 0o600],
  ['a pipe', 2 ** 25 + 0o600, 'other', 0o600],
  ['a program that lends rights', 2 ** 23 + 2 ** 22 + 0o755, 'file', 0o6755],
  ['a sticky folder', 2 ** 31 + 2 ** 20 + 0o777, 'folder', 0o1777],
] as const)('%s as Go counts it is %2$s', ([, mode, kind, bits]) => {
  expect(parsePathStat(header({ name: 'x', size: 7, mode, mtime }))).toEqual({
    kind,
    mode: bits,
    sizeBytes: 7,
    modifiedAt: mtime,
  });
});

test.for([
  undefined,
  '',
  'not base64 of JSON',
  header({ mode: -1, size: 0, mtime }),
  header({ mode: 1.5, size: 0, mtime }),
  header([]),
])('the header %j is malformed', (value) => {
  expect(() => parsePathStat(value)).toThrow(expect.objectContaining({ reason: 'malformed' }));
});
