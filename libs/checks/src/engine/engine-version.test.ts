import { expect, test } from 'vitest';
import { aSnapshot } from '../testing/builders.ts';
import { contextOf } from './context.ts';
import { engineIsAtLeast, kernelIsAtLeast } from './engine-version.ts';

test.for([
  ['a later major number', '28.5.2', true],
  ['the release itself', '24.0.0', true],
  ['a suffix of a distribution', '20.10.24+dfsg1', false],
  ['an edition', '17.06.0-ce', false],
  ['a development build', 'dev', undefined],
  ['a commit', 'library-import', undefined],
  ['nothing', undefined, undefined],
] as const)('compares the engine with 24.0: %s', ([, Version, expected]) => {
  const context = contextOf(aSnapshot({ version: { Version }, info: { ServerVersion: undefined } }));
  expect(engineIsAtLeast(context, 24, 0)).toBe(expected);
});

test('does not compare what Podman calls its version', () => {
  const version = { Version: '28.0.0', Components: [{ Name: 'Podman Engine' }] };
  expect(engineIsAtLeast(contextOf(aSnapshot({ version })), 24, 0)).toBeUndefined();
});

test.for([
  ['5.10.0-28-amd64', false],
  ['5.12.0', true],
  ['6.1.0-18-cloud', true],
  ['4.18.0-553.el8_10.x86_64', false],
] as const)('compares the kernel %s with 5.12', ([KernelVersion, expected]) => {
  expect(kernelIsAtLeast(contextOf(aSnapshot({ info: { KernelVersion } })), 5, 12)).toBe(expected);
});
