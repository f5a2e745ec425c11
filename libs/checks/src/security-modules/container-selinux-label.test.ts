import { ContainerInspect, type HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerSelinuxLabel from './container-selinux-label.ts';

const confined = 'system_u:system_r:container_t:s0:c1,c2';
const containing = (ProcessLabel: string | undefined, hostConfig: Partial<HostConfig> = {}, state = 'running') => {
  const inspect = ContainerInspect.parse({ ProcessLabel, State: { Status: state } });
  return aSnapshot({
    info: { SecurityOptions: ['name=seccomp,profile=builtin', 'name=selinux'] },
    containers: [aContainer({ state, hostConfig: { Privileged: false, SecurityOpt: null, ...hostConfig }, inspect })],
  });
};

test.for<[string, string | undefined, Partial<HostConfig>, string]>([
  ['passes with the default label and no option', confined, {}, 'pass'],
  ['passes whatever other options there are', confined, { SecurityOpt: ['seccomp=unconfined'] }, 'pass'],
  [
    "passes when a donor's label was copied into the options",
    confined,
    { SecurityOpt: ['label=type:container_t'] },
    'pass',
  ],
  ['fails without a label', '', { SecurityOpt: ['label=disable'] }, 'fail'],
  ['fails without a label in the other spellings', '', { SecurityOpt: ['label:disable', 'disable'] }, 'fail'],
  ['fails for a container made before SELinux was switched on', '', {}, 'fail'],
  [
    'fails for a type that is not confined',
    'system_u:system_r:spc_t:s0',
    { SecurityOpt: ['label=type:spc_t'] },
    'fail',
  ],
  ['fails for privileged, though a label is shown', confined, { Privileged: true }, 'fail'],
  ['can not tell when the label was not seen', undefined, {}, 'unknown'],
  ['can not tell a label that is none', 'container_t', {}, 'unknown'],
  ['can not tell when the privileged flag was not seen', confined, { Privileged: undefined }, 'unknown'],
])('%s', ([, label, hostConfig, outcome]) => {
  expect(outcomesOf(containerSelinuxLabel, containing(label, hostConfig))).toEqual([outcome]);
});

test.for<[string, Partial<HostConfig>, string]>([
  ['privileged mode', { Privileged: true }, 'container-privileged'],
  ['the process namespace of the host', { PidMode: 'host' }, 'container-host-pid'],
  ['the IPC namespace of the host', { IpcMode: 'host' }, 'container-host-ipc'],
])('points at its cause: %s', ([, hostConfig, causedBy]) => {
  expect(
    resultsOf(containerSelinuxLabel, containing('', { SecurityOpt: ['label=disable'], ...hostConfig })),
  ).toMatchObject([{ outcome: 'fail', causedBy }]);
});

test('a stopped container weighs a step less, parameters name the types', () => {
  expect(resultsOf(containerSelinuxLabel, containing('', {}, 'exited'))).toMatchObject([{ severity: 'low' }]);
  expect(outcomesOf(containerSelinuxLabel, containing(confined), { unconfinedTypes: ['container_t'] })).toEqual([
    'fail',
  ]);
});

test.for<[string, NonNullable<GivenSnapshot['info']>, string]>([
  [
    'AppArmor in its place',
    { SecurityOptions: ['name=apparmor'], OperatingSystem: 'SUSE Linux Enterprise' },
    'not-applicable',
  ],
  [
    'a system without SELinux',
    { SecurityOptions: [], OperatingSystem: 'Debian GNU/Linux 12 (bookworm)' },
    'not-applicable',
  ],
  ['Windows', { OSType: 'windows' }, 'not-applicable'],
  ['a system that ships it', { SecurityOptions: [], OperatingSystem: 'Rocky Linux 9.4 (Blue Onyx)' }, 'unknown'],
  ['another that ships it', { SecurityOptions: [], OperatingSystem: 'Amazon Linux 2023' }, 'unknown'],
  ['a system that was not seen', { SecurityOptions: [], OperatingSystem: undefined }, 'unknown'],
  ['options that were not seen', { SecurityOptions: undefined }, 'unknown'],
  ['options that are null', { SecurityOptions: null }, 'unknown'],
])('says it once for all containers: %s', ([, info, outcome]) => {
  const containers = [aContainer({ name: 'a' }), aContainer({ name: 'b' })];
  expect(resultsOf(containerSelinuxLabel, aSnapshot({ info, containers }))).toMatchObject([
    { outcome, subject: { kind: 'container', name: 'all containers' } },
  ]);
});

test('names host files as what would tell', () => {
  const snapshot = aSnapshot({ info: { SecurityOptions: [], OperatingSystem: 'Fedora Linux 42' } });
  expect(resultsOf(containerSelinuxLabel, snapshot)).toMatchObject([
    { outcome: 'unknown', wouldTell: 'Switch on reading host files for this host' },
  ]);
});
