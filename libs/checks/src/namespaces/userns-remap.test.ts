import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import usernsRemap from './userns-remap.ts';

const podman = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };

test.for([
  ['passes on a remapping daemon', ['name=seccomp,profile=builtin', 'name=userns'], {}, 'pass'],
  ['passes on a rootless daemon, which never shows name=userns', ['name=rootless'], {}, 'pass'],
  [
    'fails on a rootless daemon where the policy asks for remapping',
    ['name=rootless'],
    { acceptRootless: false },
    'fail',
  ],
  ['fails with neither', ['name=seccomp,profile=builtin'], {}, 'fail'],
  ['does not take the cgroup namespace for a user namespace', ['name=cgroupns'], {}, 'fail'],
  ['compares whole entries', ['name=usernsx'], {}, 'fail'],
  ['can not tell when the field is missing', undefined, {}, 'unknown'],
] as const)('%s', ([, options, parameters, outcome]) => {
  const SecurityOptions = options === undefined ? undefined : [...options];
  expect(outcomesOf(usernsRemap, aSnapshot({ info: { SecurityOptions } }), parameters)).toEqual([outcome]);
});

test('names the containers that opted out of the mapping', () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=userns'] },
    containers: [
      aContainer({ name: 'mapped', hostConfig: { UsernsMode: '' } }),
      aContainer({ name: 'agent', hostConfig: { UsernsMode: 'host' } }),
    ],
  });
  expect(resultsOf(usernsRemap, snapshot)).toMatchObject([{ outcome: 'pass', evidence: [{}, { value: ['agent'] }] }]);
});

test('still passes when containers could not be listed', () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=userns'] },
    containers: { missing: 'denied', detail: '403' },
  });
  expect(outcomesOf(usernsRemap, snapshot)).toEqual(['pass']);
});

test('does not apply to Podman with root, which has no such setting, nor to Windows', () => {
  expect(outcomesOf(usernsRemap, aSnapshot({ version: podman }))).toEqual(['not-applicable']);
  expect(outcomesOf(usernsRemap, aSnapshot({ info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
  const rootless = aSnapshot({ version: podman, info: { SecurityOptions: ['name=rootless'] } });
  expect(outcomesOf(usernsRemap, rootless)).toEqual(['pass']);
});
