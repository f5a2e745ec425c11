import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type HostPath, hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { explanationFor } from '../engine/image-names.ts';
import { cleanPath, foldersAbove, isAbove, isWithin } from '../engine/paths.ts';
import { isReadOnlyBelow } from '../engine/read-only-below.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered, severities } from '../engine/vocabulary.ts';
import { weightAsSensitiveMount } from '../daemon-attack-surface/container-sensitive-host-mounts.ts';

const Parameters = containerParameters.extend({
  /** File systems through which the kernel is told what to do, and the memory that processes of the host share. */
  trees: z
    .array(z.string())
    .default([
      '/proc',
      '/sys',
      '/dev/shm',
      '/sys/fs/cgroup',
      '/sys/kernel/debug',
      '/sys/kernel/tracing',
      '/sys/kernel/security',
      '/sys/firmware/efi',
    ]),
  explainedImages: z.record(z.string(), z.string()).default({
    '*/cadvisor': '/sys read-only is enough for it',
    '*/node-exporter': '/proc and /sys read-only at other places are enough for it',
    '*datadog*': '/proc and /sys/fs/cgroup read-only are enough for it',
    '*netdata*': '/proc and /sys/fs/cgroup read-only are enough for it',
  }),
});

interface Interface {
  readonly severity: Severity;
  readonly what: string;
  readonly evidence: Evidence;
  readonly causedBy: string | undefined;
}

interface Trees {
  readonly all: readonly string[];
  readonly foldersAbove: ReadonlySet<string>;
}

/** File systems of their own: a read-only mount of a folder above may leave them writable. */
const ownMounts = [
  '/dev/shm',
  '/proc',
  '/proc/sys/fs/binfmt_misc',
  '/sys',
  '/sys/fs/cgroup',
  '/sys/kernel/debug',
  '/sys/kernel/security',
  '/sys/kernel/tracing',
];

const worstFirst = (a: Interface, b: Interface): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity);

/** What a mounted path shows of the kernel's interfaces; undefined for what does no harm. */
const interfaceIn = (
  found: HostPath,
  { all, foldersAbove: above }: Trees,
  isRoot: boolean,
  context: JudgingContext,
): Interface | 'not-seen' | undefined => {
  const isTree = all.some((tree) => isWithin(found.path, tree));
  if (!isTree && !(above.has(found.path) && found.recursive)) return undefined;
  const asked = found.writable !== false;
  const below = asked || !ownMounts.some((mount) => isAbove(found.path, mount)) || isReadOnlyBelow(found, context);
  const writable = asked || below === false;
  const showsProcesses = found.path === '/' || isWithin(found.path, '/proc');
  if (!writable && !showsProcesses) return below === undefined ? 'not-seen' : undefined;
  const shared = isWithin(found.path, '/dev/shm') || found.path === '/dev';
  const writableSeverity: Severity = shared ? 'medium' : isRoot ? 'critical' : 'high';
  const severity = writable ? writableSeverity : 'medium';
  const mode = asked ? 'writable' : writable ? 'read-only, though what is mounted below stays writable' : 'read-only';
  const effect = writable
    ? shared
      ? 'the shared memory of the host’s processes'
      : 'through it the kernel of the host is told what to do'
    : 'it shows the environments and arguments of all processes';
  const reported = weightAsSensitiveMount(found, context);
  return {
    severity,
    what: `${found.path} of the host is mounted ${mode}: ${effect}`,
    evidence: found.evidence,
    // The other check hears the same mount; where it weighs it no less, that is the finding.
    causedBy:
      reported !== undefined && severities.indexOf(reported) <= severities.indexOf(severity)
        ? 'container-sensitive-host-mounts'
        : undefined,
  };
};

const writableGroups = /^writable-cgroups(?:[=:](.*))?$/;

/** The option of engine 28.0 that hands a container its own control groups to change. */
const groupsAskedFor = (
  { inspect: { HostConfig } }: JudgedContainer,
  context: JudgingContext,
): Interface | undefined => {
  const option = HostConfig?.SecurityOpt?.findLast((candidate) => writableGroups.test(candidate));
  const value = option === undefined ? undefined : writableGroups.exec(option)?.[1];
  if (option === undefined || (value !== undefined && !/^(?:1|t|true)$/i.test(value))) return undefined;
  const own = HostConfig?.CgroupnsMode === 'private' && context.info?.CgroupVersion === '2';
  return {
    severity: own ? 'low' : 'high',
    what: own
      ? 'the container may change its own control groups'
      : 'the control groups of the host are writable in the container',
    evidence: { source: 'HostConfig.SecurityOpt', value: option },
    causedBy: undefined,
  };
};

