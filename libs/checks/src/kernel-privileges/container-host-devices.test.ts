import type { EnvironmentVariable, HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerHostDevices from './container-host-devices.ts';

const none = {
  Privileged: false,
  Devices: [],
  DeviceCgroupRules: null,
  DeviceRequests: null,
  UsernsMode: '',
  Runtime: 'runc',
};
const containing = (hostConfig: Partial<HostConfig>, given: GivenSnapshot = {}, state = 'running') =>
  aSnapshot({ ...given, containers: [aContainer({ state, hostConfig: { ...none, ...hostConfig } })] });
const device = (PathOnHost: string | undefined, CgroupPermissions: string | undefined = 'rwm') => ({
  Devices: [{ PathOnHost, PathInContainer: PathOnHost, CgroupPermissions }],
});
const rule = (text: string) => ({ DeviceCgroupRules: [text] });
const request = (given: { Driver?: string; DeviceIDs?: string[]; Capabilities?: string[][] }) => ({
  DeviceRequests: [{ Driver: '', Count: 0, DeviceIDs: null, Capabilities: null, ...given }],
});

test.for<[string, Partial<HostConfig>, string]>([
  ['passes with empty lists', {}, 'pass'],
  ['passes with null lists, as other clients send them', { Devices: null }, 'pass'],
  ['passes for the right to make nodes alone, which every container has', device('/dev/sda', 'm'), 'pass'],
  ['passes for a rule of that right alone', rule('b *:* m'), 'pass'],
  ['passes for a device that every container has', device('/dev/null'), 'pass'],
  ['passes for a rule about one', rule('c 1:3 rw'), 'pass'],
  ['can not tell when Devices was not seen', { Devices: undefined }, 'unknown'],
  ['can not tell when DeviceCgroupRules was not seen', { DeviceCgroupRules: undefined }, 'unknown'],
  ['can not tell when DeviceRequests was not seen', { DeviceRequests: undefined }, 'unknown'],
  ['can not tell when Privileged was not seen', { Privileged: undefined }, 'unknown'],
  ['can not tell a device without path', device(undefined), 'unknown'],
  ['can not tell a rule that is none', rule('block everything'), 'unknown'],
  ['fails for what is understood beside it', { ...rule('block everything'), ...device('/dev/sda') }, 'fail'],
])('%s', ([, hostConfig, outcome]) => {
  expect(outcomesOf(containerHostDevices, containing(hostConfig))).toEqual([outcome]);
});

test.for<[string, Partial<HostConfig>, string]>([
  ['a whole disk', device('/dev/sda'), 'critical'],
  ['a disk in another spelling', device('/dev/../dev//sda'), 'critical'],
  ['a partition', device('/dev/nvme0n1p2'), 'critical'],
  ['a disk to be read alone', device('/dev/vda', 'r'), 'critical'],
  ['a mapped device', device('/dev/mapper/root'), 'critical'],
  ['a disk by another name', device('/dev/disk/by-uuid/0000'), 'critical'],
  ['the memory of the host', device('/dev/mem'), 'critical'],
  ['a folder, with every device in it', device('/dev'), 'critical'],
  ['the registers of a processor', device('/dev/cpu/0/msr'), 'critical'],
  ['empty permissions, which mean all', device('/dev/ttyUSB0', ''), 'high'],
  ['another device', device('/dev/ttyUSB0', 'rw'), 'high'],
  ['another device to be read alone', device('/dev/ttyUSB0', 'rm'), 'medium'],
  ['fuse', device('/dev/fuse'), 'medium'],
  ['a tunnel', device('/dev/net/tun'), 'medium'],
  ['virtual machines', device('/dev/kvm'), 'medium'],
  ['graphics', device('/dev/dri/renderD128'), 'low'],
  ['sound', device('/dev/snd'), 'low'],
  ['a disk whose name only begins like one', device('/dev/sdanything/x'), 'high'],
  ['a rule for all devices', rule('a *:* rwm'), 'critical'],
  ['a rule for all block devices', rule('b *:* rwm'), 'critical'],
  ['a rule for all character devices, memory among them', rule('c *:* rw'), 'critical'],
  ['a rule for the disks of a driver', rule('b 8:* r'), 'critical'],
  ['a rule for the memory of the host', rule('c 1:1 r'), 'critical'],
  ['a rule for a class of serial ports', rule('c 188:* rw'), 'high'],
  ['a rule to read one', rule('c 188:* r'), 'medium'],
  ['a rule for tunnels', rule('c 10:200 rwm'), 'medium'],
  ['a rule for sound', rule('c 116:* rwm'), 'low'],
  ['a rule for optical drives', rule('b 11:0 r'), 'medium'],
  ['a request for graphics cards', request({ Capabilities: [['gpu']] }), 'low'],
  ['a request by the driver of one', request({ Driver: 'nvidia' }), 'low'],
  ['a CDI request for one', request({ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=all'] }), 'low'],
  ['a CDI request for another device', request({ Driver: 'cdi', DeviceIDs: ['example.com/nic=eth0'] }), 'high'],
  ['the worst of several', { ...device('/dev/dri'), ...rule('b *:* rwm') }, 'critical'],
])('weighs %s', ([, hostConfig, severity]) => {
  expect(resultsOf(containerHostDevices, containing(hostConfig))).toMatchObject([{ outcome: 'fail', severity }]);
});

test.for<[string, GivenSnapshot, string, string, string]>([
  ['on a rootless daemon', { info: { SecurityOptions: ['name=rootless'] } }, '', 'running', 'high'],
  ['on a remapped daemon', { info: { SecurityOptions: ['name=userns'] } }, '', 'running', 'high'],
  [
    'on a remapped daemon that it opts out of',
    { info: { SecurityOptions: ['name=userns'] } },
    'host',
    'running',
    'critical',
  ],
  ['stopped', {}, '', 'exited', 'high'],
])('weighs a disk %s', ([, given, UsernsMode, state, severity]) => {
  const snapshot = containing({ ...device('/dev/sda'), UsernsMode }, given, state);
  expect(resultsOf(containerHostDevices, snapshot)).toMatchObject([{ severity }]);
});

test('a privileged container fails and points at its cause, though Podman leaves Devices empty', () => {
  expect(resultsOf(containerHostDevices, containing({ Privileged: true }))).toMatchObject([
    { outcome: 'fail', causedBy: 'container-privileged' },
  ]);
});

test('requests that an engine before API 1.40 does not know are none', () => {
  const version = { ApiVersion: '1.39' };
  expect(outcomesOf(containerHostDevices, containing({ DeviceRequests: undefined }, { version }))).toEqual(['pass']);
});

test.for<[string, string | undefined, EnvironmentVariable[] | undefined, string]>([
  ['fails by its variable', 'nvidia', [{ name: 'NVIDIA_VISIBLE_DEVICES', verdict: { kind: 'plain' } }], 'fail'],
  ['fails where it is the default', '', [{ name: 'NVIDIA_VISIBLE_DEVICES', verdict: { kind: 'plain' } }], 'fail'],
  ['passes without the variable', 'nvidia', [{ name: 'PATH', verdict: { kind: 'plain' } }], 'pass'],
  [
    'passes when it gives none',
    'nvidia',
    [{ name: 'NVIDIA_VISIBLE_DEVICES', verdict: { kind: 'plain' }, value: 'void' }],
    'pass',
  ],
  ['passes when it is empty', 'nvidia', [{ name: 'NVIDIA_VISIBLE_DEVICES', verdict: { kind: 'empty' } }], 'pass'],
  ['can not tell when the environment was not seen', 'nvidia', undefined, 'unknown'],
  [
    'can not tell when the runtime was not seen',
    undefined,
    [{ name: 'NVIDIA_VISIBLE_DEVICES', verdict: { kind: 'plain' } }],
    'unknown',
  ],
  ['does not matter when the variable is not there', undefined, [], 'pass'],
  [
    'does not matter under another runtime',
    'runc',
    [{ name: 'NVIDIA_VISIBLE_DEVICES', verdict: { kind: 'plain' } }],
    'pass',
  ],
])('the NVIDIA runtime %s', ([, Runtime, environment, outcome]) => {
  const containers = [aContainer({ hostConfig: { ...none, Runtime }, config: { environment } })];
  const snapshot = aSnapshot({ info: { DefaultRuntime: 'nvidia' }, containers });
  expect(outcomesOf(containerHostDevices, snapshot)).toEqual([outcome]);
  expect(JSON.stringify(resultsOf(containerHostDevices, snapshot).map(({ evidence }) => evidence))).not.toContain(
    'void',
  );
});

test.for<[string, Partial<HostConfig>, { device: string; permissions?: string }, string]>([
  ['a path', device('/dev/ttyUSB0'), { device: '/dev/ttyUSB0' }, 'pass'],
  ['paths by a pattern', device('/dev/ttyUSB3', 'rw'), { device: '/dev/ttyUSB*', permissions: 'rw' }, 'pass'],
  ['a path with fewer permissions', device('/dev/ttyUSB0', 'rw'), { device: '/dev/ttyUSB0', permissions: 'r' }, 'fail'],
  ['a rule', rule('c 188:* rw'), { device: 'c 188:*' }, 'pass'],
  ['another rule, though a star would match it', rule('c 188:1 rw'), { device: 'c *:*' }, 'fail'],
  ['a CDI device', request({ DeviceIDs: ['example.com/nic=eth0'] }), { device: 'example.com/nic=*' }, 'pass'],
  ['graphics cards', request({ Capabilities: [['gpu']] }), { device: 'gpu' }, 'pass'],
])('the policy allows %s', ([, hostConfig, allowed, outcome]) => {
  expect(outcomesOf(containerHostDevices, containing(hostConfig), { allowedDevices: [allowed] })).toEqual([outcome]);
});

test('does not apply to Windows containers', () => {
  expect(outcomesOf(containerHostDevices, containing({}, { info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
});
