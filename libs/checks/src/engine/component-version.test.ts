import { expect, test } from 'vitest';
import { type ComponentVersion, compareVersions, isAffected, packagingOf, readVersion } from './component-version.ts';

const read = (text: string): ComponentVersion => {
  const version = readVersion(text);
  if (version === undefined) throw new Error(`${text} is no version`);
  return version;
};

test('sorts versions as their projects mean them', () => {
  const sorted = [
    '0.3.3',
    '0.3.3-10-gd9f759206',
    '0.11.6',
    '0.11.7-0.20230525183624-798ad6b0ce9f',
    '0.11.7-0.20230723230859-616c3f613b54',
    '0.11.7',
    '1.0.0-rc7',
    '1.0.0-rc10',
    '1.0.0',
    '1.2.0-beta.0',
    '1.2.0-rc.1',
    '1.2.0-rc.3',
    'v1.2.0',
    '1.10',
    '18.09.1',
    '20.10.9',
    '20.10.24+dfsg1',
    '29.7.2-rc.1',
    '29.7.2',
  ];
  expect([...sorted].toReversed().toSorted((a, b) => compareVersions(read(a), read(b)))).toEqual(sorted);
});

test.for([
  ['20.10.24+dfsg1', '20.10.24'],
  ['18.06.1-ce', '18.6.1'],
  ['1.6.20~ds1', '1.6.20'],
  ['24.0.7-0ubuntu2~22.04.1', '24.0.7'],
  ['25.0.16+azure', '25.0.16'],
  ['v1.7', '1.7.0'],
] as const)('%s and %s are equal', ([one, other]) => {
  expect(compareVersions(read(one), read(other))).toBe(0);
});

test.for([
  ['29.8.2', 'upstream'],
  ['29.0.0-rc.2', 'upstream'],
  ['17.06.0-ce', 'upstream'],
  ['18.06.3-ee', 'upstream'],
  ['28.3.3-ce', 'patched'],
  ['20.10.24+dfsg1', 'patched'],
  ['1.6.20~ds1', 'patched'],
  ['1.1.5+ds1', 'patched'],
  ['1.1.12-0ubuntu2~22.04.1', 'patched'],
  ['25.0.16+azure', 'patched'],
  ['1.2.0-rc.1+ds1', 'patched'],
  ['29.0.0-dev', 'development'],
  ['1.1.0+dev', 'development'],
  ['1.7.1.m', 'patched'],
] as const)('%s is %s', ([text, packaging]) => {
  expect(packagingOf(read(text))).toBe(packaging);
});

test.for(['', 'dev', 'library-import', 'commit c7bb575343df', '9'.repeat(100_000), undefined])(
  'can not read %s',
  (text) => {
    expect(readVersion(text)).toBeUndefined();
  },
);

test.for([
  ['19.03.15', false],
  ['19.03.14', true],
  ['1.0.0', true],
  ['20.10.0', true],
  ['20.10.3', false],
  ['20.10.3-rc.1', true],
] as const)('whether %s lies in one of two intervals: %s', ([text, expected]) => {
  const intervals = [
    { introduced: '0', fixed: '19.03.15' },
    { introduced: '20.10.0', fixed: '20.10.3' },
  ];
  expect(isAffected(read(text), intervals)).toBe(expected);
});