const judgeInterfaces = (
  judged: JudgedContainer,
  context: JudgingContext,
  trees: Trees,
  explainedImages: Readonly<Record<string, string>>,
): Judgement => {
  const { inspect } = judged;
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  // A user that was not seen is taken for root, the stricter reading.
  const isRoot = isRootUser(inspect.Config?.User) !== false;
  const asked = groupsAskedFor(judged, context);
  const read = host.paths.map((path) => interfaceIn(path, trees, isRoot, context));
  const found = [...read, asked].filter((one) => typeof one === 'object').toSorted(worstFirst);
  const [worst] = found;
  if (worst !== undefined) {
    const remapped = isInUserNamespace(context, inspect.HostConfig) === true;
    const more = found.length === 1 ? '' : `, and ${found.length - 1} more such`;
    const reason = `${worst.what}${more}${remapped ? ' (root in the container is an ordinary user on the host)' : ''}`;
    const causedBy = inspect.HostConfig?.Privileged === true ? 'container-privileged' : worst.causedBy;
    return fail(
      reason.charAt(0).toUpperCase() + reason.slice(1) + explanationFor(explainedImages, judged.container),
      found.slice(0, 20).map(({ evidence }) => evidence),
      {
        severity: remapped ? lowered(lowered(worst.severity)) : worst.severity,
        ...(causedBy === undefined ? {} : { causedBy }),
      },
    );
  }
  if (host.doubts.length > 0)
    return unknown(
      `Not every host path is known: ${host.doubts.slice(0, 20).join('; ')}`,
      'A scan that can list the volumes and their options; for volumes of a plugin, its documentation',
    );
  if (inspect.HostConfig?.SecurityOpt === undefined) return fieldNotSeen('HostConfig.SecurityOpt');
  if (read.includes('not-seen'))
    return unknown(
      'What is mounted of the host’s /sys is read-only; whether that holds for what is mounted below was not seen',
      'A GET /version answer with the versions of engine and kernel',
    );
  const shown = host.paths.filter(({ path }) => trees.all.some((tree) => isWithin(path, tree)));
  return shown.length === 0
    ? notApplicable('Nothing of the host’s /proc, /sys or control groups is mounted')
    : pass(
        'What is mounted of the host’s /sys and control groups is read-only',
        shown.slice(0, 20).map(({ evidence }) => evidence),
      );
};

export default defineCheck({
  id: 'writable-kernel-interface',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container can write to the host’s /proc, /sys or control groups',
  rationale:
    'Root in a container owns /proc/sys/kernel/core_pattern by its number: one line written there, and the next crash starts a program on the host. At a place of its own, such as /host/proc, a mount lies outside the masks of the engine and the rules of docker-default.',
  remediation:
    'Mount it read-only and at a place of its own: docker run -v /sys:/host/sys:ro … (compose: volumes: ["/sys:/host/sys:ro"]), or not at all, since the API tells what containers use. There is no key for it in daemon.json.',
  decidedBy:
    'The host paths behind Mounts within or above the trees of the parameter, and writable-cgroups in HostConfig.SecurityOpt. Writable is critical for root, high for another user, medium for shared memory; a read-only /proc is medium. Two steps less where root in the container is not root on the host. Where container-sensitive-host-mounts weighs the mount as much, or the container is privileged, that is the cause.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['man 5 core', 'man 7 cgroups', 'moby/moby daemon/oci_linux.go', 'moby/profiles apparmor/template.go'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    const all = parameters.trees.map((tree) => cleanPath(tree));
    const trees: Trees = {
      all,
      foldersAbove: new Set(all.flatMap(foldersAbove).filter((folder) => !all.includes(folder))),
    };
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) => {
      if (context.isWindows === true) return notApplicable('These file systems are those of a Linux host');
      if (isHostFileReader(judged.container)) return undefined;
      return judgeInterfaces(judged, context, trees, explainedImages);
    });
  },
});
