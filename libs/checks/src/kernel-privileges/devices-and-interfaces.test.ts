import type { HostConfig, MountPoint } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import kernelMemoryAccess from './kernel-memory-access.ts';
import mknodWithDeviceRule from './mknod-with-device-rule.ts';
import writableKernelInterface from './writable-kernel-interface.ts';

const plain: Partial<HostConfig> = {
  Privileged: false,
  CapAdd: null,
  CapDrop: null,
  UsernsMode: '',
  SecurityOpt: null,
  Devices: null,
  DeviceCgroupRules: null,
};
const containing = (hostConfig: Partial<HostConfig>, given: GivenSnapshot = {}, more: GivenContainer = {}) =>
  aSnapshot({ ...given, containers: [aContainer({ ...more, hostConfig: { ...plain, ...hostConfig } })] });
const bind = (Source: string, RW = true): MountPoint => ({ Type: 'bind', Source, Destination: '/x', RW });
const mounting = (
  Mounts: MountPoint[] | undefined,
  hostConfig: Partial<HostConfig> = {},
  given: GivenSnapshot = {},
  more: GivenContainer = {},
) => containing(hostConfig, given, { ...more, inspect: { Mounts } });
const remapped: GivenSnapshot = { info: { SecurityOptions: ['name=userns'] } };

describe('device rules', () => {
  const rule = (...DeviceCgroupRules: string[]) => ({ DeviceCgroupRules });

  test.for<[string, Partial<HostConfig>, string]>([
    ['passes without a rule', {}, 'pass'],
    ['passes for the right to make nodes alone', rule('b 8:* m'), 'pass'],
    ['passes for a serial adapter', rule('c 188:* rmw'), 'pass'],
    ['passes for a device that every container has', rule('c 1:3 rw'), 'pass'],
    ['passes for a disk when nodes can not be made', { ...rule('b 8:* rwm'), CapDrop: ['MKNOD'] }, 'pass'],
    ['leaves a privileged container to its own check', { ...rule('b 8:* rwm'), Privileged: true }, 'not-applicable'],
    ['can not tell a rule that is none', rule('everything'), 'unknown'],
    ['can not tell without the rules', { DeviceCgroupRules: undefined }, 'unknown'],
    ['can not tell without the capabilities', { ...rule('b 8:* rwm'), CapDrop: undefined }, 'unknown'],
  ])('%s', ([, hostConfig, outcome]) => {
    expect(outcomesOf(mknodWithDeviceRule, containing(hostConfig))).toEqual([outcome]);
  });

  test.for<[string, Partial<HostConfig>, string]>([
    ['all devices', rule('a *:* rwm'), 'critical'],
    ['all block devices, letters in another order', rule('b *:* mr'), 'critical'],
    ['a disk to be read alone', rule('b 8:0 r'), 'critical'],
    ['all character devices', rule('c *:* rw'), 'high'],
    ['the memory of the host', rule('c 1:1 r'), 'high'],
    ['an optical drive', rule('b 11:0 r'), 'medium'],
    ['a character device that is not allowed', rule('c 4:64 rw'), 'medium'],
    ['the worst of several', rule('c 188:* rw', 'b 259:* rwm'), 'critical'],
    ['a disk beside a rule that is none', rule('everything', 'b 8:* rwm'), 'critical'],
  ])('weighs %s, which container-host-devices reports', ([, hostConfig, severity]) => {
    expect(resultsOf(mknodWithDeviceRule, containing(hostConfig))).toMatchObject([
      { outcome: 'fail', severity, causedBy: 'container-host-devices' },
    ]);
  });

  test('needs no MKNOD where the nodes of the host are mounted', () => {
    const dropped = { ...rule('b 8:* rwm'), CapDrop: ['MKNOD'] };
    expect(outcomesOf(mknodWithDeviceRule, mounting([bind('/dev')], dropped))).toEqual(['fail']);
    expect(outcomesOf(mknodWithDeviceRule, mounting([bind('/srv')], dropped))).toEqual(['pass']);
    expect(outcomesOf(mknodWithDeviceRule, mounting(undefined, dropped))).toEqual(['unknown']);
  });

  test('weighs two steps less inside a user namespace', () => {
    expect(resultsOf(mknodWithDeviceRule, containing(rule('b 8:* rwm'), remapped))).toMatchObject([
      { severity: 'medium' },
    ]);
  });

  test('numbers of its own', () => {
    const parameters = { diskMajors: [11], allowedMajors: [4] };
    expect(resultsOf(mknodWithDeviceRule, containing(rule('b 11:0 r')), parameters)).toMatchObject([
      { severity: 'critical' },
    ]);
    expect(outcomesOf(mknodWithDeviceRule, containing(rule('c 4:64 rw')), parameters)).toEqual(['pass']);
  });
});

