import { expect, test } from 'vitest';
import { compareApiVersions, negotiateApiVersion } from './api-version.ts';

test.for([
  ['1.24', '1.24'],
  ['1.41', '1.41'],
  ['1.52', '1.52'],
  ['1.60', '1.52'],
  ['2.0', '1.52'],
] as const)('an engine that speaks %s is asked in %s', ([theirs, agreed]) => {
  expect(negotiateApiVersion({ ApiVersion: theirs })).toBe(agreed);
});

test.for([
  [{ ApiVersion: '1.23' }, 'api-too-old'],
  [{ ApiVersion: '1.9' }, 'api-too-old'],
  [{ ApiVersion: '0.99' }, 'api-too-old'],
  [{ ApiVersion: 'latest' }, 'not-a-docker-api'],
  [{ ApiVersion: 1.41 }, 'not-a-docker-api'],
  [{ hello: 'world' }, 'not-a-docker-api'],
  [null, 'not-a-docker-api'],
  ['1.41', 'not-a-docker-api'],
] as const)('%j is refused as %s', ([answer, reason]) => {
  expect(() => negotiateApiVersion(answer)).toThrow(expect.objectContaining({ reason }));
});

test('versions are compared by number, not by text', () => {
  expect(compareApiVersions('1.9', '1.41')).toBeLessThan(0);
  expect(compareApiVersions('2.0', '1.99')).toBeGreaterThan(0);
  expect(compareApiVersions('1.41', '1.41')).toBe(0);
});
