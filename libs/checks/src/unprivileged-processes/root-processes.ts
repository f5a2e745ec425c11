import { type ContainerEntry, type ContainerInspect, type ContainerProcess, isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { imageUserOf } from './explicit-root-user.ts';
import { programName } from './program-names.ts';

const Parameters = z.strictObject({
  /** Programs that begin as root on purpose and hand over to others. */
  starters: z
    .array(z.string())
    .default([
      's6-svscan',
      's6-overlay',
      'tini',
      'docker-init',
      'dumb-init',
      'catatonit',
      'supervisord',
      'nginx',
      'apache2',
      'httpd',
      'sshd',
      'crond',
      'haproxy',
      'postfix',
      'master',
      'php-fpm',
    ]),
});

export default defineCheck({
  id: 'root-processes',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'container',
  title: "Processes in containers are not the host's root",
  rationale:
    'A process that is root on the host owns the host as soon as it gets out. One that became root although the container was given another user is a sign that something climbed.',
  remediation:
    'USER 10001 in the Dockerfile, or docker run --user 10001 (compose: user). Ports below 1024 need no root inside containers since engine 20.10. Or let root inside be another user outside: "userns-remap": "default" in daemon.json.',
  decidedBy:
    'Effective user ids in GET /containers/{id}/top, which are those of the host. A known starter as the first process passes while its children are others. High where the container was given another user. Does not apply where users are mapped.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['moby/moby daemon/top_unix.go', 'moby/moby daemon/oci_linux.go (ip_unprivileged_port_start)'],
  *evaluate({ snapshot, context, parameters }) {
    const starters = new Set(parameters.starters);
    yield* eachContainer(snapshot, { stoppedContainers: 'same', severity: 'medium' }, ({ container, inspect, up }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no root');
      if (!up) return notApplicable('The container is not up: it has no processes');
      return judgeProcesses(container, inspect, context, starters);
    });
  },
});

const isRoot = ({ user }: ContainerProcess): boolean => user === '0' || user === 'root';

const judgeProcesses = (
  { processes }: ContainerEntry,
  inspect: ContainerInspect,
  context: JudgingContext,
  starters: ReadonlySet<string>,
): Judgement => {
  const isMapped = isInUserNamespace(context, inspect.HostConfig);
  if (isMapped === true) return notApplicable('Root in the container is another user on the host');
  if (isMissing(processes))
    return unknown(
      `The processes of the container could not be listed (${processes.missing}): ${processes.detail}`,
      processes.missing === 'not-requested'
        ? 'Switch on process lists for this host'
        : 'A scan that can list its processes',
    );
  const roots = processes.value.filter(isRoot);
  const handed = new Set(startersThatHandOver(processes.value, starters));
  const left = roots.filter((process) => !handed.has(process));
  const evidence: Evidence[] = [
    { source: 'top: processes', value: processes.value.length },
    {
      source: 'top: programs that run as root',
      value: [...new Set(left.map(({ command }) => programName(command ?? '') ?? '?'))].toSorted(),
    },
    { source: 'Config.User', value: inspect.Config?.User ?? null },
  ];
  if (left.length > 0) {
    if (isMapped === undefined)
      return fieldNotSeen('Whether users are mapped (HostConfig.UsernsMode, info.SecurityOptions)');
    const hasRisen = isRootUser(inspect.Config?.User) === false;
    return hasRisen
      ? fail(`${left.length} processes are root, though the container was given another user`, evidence, {
          severity: 'high',
        })
      : fail(`${left.length} processes are root of the host`, evidence, causeOf(inspect, context));
  }
  if (processes.value.length === 0 || processes.value.some(({ user }) => user === undefined))
    return unknown(
      'The process list of the container does not name every user',
      'An engine whose host has an ordinary ps',
    );
  return pass(
    roots.length === 0 ? 'No process of the container is root' : 'Only a starter is root, and what it started is not',
    evidence,
  );
};

/** A container that is root because its image, or its own setting, says so is reported there. */
const causeOf = (inspect: ContainerInspect, context: JudgingContext): { causedBy?: string } => {
  const imageIsRoot = isRootUser(imageUserOf(inspect, context));
  if (imageIsRoot === undefined || isRootUser(inspect.Config?.User) !== true) return {};
  return { causedBy: imageIsRoot ? 'image-user-not-root' : 'explicit-root-user' };
};

/** How deep one starter may start another: tini, then a script's supervisord, then nginx. */
const deepestChain = 5;

const startersThatHandOver = (
  processes: readonly ContainerProcess[],
  starters: ReadonlySet<string>,
): ContainerProcess[] => {
  // With one number missing, nobody can say who started whom.
  if (processes.some(({ pid, parentPid }) => pid === undefined || parentPid === undefined)) return [];
  const childrenOf = Map.groupBy(processes, ({ parentPid }) => parentPid);
  const pids = new Set(processes.map(({ pid }) => pid));
  const found: ContainerProcess[] = [];
  const handsOver = (process: ContainerProcess, depth: number): boolean => {
    const children = process.pid === undefined ? [] : (childrenOf.get(process.pid) ?? []);
    const isStarter = starters.has(programName(process.command ?? '') ?? '');
    const isGood =
      isStarter &&
      children.length > 0 &&
      depth < deepestChain &&
      children.every((child) => !isRoot(child) || handsOver(child, depth + 1));
    if (isGood) found.push(process);
    return isGood;
  };
  const first = processes.filter(
    (process) => isRoot(process) && process.parentPid !== undefined && !pids.has(process.parentPid),
  );
  return first.filter((process) => handsOver(process, 0)).length === 0 ? [] : found;
};