describe('memory, ports and kernel log', () => {
  const device = (PathOnHost: string | undefined, CgroupPermissions = 'rwm', PathInContainer = PathOnHost) => ({
    Devices: [{ PathOnHost, PathInContainer, CgroupPermissions }],
  });
  const rawIo = { CapAdd: ['SYS_RAWIO'] };

  test.for<[string, Partial<HostConfig>, string]>([
    ['passes without devices and SYS_RAWIO', {}, 'pass'],
    ['passes for another device', device('/dev/ttyUSB0'), 'pass'],
    ['passes for a device of which only nodes may be made', device('/dev/mem', 'm'), 'pass'],
    ['the path inside does not matter', device('/dev/ttyUSB0', 'rw', '/dev/mem'), 'pass'],
    ['leaves a privileged container to its own check', { Privileged: true }, 'not-applicable'],
    ['can not tell without the devices', { Devices: undefined }, 'unknown'],
    ['can not tell a device without path', device(undefined), 'unknown'],
    ['can not tell without the capabilities', { CapAdd: undefined }, 'unknown'],
  ])('%s', ([, hostConfig, outcome]) => {
    expect(outcomesOf(kernelMemoryAccess, containing(hostConfig))).toEqual([outcome]);
  });

  test.for<[string, Partial<HostConfig>, string, string | undefined]>([
    ['SYS_RAWIO with memory', { ...rawIo, ...device('/dev/mem') }, 'critical', undefined],
    ['SYS_RAWIO with registers of a processor', { ...rawIo, ...device('/dev/cpu/0/msr') }, 'critical', undefined],
    ['SYS_RAWIO with raw access to a disk', { ...rawIo, ...device('/dev/sg0') }, 'critical', undefined],
    ['SYS_RAWIO with the kernel log', { ...rawIo, ...device('/dev/kmsg') }, 'medium', 'container-host-devices'],
    ['memory alone', device('/dev/mem'), 'high', 'container-host-devices'],
    ['memory under another name', device('/dev/mem', 'r', '/dev/harmless'), 'high', 'container-host-devices'],
    ['a folder with all nodes below', device('/dev/cpu'), 'high', 'container-host-devices'],
    ['a security chip', device('/dev/tpm0'), 'high', 'container-host-devices'],
    ['the kernel log', device('/dev/kmsg'), 'medium', 'container-host-devices'],
    ['SYS_RAWIO alone', rawIo, 'medium', 'container-capabilities'],
    ['all capabilities', { CapAdd: ['ALL'] }, 'medium', 'container-capabilities'],
  ])('weighs %s', ([, hostConfig, severity, causedBy]) => {
    const [result] = resultsOf(kernelMemoryAccess, containing(hostConfig));
    expect(result).toMatchObject({ outcome: 'fail', severity });
    expect(result?.causedBy).toBe(causedBy);
  });

  test('a mounted node can not be opened without a device rule, and is the other check’s finding', () => {
    expect(resultsOf(kernelMemoryAccess, mounting([bind('/dev/mem')]))).toMatchObject([
      { outcome: 'fail', severity: 'low', causedBy: 'container-sensitive-host-mounts' },
    ]);
    expect(outcomesOf(kernelMemoryAccess, mounting([bind('/dev')]))).toEqual(['fail']);
    expect(outcomesOf(kernelMemoryAccess, mounting([bind('/dev/shm')]))).toEqual(['pass']);
    expect(outcomesOf(kernelMemoryAccess, mounting(undefined))).toEqual(['unknown']);
  });

  test('explains what is known to read disks', () => {
    const snapshot = containing(rawIo, {}, { image: 'ghcr.io/analogj/scrutiny:v0.8' });
    expect(resultsOf(kernelMemoryAccess, snapshot)).toMatchObject([
      { reason: expect.stringContaining('health of disks') },
    ]);
  });
});

