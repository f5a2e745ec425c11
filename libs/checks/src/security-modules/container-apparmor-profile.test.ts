import { ContainerInspect, type HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerApparmorProfile from './container-apparmor-profile.ts';

const withApparmor = { SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin'] };
const plain = { Privileged: false, SecurityOpt: null };
const containing = (
  AppArmorProfile: string | undefined,
  {
    state = 'running',
    started = true,
    hostConfig = {},
    version = {},
  }: {
    state?: string;
    started?: boolean;
    hostConfig?: Partial<HostConfig>;
    version?: GivenSnapshot['version'];
  } = {},
) => {
  const StartedAt = started ? '2026-11-20T10:00:00Z' : '0001-01-01T00:00:00Z';
  const inspect = ContainerInspect.parse({ AppArmorProfile, State: { Status: state, StartedAt } });
  const containers = [aContainer({ state, hostConfig: { ...plain, ...hostConfig }, inspect })];
  return aSnapshot({ info: withApparmor, version, containers });
};

test.for<[string, string | undefined, string]>([
  ['passes with the default', 'docker-default', 'pass'],
  ['passes with a name of its own', 'my-nginx', 'pass'],
  ["passes with Podman's default", 'containers-default-0.50.1', 'pass'],
  ['fails when unconfined', 'unconfined', 'fail'],
  ['fails for an empty profile of a container that is up', '', 'fail'],
  ['can not tell when the field was not seen', undefined, 'unknown'],
])('%s', ([, profile, outcome]) => {
  expect(outcomesOf(containerApparmorProfile, containing(profile))).toEqual([outcome]);
});

test.for<[string, Partial<HostConfig>, GivenSnapshot['version'], string]>([
  ['will have the default', {}, {}, 'pass'],
  ['will have the profile it names', { SecurityOpt: ['apparmor=mine'] }, {}, 'pass'],
  ['will have it in the old spelling', { SecurityOpt: ['apparmor:mine'] }, {}, 'pass'],
  ['will be unconfined as it asks', { SecurityOpt: ['apparmor=unconfined'] }, {}, 'fail'],
  ['will have the last it names', { SecurityOpt: ['apparmor=mine', 'apparmor:unconfined'] }, {}, 'fail'],
  ['will be unconfined as privileged', { Privileged: true }, {}, 'fail'],
  [
    'named a profile, ignored for privileged before 29.4',
    { Privileged: true, SecurityOpt: ['apparmor=mine'] },
    { Version: '29.3.1' },
    'fail',
  ],
  [
    'named a profile, honoured since',
    { Privileged: true, SecurityOpt: ['apparmor=mine'] },
    { Version: '29.4.0' },
    'pass',
  ],
  [
    'named a profile on a version not seen',
    { Privileged: true, SecurityOpt: ['apparmor=mine'] },
    { Version: 'dev' },
    'unknown',
  ],
  ['has options that were not seen', { SecurityOpt: undefined }, {}, 'unknown'],
  ['has a flag that was not seen', { Privileged: undefined }, {}, 'unknown'],
])('a container never started, whose profile is still empty, %s', ([, hostConfig, version, outcome]) => {
  const snapshot = containing('', { state: 'created', started: false, hostConfig, version });
  expect(outcomesOf(containerApparmorProfile, snapshot)).toEqual([outcome]);
});

test('a started container is judged by its profile, not by its options', () => {
  const asked = { hostConfig: { SecurityOpt: ['apparmor=unconfined'] } };
  expect(outcomesOf(containerApparmorProfile, containing('docker-default', asked))).toEqual(['pass']);
  expect(outcomesOf(containerApparmorProfile, containing('unconfined', { ...asked, state: 'exited' }))).toEqual([
    'fail',
  ]);
});

test('points at privileged mode where that is the cause, and weighs a stopped container a step less', () => {
  const privileged = containing('unconfined', { hostConfig: { Privileged: true }, state: 'exited' });
  expect(resultsOf(containerApparmorProfile, privileged)).toMatchObject([
    { outcome: 'fail', severity: 'low', causedBy: 'container-privileged' },
  ]);
  expect(resultsOf(containerApparmorProfile, containing('unconfined'))[0]).not.toHaveProperty('causedBy');
});

test('the policy may allow some profiles only', () => {
  const allowedProfiles = ['docker-default', 'my-*'];
  expect(outcomesOf(containerApparmorProfile, containing('my-nginx'), { allowedProfiles })).toEqual(['pass']);
  expect(outcomesOf(containerApparmorProfile, containing('other'), { allowedProfiles })).toEqual(['fail']);
});

test.for<[string, NonNullable<GivenSnapshot['info']>, string]>([
  ['a kernel without AppArmor', { SecurityOptions: ['name=seccomp,profile=builtin'] }, 'not-applicable'],
  ['SELinux in its place', { SecurityOptions: ['name=selinux'] }, 'not-applicable'],
  ['a rootless daemon, which does without', { SecurityOptions: ['name=rootless'] }, 'not-applicable'],
  ['Windows', { OSType: 'windows', SecurityOptions: null }, 'not-applicable'],
  ['options that were not seen', { SecurityOptions: undefined }, 'unknown'],
  ['options that are null on Linux', { SecurityOptions: null }, 'unknown'],
  ['no info at all', { missing: 'denied', detail: '403' }, 'unknown'],
])('says it once for all containers: %s', ([, info, outcome]) => {
  const containers = [aContainer({ name: 'a' }), aContainer({ name: 'b' })];
  expect(resultsOf(containerApparmorProfile, aSnapshot({ info, containers }))).toMatchObject([
    { outcome, subject: { kind: 'container', name: 'all containers' } },
  ]);
});
