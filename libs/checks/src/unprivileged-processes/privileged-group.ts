import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type HostPath, hostPathsOf } from '../engine/host-paths.ts';
import { baseName, cleanPath, isAbove, isWithin } from '../engine/paths.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';

const Parameters = containerParameters.extend({
  /** Names whose number on this host is not known from here. */
  riskyGroups: z
    .array(z.string())
    .default([
      'root',
      'docker',
      'disk',
      'kmem',
      'shadow',
      'adm',
      'sudo',
      'wheel',
      'lxd',
      'incus-admin',
      'libvirt',
      'kvm',
      'tty',
      'video',
      'input',
    ]),
  /** Numbers that nearly every distribution gives to the same group. */
  usualNumbers: z.record(z.string(), z.string()).default({ 0: 'root', 6: 'disk', 42: 'shadow', 15: 'kmem' }),
});

export default defineCheck({
  id: 'privileged-group',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'container',
  title: 'Containers get no group that opens sockets, disks or memory of the host',
  rationale:
    "A group is a number to the kernel. With the number of the host's disk or docker group, an ordinary user in the container opens the disk or the socket that was mounted, and is root from there.",
  remediation:
    'Take --group-add and the group in --user away (compose: group_add, user). Reach the engine through a proxy that passes only what is needed, and devices by --device with the least permission (compose: devices). No key of daemon.json does it.',
  decidedBy:
    'Numbers in HostConfig.GroupAdd and in the group part of Config.User, together with what of the host is there to open: sockets, block devices, memory, /etc, writable folders. Other numbers and names stand in files that are not read here. A group alone opens nothing.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['moby/moby api/swagger.yaml (HostConfig.GroupAdd)', 'moby/moby daemon/oci_linux.go'],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no such groups');
      return judgeGroups(inspect, context, parameters);
    });
  },
});

/** What of the host a container could open with the right group. */
interface Openable {
  readonly what: 'socket' | 'disk' | 'memory' | 'accounts' | 'writable folder';
  readonly path: string;
}

const diskPattern = /^\/dev\/(?:sd|hd|vd|xvd|nvme|mmcblk|md|dm-|mapper|loop|disk|sr|zd)/;
const memoryPaths = new Set(['/dev/mem', '/dev/kmem', '/dev/port']);
const socketPattern = /\.sock$/;

const openableBehind = ({ path, writable }: HostPath): Openable[] => [
  ...(socketPattern.test(baseName(path)) || path === '/run' || isAbove(path, '/run')
    ? [{ what: 'socket' as const, path }]
    : []),
  ...(diskPattern.test(path) || path === '/dev' || isAbove(path, '/dev') ? [{ what: 'disk' as const, path }] : []),
  ...(memoryPaths.has(path) || path === '/dev' || isAbove(path, '/dev') ? [{ what: 'memory' as const, path }] : []),
  ...(isWithin(path, '/etc') || isAbove(path, '/etc') ? [{ what: 'accounts' as const, path }] : []),
  ...(writable === false ? [] : [{ what: 'writable folder' as const, path }]),
];

const openableDevice = (path: string): Openable[] => {
  if (diskPattern.test(path)) return [{ what: 'disk', path }];
  return memoryPaths.has(path) ? [{ what: 'memory', path }] : [];
};

/** Which group opens what, and how much that weighs. */
const opens: Readonly<Record<string, readonly [Openable['what'], Severity]>> = {
  docker: ['socket', 'critical'],
  disk: ['disk', 'critical'],
  shadow: ['accounts', 'high'],
  kmem: ['memory', 'high'],
  root: ['writable folder', 'medium'],
};

/** Groups of ordinary accounts begin here; what a user's own group is called does not matter. */
const firstOrdinary = 1000;

const groupsOf = (inspect: ContainerInspect): readonly { readonly group: string; readonly source: string }[] => {
  const [, own] = (inspect.Config?.User ?? '').split(':', 2);
  return [
    ...(inspect.HostConfig?.GroupAdd ?? []).map((group) => ({ group, source: 'HostConfig.GroupAdd' })),
    ...(own === undefined || own === '' || Number(own) >= firstOrdinary ? [] : [{ group: own, source: 'Config.User' }]),
  ];
};

const judgeGroups = (
  inspect: ContainerInspect,
  context: JudgingContext,
  parameters: z.infer<typeof Parameters>,
): Judgement => {
  const { HostConfig: hostConfig, Config: config } = inspect;
  if (config?.User === undefined) return fieldNotSeen('Config.User');
  if (hostConfig?.GroupAdd === undefined) return fieldNotSeen('HostConfig.GroupAdd');
  const groups = groupsOf(inspect);
  if (groups.length === 0) return notApplicable('The container has no group beside an ordinary one');
  if (isRootUser(config.User) === true)
    return notApplicable('Root in the container opens what is there without a group');
  if (isInUserNamespace(context, hostConfig) === true)
    return notApplicable('Numbers in the container are others on the host');
  const evidence: Evidence[] = groups.slice(0, 20).map(({ group, source }) => ({ source, value: group }));
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return fieldNotSeen('Mounts');
  const openable = [
    ...host.paths.flatMap(openableBehind),
    ...(hostConfig.Devices ?? []).flatMap(({ PathOnHost }) => openableDevice(cleanPath(PathOnHost ?? ''))),
  ];
  const openableByKind = new Map(openable.map((candidate) => [candidate.what, candidate]));
  const usual = (group: string): string | undefined => {
    if (group === 'root') return 'root';
    return /^\d{1,9}$/.test(group) ? parameters.usualNumbers[String(Number(group))] : undefined;
  };
  const hits = groups
    .flatMap(({ group }) => {
      const name = usual(group);
      const [what, severity] = (name === undefined ? undefined : opens[name]) ?? [];
      const found = what === undefined ? undefined : openableByKind.get(what);
      return name === undefined || severity === undefined || found === undefined
        ? []
        : [{ group, name, severity, found }];
    })
    .toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const [worst] = hits;
  if (worst !== undefined)
    return fail(
      `Group ${worst.group} is ${worst.name} on nearly every host, and opens ${worst.found.path} there`,
      [...evidence, ...hits.slice(0, 20).map(({ found }) => ({ source: `opens (${found.what})`, value: found.path }))],
      { severity: worst.severity },
    );
  if (hostConfig.Devices === undefined) return fieldNotSeen('HostConfig.Devices');
  if (host.doubts.length > 0 || hostConfig.Devices?.some(({ PathOnHost }) => PathOnHost === undefined) === true)
    return unknown(
      'Not every path of the host that is mounted is known',
      'A scan that can list the volumes and their options',
      evidence,
    );
  const open = groups.filter(({ group }) => usual(group) === undefined);
  if (open.length > 0 && openable.length > 0) {
    const riskyGroups = new Set(parameters.riskyGroups);
    const risky = open.find(({ group }) => riskyGroups.has(group));
    return unknown(
      risky === undefined
        ? `Which group of the host has the number of ${open[0]?.group} stands in its /etc/group`
        : `Which number ${risky.group} has stands in the container's own /etc/group`,
      'Switch on reading host files for this host',
      evidence,
    );
  }
  return pass('Nothing of the host is mounted that one of these groups would open', evidence);
};
