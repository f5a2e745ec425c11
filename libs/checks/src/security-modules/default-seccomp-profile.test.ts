import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import defaultSeccompProfile from './default-seccomp-profile.ts';

const own = 'name=seccomp,profile=/etc/docker/own,strict.json';

test.for([
  ['passes on the built-in profile as named since 23.0', ['name=seccomp,profile=builtin'], {}, 'pass'],
  ['passes on the built-in profile as named up to 20.10 and by Podman', ['name=seccomp,profile=default'], {}, 'pass'],
  ['fails on unconfined as the default', ['name=seccomp,profile=unconfined'], {}, 'fail'],
  ['fails when the kernel or engine has no seccomp', ['name=apparmor'], {}, 'fail'],
  ['fails on an empty list, which Go sends as null', null, {}, 'fail'],
  ['can not judge a profile that nobody confirmed', [own], {}, 'unknown'],
  [
    'passes on a confirmed profile, commas in its path included',
    [own],
    { confirmedProfiles: ['/etc/docker/own,strict.json'] },
    'pass',
  ],
  ['can not tell the profile from the bare name of old APIs', ['seccomp'], {}, 'unknown'],
  ['can not tell when the field is missing', undefined, {}, 'unknown'],
] as const)('%s', ([, options, parameters, outcome]) => {
  const SecurityOptions = options && [...options];
  const given = 'confirmedProfiles' in parameters ? { confirmedProfiles: [...parameters.confirmedProfiles] } : {};
  expect(outcomesOf(defaultSeccompProfile, aSnapshot({ info: { SecurityOptions } }), given)).toEqual([outcome]);
});

test('shows the engine’s own warning', () => {
  const Warnings = ['WARNING: daemon is not using the default seccomp profile'];
  const snapshot = aSnapshot({ info: { SecurityOptions: ['name=seccomp,profile=unconfined'], Warnings } });
  expect(resultsOf(defaultSeccompProfile, snapshot)[0]?.evidence).toContainEqual({
    source: 'info.Warnings',
    value: Warnings[0],
  });
});

test('does not apply to Windows', () => {
  expect(outcomesOf(defaultSeccompProfile, aSnapshot({ info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
});
