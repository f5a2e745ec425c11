import type { HostConfig } from '@plimsoll/snapshot';
import { cleanPath } from '../engine/paths.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';

/** A device, or a class of them, that a container is given. */
export interface DeviceGrant {
  /** A path of the host, `b 8:*` of a cgroup rule, the name of a CDI device, or `gpu`. */
  readonly device: string;
  /** Of `rwm`; a request has all. */
  readonly permissions: string;
  /** As the engine's own field says it. */
  readonly source: string;
  readonly severity: Severity;
}

export interface DeviceGrants {
  readonly grants: readonly DeviceGrant[];
  /** Entries that could not be understood. */
  readonly notUnderstood: readonly string[];
}

/** Disks, partitions, volumes, raw SCSI access and what maps them: reading one reads every file on it. */
const storage =
  /^\/dev\/(?:(?:sd|hd|vd|xvd)[a-z]+\d*|nvme\d+(?:n\d+(?:p\d+)?)?|mmcblk\d+\w*|md\d+\w*|md\/.+|dm-\d+|sg\d+|nbd\d+\w*|rbd\d+\w*|zd\d+\w*|bcache\d+\w*|dasd[a-z]+\d*|mapper(?:\/.+)?|disk(?:\/.+)?|block(?:\/.+)?|bsg(?:\/.+)?|zvol(?:\/.+)?|root)$/;
/** Memory, ports and processor registers of the machine, and folders that hold all of this: every device in them is given. */
const machine = /^\/(?:dev(?:\/(?:mem|kmem|port|cpu(?:\/.*)?))?)?$/;
const bounded = /^\/dev\/(?:fuse|net\/tun|net|kvm)$/;
const graphicsAndSound = /^\/dev\/(?:dri|nvidia[\w-]*|kfd|snd|dsp\d*|mixer\d*|audio\d*)(?:\/.*)?$/;
/** Every container has these, so giving them adds nothing. */
const everywhere = /^\/dev\/(?:null|zero|full|random|urandom|tty)$/;

const canUse = (permissions: string): boolean => /[rw]/.test(permissions);

const severityOfPath = (path: string, permissions: string): Severity | undefined => {
  // Making nodes is part of every container's rules; without reading or writing, a node is of no use.
  if (!canUse(permissions) || everywhere.test(path)) return undefined;
  if (storage.test(path) || machine.test(path)) return 'critical';
  if (graphicsAndSound.test(path)) return 'low';
  return bounded.test(path) || !permissions.includes('w') ? 'medium' : 'high';
};

export interface DeviceRule {
  readonly type: string;
  /** A number, or `*` for all. */
  readonly major: string;
  readonly minor: string;
  /** Of `rwm`. */
  readonly permissions: string;
}

/** Reads `b 8:* rwm`. Undefined where it is no such rule. */
export const readDeviceRule = (rule: string): DeviceRule | undefined => {
  const [, type, major, minor, permissions] = rulePattern.exec(rule.trim()) ?? [];
  return type === undefined || major === undefined || minor === undefined || permissions === undefined
    ? undefined
    : { type, major, minor, permissions };
};

const rulePattern = /^([acb]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/;
/** Character devices by number, from the kernel's Documentation/admin-guide/devices.txt. */
const memoryMinors = new Set(['1', '2', '4', '*']);
const everywhereMinors = new Set(['3', '5', '7', '8', '9']);
const boundedMinors = new Set(['200', '229', '232']);
const graphicsAndSoundMajors = new Set(['14', '116', '195', '226']);
/** Optical drives and loop devices are no disks of the host by themselves. */
const mildBlockMajors = new Set(['7', '11']);

const severityOfRule = (type: string, major: string, minor: string, permissions: string): Severity | undefined => {
  if (!canUse(permissions)) return undefined;
  const other: Severity = permissions.includes('w') ? 'high' : 'medium';
  if (type === 'a' || major === '*') return 'critical';
  if (type === 'b') return mildBlockMajors.has(major) ? other : 'critical';
  if (major === '1') {
    if (memoryMinors.has(minor)) return 'critical';
    return everywhereMinors.has(minor) ? undefined : other;
  }
  if (major === '202' || major === '21') return 'critical'; // processor registers, raw SCSI access
  if (major === '10' && boundedMinors.has(minor)) return 'medium';
  return graphicsAndSoundMajors.has(major) ? 'low' : other;
};

/** `HostConfig.Devices`, `DeviceCgroupRules` and `DeviceRequests`, taken apart and weighed. */
export const deviceGrantsOf = (
  hostConfig: Pick<HostConfig, 'Devices' | 'DeviceCgroupRules' | 'DeviceRequests'>,
): DeviceGrants => {
  const grants: DeviceGrant[] = [];
  const notUnderstood: string[] = [];
  const add = (grant: Omit<DeviceGrant, 'severity'>, severity: Severity | undefined): void => {
    if (severity !== undefined) grants.push({ ...grant, severity });
  };
  for (const { PathOnHost, CgroupPermissions } of hostConfig.Devices ?? []) {
    if (PathOnHost === undefined || CgroupPermissions === undefined) notUnderstood.push('HostConfig.Devices');
    else {
      const permissions = CgroupPermissions || 'rwm';
      const device = PathOnHost.startsWith('/') ? cleanPath(PathOnHost) : PathOnHost;
      add({ device, permissions, source: 'HostConfig.Devices' }, severityOfPath(device, permissions));
    }
  }
  for (const rule of hostConfig.DeviceCgroupRules ?? []) {
    const read = readDeviceRule(rule);
    if (read === undefined) notUnderstood.push(`HostConfig.DeviceCgroupRules "${rule}"`);
    else {
      const { type, major, minor, permissions } = read;
      add(
        { device: `${type} ${major}:${minor}`, permissions, source: 'HostConfig.DeviceCgroupRules' },
        severityOfRule(type, major, minor, permissions),
      );
    }
  }
  for (const { Driver, DeviceIDs, Capabilities } of hostConfig.DeviceRequests ?? []) {
    const grant = { permissions: 'rwm', source: 'HostConfig.DeviceRequests' };
    const isGpu = Driver === 'nvidia' || (Capabilities ?? []).some((names) => names.includes('gpu'));
    if (isGpu) add({ ...grant, device: 'gpu' }, 'low');
    else if ((DeviceIDs ?? []).length === 0) add({ ...grant, device: Driver || 'any driver' }, 'high');
    // A CDI device is called vendor.com/class=name; what it brings is written in a file of the host.
    else
      for (const device of DeviceIDs ?? [])
        add({ ...grant, device }, /\/(?:[\w.-]*gpu|mig)[\w.-]*=/i.test(device) ? 'low' : 'high');
  }
  return { grants, notUnderstood };
};

/** The worst of several; `info` for none. */
export const worstOf = (grants: readonly DeviceGrant[]): Severity =>
  severities.find((severity) => grants.some((grant) => grant.severity === severity)) ?? 'info';