describe('interfaces of the kernel', () => {
  const versions = (engine: string, KernelVersion: string): GivenSnapshot => ({
    version: { Version: engine },
    info: { KernelVersion },
  });
  const current = versions('28.5.2', '6.1.0-18-amd64');

  test.for<[string, MountPoint, GivenSnapshot, string, string, string | undefined]>([
    ['/proc', bind('/proc'), current, '', 'critical', 'container-sensitive-host-mounts'],
    ['/proc/sys', bind('/proc/sys'), current, '', 'critical', undefined],
    ['a file of it', bind('/proc/sys/kernel/core_pattern'), current, 'root', 'critical', undefined],
    ['/sys/fs/cgroup', bind('/sys/fs/cgroup'), current, '', 'critical', undefined],
    ['a folder that only links into /sys', bind('/sys/class/net'), current, '', 'critical', undefined],
    ['/sys for another user', bind('/sys'), current, '1000', 'high', 'container-sensitive-host-mounts'],
    ['the root folder', bind('/'), current, '', 'critical', 'container-sensitive-host-mounts'],
    ['a part of /proc to be read', bind('/proc/1/root', false), current, '', 'medium', undefined],
    ['shared memory', bind('/dev/shm'), current, '', 'medium', 'container-sensitive-host-mounts'],
    ['/proc to be read', bind('/proc', false), current, '', 'medium', 'container-sensitive-host-mounts'],
    [
      '/sys to be read, which an old engine leaves writable below',
      bind('/sys', false),
      versions('24.0.9', '6.1.0'),
      '',
      'critical',
      'container-sensitive-host-mounts',
    ],
    [
      '/sys to be read, which an old kernel leaves writable below',
      bind('/sys', false),
      versions('28.5.2', '5.10.0-28-amd64'),
      '',
      'critical',
      'container-sensitive-host-mounts',
    ],
  ])('weighs %s', ([, mount, given, User, severity, causedBy]) => {
    const [result] = resultsOf(writableKernelInterface, mounting([mount], {}, given, { config: { User } }));
    expect(result).toMatchObject({ outcome: 'fail', severity });
    // Where the other check weighs the same mount less, this is a finding of its own.
    expect(result?.causedBy).toBe(causedBy);
  });

  test.for<[string, MountPoint[] | undefined, Partial<HostConfig>, GivenSnapshot, string]>([
    ['nothing of these is mounted', [bind('/srv')], {}, current, 'not-applicable'],
    ['/sys is read-only with all below', [bind('/sys', false)], {}, current, 'pass'],
    ['a file of /sys is read-only', [bind('/sys/class/net', false)], {}, versions('24.0.9', '6.1.0'), 'pass'],
    ['/sys is read-only and the engine is not known', [bind('/sys', false)], {}, {}, 'unknown'],
    ['the mounts were not seen', undefined, {}, current, 'unknown'],
    ['the security options were not seen', [], { SecurityOpt: undefined }, current, 'unknown'],
  ])('decides where %s', ([, mounts, hostConfig, given, outcome]) => {
    expect(outcomesOf(writableKernelInterface, mounting(mounts, hostConfig, given))).toEqual([outcome]);
  });

  test('can not tell what a volume of another driver shows', () => {
    const volume = { Type: 'volume', Name: 'data', Driver: 'rexray', Destination: '/x', RW: true };
    expect(outcomesOf(writableKernelInterface, mounting([volume]))).toEqual(['unknown']);
  });

  test('finds the device of a local volume, which may itself be read-only', () => {
    const volume = { Type: 'volume', Name: 'data', Driver: 'local', Destination: '/x', RW: true };
    const withOptions = (o: string) => ({
      ...mounting([volume], {}, current),
      volumes: { value: [{ Name: 'data', Driver: 'local', Options: { type: 'none', o, device: '/proc/sys' } }] },
    });
    expect(resultsOf(writableKernelInterface, withOptions('bind'))).toMatchObject([{ severity: 'critical' }]);
    expect(resultsOf(writableKernelInterface, withOptions('bind,ro'))).toMatchObject([{ severity: 'medium' }]);
  });

  test('in a privileged container it is no news', () => {
    expect(resultsOf(writableKernelInterface, mounting([bind('/proc/sys')], { Privileged: true }))).toMatchObject([
      { outcome: 'fail', causedBy: 'container-privileged' },
    ]);
  });

  test('weighs two steps less where root in the container is not root on the host', () => {
    expect(resultsOf(writableKernelInterface, mounting([bind('/proc/sys')], {}, remapped))).toMatchObject([
      { severity: 'medium' },
    ]);
  });

  test.for<[string, Partial<HostConfig>, string, string]>([
    ['its own', { SecurityOpt: ['writable-cgroups=true'], CgroupnsMode: 'private' }, '2', 'low'],
    ['those of the host', { SecurityOpt: ['writable-cgroups=true'], CgroupnsMode: 'host' }, '2', 'high'],
    ['version 1', { SecurityOpt: ['writable-cgroups'], CgroupnsMode: 'private' }, '1', 'high'],
  ])('weighs control groups made writable by option: %s', ([, hostConfig, CgroupVersion, severity]) => {
    const snapshot = mounting([], hostConfig, { info: { CgroupVersion } });
    expect(resultsOf(writableKernelInterface, snapshot)).toMatchObject([{ outcome: 'fail', severity }]);
  });

  test('the same option says no as well', () => {
    expect(outcomesOf(writableKernelInterface, mounting([], { SecurityOpt: ['writable-cgroups=false'] }))).toEqual([
      'not-applicable',
    ]);
  });

  test('explains what is known of an image', () => {
    const snapshot = mounting([bind('/proc/sys')], {}, current, { image: 'quay.io/prometheus/node-exporter:v1' });
    expect(resultsOf(writableKernelInterface, snapshot)).toMatchObject([
      { reason: expect.stringContaining('read-only at other places') },
    ]);
  });
});
