import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf } from '../engine/host-paths.ts';
import { isWithin } from '../engine/paths.ts';
import { type Judgement, pass, unknown } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';
import { capabilityParameters, failHolding, judgeCapabilities } from './held-capabilities.ts';
import { type DeviceRule, readDeviceRule } from './host-devices.ts';

/** Drivers of disks: IDE, SCSI, software raid, SD cards, Xen, virtio and mapped devices, NVMe. */
const diskMajors = [
  3, 8, 9, 65, 66, 67, 68, 69, 70, 71, 128, 129, 130, 131, 132, 133, 134, 135, 179, 202, 251, 252, 253, 254, 259,
];
/** Miscellaneous, input, video, sound, serial, USB and graphics devices, and those numbered at boot. */
const characterMajors = [
  10, 13, 81, 116, 166, 180, 188, 189, 195, 226, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247,
  248, 249, 250,
];
/** null, zero, full, random and urandom, which every container has. */
const harmlessMemoryMinors = new Set(['3', '5', '7', '8', '9']);

const Parameters = capabilityParameters({}).extend({
  /** Major numbers of block devices that are disks. */
  diskMajors: z.array(z.int().nonnegative()).default(diskMajors),
  /** Major numbers of character devices that a rule may name. */
  allowedMajors: z.array(z.int().nonnegative()).default(characterMajors),
});

const weightOf = (
  { type, major, minor, permissions }: DeviceRule,
  disks: ReadonlySet<string>,
  allowed: ReadonlySet<string>,
): Severity | undefined => {
  // To make a node without opening it is part of every container's rules.
  if (!/[rw]/.test(permissions)) return undefined;
  if (type === 'a') return 'critical';
  if (type === 'b') return major === '*' || disks.has(major) ? 'critical' : 'medium';
  if (major === '*') return 'high';
  if (major === '1') return harmlessMemoryMinors.has(minor) ? undefined : 'high';
  return allowed.has(major) ? undefined : 'medium';
};

const judgeRules = (
  judged: JudgedContainer,
  context: JudgingContext,
  names: ReadonlySet<string>,
  weigh: (rule: DeviceRule) => Severity | undefined,
  explainedImages: Readonly<Record<string, string>>,
): Judgement => {
  const rules = judged.inspect.HostConfig?.DeviceCgroupRules;
  if (rules === undefined) return fieldNotSeen('HostConfig.DeviceCgroupRules');
  const evidence = [{ source: 'HostConfig.DeviceCgroupRules', value: rules }];
  if (rules === null || rules.length === 0) return pass('No device rule is set', evidence);
  const read = rules.map(readDeviceRule);
  const weights = new Set(read.map((rule) => rule && weigh(rule)));
  const worst = severities.find((severity) => weights.has(severity));
  if (worst !== undefined) {
    const canMake = names.has('MKNOD');
    const paths = canMake ? undefined : hostPathsOf(judged.inspect, context);
    if (!canMake && paths === undefined) return fieldNotSeen('Mounts');
    const node = paths?.paths.find(({ path }) => path === '/' || isWithin(path, '/dev'));
    if (!canMake && node === undefined)
      return paths !== undefined && paths.doubts.length > 0
        ? unknown(
            `Whether a device file is handed in is not known: ${paths.doubts.slice(0, 20).join('; ')}`,
            'A scan that can list the volumes and their options',
            evidence,
          )
        : pass('A device rule is set, and the container can neither make nor find a node for it', evidence);
    return failHolding(context, judged, {
      reason: canMake
        ? 'The container may make a node for a device of the host (MKNOD) and a device rule lets it open that'
        : `The container finds device files of the host in ${node?.path ?? '/dev'} and a device rule lets it open them`,
      severity: worst,
      explainedImages,
      evidence: node === undefined ? evidence : [...evidence, node.evidence],
      causedBy: 'container-host-devices',
    });
  }
  return read.includes(undefined)
    ? unknown('A device rule is not understood', 'A newer version of this check', evidence)
    : pass('Every device rule names devices that the policy allows', evidence);
};

export default defineCheck({
  id: 'mknod-with-device-rule',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container can make and open nodes for host devices by a device rule',
  rationale:
    'A device rule opens the control group, and with MKNOD, which every container holds, the file that is still missing is made in a moment. A rule for a disk is thereby the whole disk, read and written below its file system.',
  remediation:
    'Hand in the one device instead of a rule: docker run --device /dev/ttyUSB0 …, and drop the right to make nodes: --cap-drop MKNOD (compose: devices in place of device_cgroup_rules, cap_drop: [MKNOD]). There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.DeviceCgroupRules that allow reading or writing, and MKNOD among the effective capabilities or a mounted device file. All devices, all block devices or those of diskMajors critical; all character devices and memory high; others outside allowedMajors medium. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-host-devices reports the rule itself, and is the cause.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/reference/cli/docker/container/create/',
    'GHSA-g54h-m393-cpwq',
    'Linux Documentation/admin-guide/devices.txt',
  ],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    const disks = new Set(parameters.diskMajors.map(String));
    const allowed = new Set(parameters.allowedMajors.map(String));
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) =>
      judgeCapabilities(
        context,
        judged,
        (names) => judgeRules(judged, context, names, (rule) => weightOf(rule, disks, allowed), explainedImages),
        { alsoNearlyAll: true },
      ),
    );
  },
});
