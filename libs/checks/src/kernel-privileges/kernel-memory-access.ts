import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf } from '../engine/host-paths.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { cleanPath, isWithin } from '../engine/paths.ts';
import { type Judgement, pass, unknown } from '../engine/verdict.ts';
import type { Severity } from '../engine/vocabulary.ts';
import { capabilityEvidence, capabilityParameters, failHolding, judgeCapabilities } from './held-capabilities.ts';

const kernelDevices = [
  '/dev/mem',
  '/dev/kmem',
  '/dev/port',
  '/dev/nvram',
  '/dev/cpu/*/msr',
  '/dev/sg*',
  '/dev/kmsg',
  '/dev/mtd*',
  '/dev/tpm*',
];
/** With SYS_RAWIO these are the machine itself. */
const rawWithCapability = new Set(['/dev/mem', '/dev/kmem', '/dev/port', '/dev/cpu/*/msr', '/dev/sg*']);
const kernelLog = '/dev/kmsg';

const Parameters = capabilityParameters({
  '*scrutiny*': 'it reads the health of disks: give it their nodes to read alone, on a host without foreign tenants',
  '*smartmontools*':
    'it reads the health of disks: give it their nodes to read alone, on a host without foreign tenants',
  '*/cadvisor': 'it reads the kernel log to see killed processes, which is optional',
}).extend({
  /** Device files of memory, ports, firmware and kernel log; `*` stands for any text. */
  devices: z.array(z.string()).default(kernelDevices),
});

/** Whether a device file, or a folder of which all nodes come in, is or holds one that the pattern means. */
const meets = (path: string, pattern: string): boolean =>
  matchesPattern(path, pattern) || pattern.startsWith(path === '/' ? '/' : `${path}/`);

interface Found {
  readonly path: string;
  readonly pattern: string;
}
const meeting = (paths: readonly string[], patterns: readonly string[]): Found[] =>
  paths.flatMap((path) => patterns.flatMap((pattern) => (meets(path, pattern) ? [{ path, pattern }] : [])));

interface Weight {
  readonly severity: Severity;
  readonly what: string;
  readonly causedBy: string | null;
}

const weigh = (rawIo: boolean, given: readonly Found[], mounted: readonly Found[]): Weight | undefined => {
  const [first] = given;
  const raw = given.find(({ pattern }) => rawWithCapability.has(pattern));
  if (rawIo && raw !== undefined)
    return {
      severity: 'critical',
      what: `holds SYS_RAWIO and is given ${raw.path}: it reads and writes the memory or hardware of the host`,
      causedBy: null,
    };
  if (first !== undefined) {
    const beyondLog = given.find(({ pattern }) => pattern !== kernelLog);
    return {
      severity: beyondLog === undefined ? 'medium' : 'high',
      what: `is given ${(beyondLog ?? first).path}${beyondLog === undefined ? ', the log of the kernel, to read and to write into' : ''}`,
      causedBy: 'container-host-devices',
    };
  }
  if (rawIo)
    return {
      severity: 'medium',
      what: 'holds SYS_RAWIO, which opens ports and raw access to hardware',
      causedBy: 'container-capabilities',
    };
  const [mount] = mounted;
  return mount === undefined
    ? undefined
    : {
        severity: 'low',
        what: `mounts ${mount.path}; the device control group refuses to open what is in it, until a device rule allows it`,
        causedBy: 'container-sensitive-host-mounts',
      };
};

const judgeAccess = (
  judged: JudgedContainer,
  context: JudgingContext,
  names: ReadonlySet<string>,
  { devices, explainedImages }: z.infer<typeof Parameters>,
): Judgement => {
  const { inspect } = judged;
  const handedIn = inspect.HostConfig?.Devices;
  const mounts = hostPathsOf(inspect, context);
  const paths = (handedIn ?? []).flatMap(({ PathOnHost, CgroupPermissions }) =>
    PathOnHost === undefined || CgroupPermissions === 'm' ? [] : [cleanPath(PathOnHost)],
  );
  const given = meeting(paths, devices);
  // Of a folder above /dev nothing but /dev itself matters here.
  const mounted = (mounts?.paths ?? []).flatMap(({ path }) => (path === '/' || isWithin(path, '/dev') ? [path] : []));
  const weight = weigh(names.has('SYS_RAWIO'), given, meeting(mounted, devices));
  const evidence = [
    { source: 'HostConfig.Devices', value: paths },
    ...(mounted.length > 0 ? [{ source: 'Mounts', value: mounted }] : []),
  ];
  if (weight !== undefined)
    return failHolding(context, judged, {
      reason: `The container ${weight.what}`,
      severity: weight.severity,
      explainedImages,
      evidence,
      causedBy: weight.causedBy,
    });
  if (handedIn === undefined) return fieldNotSeen('HostConfig.Devices');
  if ((handedIn ?? []).some(({ PathOnHost }) => PathOnHost === undefined))
    return fieldNotSeen('PathOnHost of one of HostConfig.Devices');
  if (mounts === undefined) return fieldNotSeen('Mounts');
  if (mounts.doubts.length > 0)
    return unknown(
      `Not every host path is known: ${mounts.doubts.slice(0, 20).join('; ')}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  return pass('The container reaches neither memory nor ports nor the kernel log of the host as a device', [
    ...capabilityEvidence(judged),
    ...evidence,
  ]);
};

export default defineCheck({
  id: 'kernel-memory-access',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container reaches the host’s memory, ports or kernel log as a device',
  rationale:
    'Behind /dev/mem, /dev/port and the registers of a processor lies the machine itself: whoever writes there changes the kernel while it runs. The kernel log tells addresses and takes forged lines.',
  remediation:
    'Create the container again without --device for these and without --cap-add SYS_RAWIO (compose: devices, cap_add), and read such values on the host. There is no key for it in daemon.json.',
  decidedBy:
    'SYS_RAWIO among the effective capabilities, and HostConfig.Devices and Mounts compared with a list. SYS_RAWIO with memory, ports, msr or raw SCSI critical; a device alone high, /dev/kmsg or SYS_RAWIO alone medium, and then the failure follows from container-host-devices or container-capabilities. Two steps less inside a user namespace, one for a user other than root under no-new-privileges.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['man 7 capabilities', 'man 4 mem', 'moby/moby api/swagger.yaml (DeviceMapping)'],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(
      snapshot,
      { stoppedContainers: parameters.stoppedContainers, severity: 'critical' },
      (judged) =>
        judgeCapabilities(context, judged, (names) => judgeAccess(judged, context, names, parameters), {
          alsoNearlyAll: true,
        }),
    );
  },
});
