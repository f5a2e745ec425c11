import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { catalogue } from './catalogue.generated.ts';
import { judge } from './engine/judge.ts';
import {
  appArmorHost,
  cgroupHost,
  dockerDesktop,
  hostWith,
  nothingThere,
  selinuxHost,
  swarmWorker,
} from './testing/special-hosts.ts';

/** By check the kinds of its outcomes, in the order in which they came. */
const outcomesOf = (snapshot: HostSnapshot): ReadonlyMap<string, string> => {
  const byCheck = Map.groupBy(judge(snapshot, catalogue), ({ check }) => check.id);
  return new Map([...byCheck].map(([id, all]) => [id, [...new Set(all.map(({ outcome }) => outcome))].join(' ')]));
};
const ordinary = outcomesOf(hostWith());
const differences = (snapshot: HostSnapshot): Record<string, string> =>
  Object.fromEntries([...outcomesOf(snapshot)].filter(([id, outcomes]) => outcomes !== ordinary.get(id)));

const whatManagersTell = Object.fromEntries(
  [
    'swarm-autolock',
    'swarm-ca-rotation',
    'swarm-encrypted-overlays',
    'swarm-listen-address',
    'swarm-manager-count',
    'swarm-node-certificate-lifetime',
    'swarm-separate-planes',
    'swarm-unlock-key-rotation',
  ].map((id) => [id, 'unknown']),
);

test('an ordinary host gets an answer from every check but those that have nothing to judge there', () => {
  const failing = [...ordinary].filter(([, outcomes]) => outcomes.includes('fail')).map(([id]) => id);
  expect(failing).toEqual([
    'container-health-check',
    'container-no-new-privileges',
    'daemon-no-new-privileges',
    'daemon-rootless',
    'end-of-life-component',
    'engine-supported-release',
    'explicit-root-user',
    'image-health-check',
    'image-origin-unknown',
    'known-vulnerability',
    'no-security-module',
    'userns-remap',
  ]);
});

test.for<[string, HostSnapshot, Record<string, string>]>([
  ['SELinux confines', selinuxHost(), { 'container-selinux-label': 'pass', 'no-security-module': 'pass' }],
  [
    'SELinux is switched off for a container',
    selinuxHost('system_u:system_r:spc_t:s0'),
    { 'container-selinux-label': 'fail', 'no-security-module': 'pass' },
  ],
  [
    'AppArmor confines',
    appArmorHost(),
    // Ubuntu 24.04 is maintained.
    { 'container-apparmor-profile': 'pass', 'no-security-module': 'pass', 'end-of-life-component': 'unknown pass' },
  ],
  [
    'AppArmor is switched off for a container',
    appArmorHost('unconfined'),
    { 'container-apparmor-profile': 'fail', 'no-security-module': 'pass', 'end-of-life-component': 'unknown pass' },
  ],
  ['control groups are of version 2', cgroupHost('2'), {}],
  [
    'control groups are of version 1',
    cgroupHost('1'),
    { 'cgroupns-host': 'not-applicable', 'limit-support-missing': 'fail' },
  ],
  [
    // Only a manager tells of the swarm; that there is one shows here too.
    'the host is a worker of a swarm',
    swarmWorker(),
    { ...whatManagersTell, 'live-restore': 'not-applicable', 'swarm-mode-wanted': 'fail' },
  ],
  [
    'the engine is in the virtual machine of Docker Desktop',
    dockerDesktop(),
    {
      'container-seccomp-profile': 'fail',
      'default-seccomp-profile': 'fail',
      'seccomp-custom-profile': 'not-applicable',
      'end-of-life-component': 'unknown',
    },
  ],
])('the whole catalogue where %s', ([, snapshot, expected]) => {
  expect(differences(snapshot)).toEqual(expected);
});

test('an empty host is judged by its daemon alone', () => {
  const outcomes = outcomesOf(nothingThere());
  const daemonOnly = [...outcomes].filter(([, given]) => given === 'pass').map(([id]) => id);
  expect(daemonOnly).toEqual([
    'debug-mode',
    'default-seccomp-profile',
    'engine-warnings',
    'limit-support-missing',
    'live-restore',
    'swarm-mode-wanted',
  ]);
  const told = judge(nothingThere(), catalogue).filter(({ outcome }) => outcome === 'pass' || outcome === 'fail');
  expect([...new Set(told.map(({ subject }) => subject.kind))].toSorted()).toEqual(['daemon', 'host']);
});

test('a thousand containers are each judged as the one', () => {
  const one = hostWith();
  const [container] = valueOf(one.containers) ?? [];
  if (container === undefined) throw new Error('the ordinary host has a container');
  const value = Array.from({ length: 1_000 }, (_unused, index) => ({
    ...container,
    id: `c${index}`,
    name: `c${index}`,
  }));
  const results = judge({ ...one, containers: { value } }, catalogue);
  const ofContainers = results.filter(({ subject }) => subject.kind === 'container');
  for (const [id, each] of Map.groupBy(ofContainers, ({ check }) => check.id)) {
    // Where one answer holds for all of them, it is given once.
    expect([1, 1_000], id).toContain(each.length);
    expect([...new Set(each.map(({ outcome }) => outcome))], id).toHaveLength(1);
  }
});
