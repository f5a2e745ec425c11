import type { HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerCapabilities from './container-capabilities.ts';

const plain = { Privileged: false, CapAdd: null, CapDrop: null, SecurityOpt: null, UsernsMode: '' };
const containing = (hostConfig: Partial<HostConfig>, User = '', state = 'running') =>
  aSnapshot({ containers: [aContainer({ state, hostConfig: { ...plain, ...hostConfig }, config: { User } })] });

test.for<[string, Partial<HostConfig>, string]>([
  ['passes with the default set', {}, 'pass'],
  ['passes with empty lists', { CapAdd: [], CapDrop: [] }, 'pass'],
  ['passes when all is dropped and NET_RAW added back', { CapDrop: ['ALL'], CapAdd: ['NET_RAW'] }, 'pass'],
  ['passes when a default name is added by its full name', { CapAdd: ['CAP_CHOWN'] }, 'pass'],
  ['fails for a name without prefix, in lower case', { CapAdd: ['net_admin'] }, 'fail'],
  ['fails for a name with prefix', { CapAdd: ['CAP_NET_ADMIN'] }, 'fail'],
  ['fails for all, in lower case', { CapAdd: ['all'] }, 'fail'],
  ['fails when all is both added and dropped, for adding wins', { CapAdd: ['ALL'], CapDrop: ['ALL'] }, 'fail'],
  ['fails when a name is in both lists, for it is granted', { CapAdd: ['SYS_TIME'], CapDrop: ['SYS_TIME'] }, 'fail'],
  ["passes with Podman's computed drops", { CapDrop: ['AUDIT_WRITE', 'MKNOD', 'NET_RAW'] }, 'pass'],
  ['can not tell with a name that no Linux knows', { CapAdd: ['TIME_TRAVEL'] }, 'unknown'],
  ['fails for a known name beside an unknown one', { CapAdd: ['TIME_TRAVEL', 'SYSLOG'] }, 'fail'],
  ['can not tell when CapAdd was not seen', { CapAdd: undefined }, 'unknown'],
  ['can not tell when CapDrop was not seen', { CapDrop: undefined }, 'unknown'],
])('%s', ([, hostConfig, outcome]) => {
  expect(outcomesOf(containerCapabilities, containing(hostConfig))).toEqual([outcome]);
});

test.for<[string, ReturnType<typeof aSnapshot>, string]>([
  ['a capability is high', containing({ CapAdd: ['NET_ADMIN'] }), 'high'],
  ['one that is as good as root is critical', containing({ CapAdd: ['SYS_ADMIN'] }), 'critical'],
  ['all are critical', containing({ CapAdd: ['ALL'] }), 'critical'],
  ['a stopped container weighs a step less', containing({ CapAdd: ['NET_ADMIN'] }, '', 'exited'), 'medium'],
  [
    'a non-root user under no-new-privileges weighs a step less',
    containing({ CapAdd: ['NET_ADMIN'], SecurityOpt: ['no-new-privileges:true'] }, '1000:1000'),
    'medium',
  ],
  [
    'no-new-privileges switched off again does not count',
    containing({ CapAdd: ['NET_ADMIN'], SecurityOpt: ['no-new-privileges', 'no-new-privileges=false'] }, '1000'),
    'high',
  ],
  [
    'root under no-new-privileges keeps its weight',
    containing({ CapAdd: ['NET_ADMIN'], SecurityOpt: ['no-new-privileges'] }, '0:1000'),
    'high',
  ],
  ['a non-root user alone keeps it too', containing({ CapAdd: ['NET_ADMIN'] }, 'app'), 'high'],
])('%s', ([, snapshot, severity]) => {
  expect(resultsOf(containerCapabilities, snapshot)).toMatchObject([{ outcome: 'fail', severity }]);
});

test.for([
  ['a rootless daemon', ['name=rootless'], '', 'high'],
  ['a remapped daemon', ['name=userns'], '', 'high'],
  ['a remapped daemon that the container opts out of', ['name=userns'], 'host', 'critical'],
] as const)('in a user namespace it weighs a step less: %s', ([, SecurityOptions, UsernsMode, severity]) => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: [...SecurityOptions] },
    containers: [aContainer({ hostConfig: { ...plain, CapAdd: ['SYS_ADMIN'], UsernsMode } })],
  });
  expect(resultsOf(containerCapabilities, snapshot)).toMatchObject([{ severity }]);
});

test("the daemon's default of no-new-privileges counts as well", () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=seccomp,profile=builtin', 'name=no-new-privileges'] },
    containers: [aContainer({ hostConfig: { ...plain, CapAdd: ['NET_ADMIN'] }, config: { User: 'app' } })],
  });
  expect(resultsOf(containerCapabilities, snapshot)).toMatchObject([{ severity: 'medium' }]);
});

test('a privileged container fails and points at its cause', () => {
  expect(resultsOf(containerCapabilities, containing({ Privileged: true }))).toMatchObject([
    { outcome: 'fail', causedBy: 'container-privileged', reason: expect.stringContaining('all 41') },
  ]);
});

test('parameters say what is allowed, in any spelling, and whether NET_RAW has to go', () => {
  const allowed = { allowedCapabilities: ['cap_net_admin', 'CHOWN'] };
  const adding = containing({ CapDrop: ['ALL'], CapAdd: ['NET_ADMIN'] });
  expect(outcomesOf(containerCapabilities, adding, allowed)).toEqual(['pass']);
  expect(outcomesOf(containerCapabilities, containing({}), { requireDropNetRaw: true })).toEqual(['fail']);
  expect(outcomesOf(containerCapabilities, containing({ CapDrop: ['NET_RAW'] }), { requireDropNetRaw: true })).toEqual([
    'pass',
  ]);
});

test('does not apply to Windows containers, and says when a container could not be inspected', () => {
  const windows = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(containerCapabilities, windows)).toEqual(['not-applicable']);
  const unseen = aSnapshot({ containers: [aContainer({ inspect: { missing: 'timed-out', detail: 'after 5 s' } })] });
  expect(outcomesOf(containerCapabilities, unseen)).toEqual(['unknown']);
});
