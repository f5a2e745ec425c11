import { type ContainerEntry, type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { showsEngineSocket } from '../daemon-attack-surface/container-docker-socket.ts';
import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf } from '../engine/host-paths.ts';
import { containerNamed } from '../engine/joined-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const fields = ['PidMode', 'IpcMode', 'NetworkMode'] as const;
type Field = (typeof fields)[number];

interface Join {
  readonly field: Field;
  readonly mode: string;
}

/** What the joiner gains; `notSeen` where something that decides was not seen. */
interface Gains {
  /** Each the end of "… is joined, and it". */
  readonly gained: readonly string[];
  /** The check that already follows the chain to the host and reports the joiner, where that is all. */
  readonly causedBy: string | undefined;
  readonly notSeen: string | undefined;
}

const hostModes = [
  ['PidMode', 'container-host-pid'],
  ['IpcMode', 'container-host-ipc'],
  ['NetworkMode', 'container-host-network'],
] as const;

const userOf = (inspect: ContainerInspect): string | undefined => {
  const user = inspect.Config?.User?.split(':', 1)[0];
  return user === '' || user === 'root' ? '0' : user;
};

const holdsSecrets = (inspect: ContainerInspect): boolean | undefined => {
  const environment = inspect.Config?.environment;
  if (environment?.some(({ verdict }) => verdict.kind === 'secret') === true) return true;
  if (inspect.Mounts?.some(({ Destination }) => Destination?.startsWith('/run/secrets') === true) === true) return true;
  return environment === undefined || inspect.Mounts === undefined ? undefined : false;
};

const gainsOf = (
  { field }: Join,
  joiner: ContainerInspect,
  joined: ContainerInspect,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Gains => {
  const gained: string[] = [];
  let causedBy: string | undefined;
  let notSeen: string | undefined;
  const theirs = joined.HostConfig;
  if (theirs?.Privileged === true) gained.push('is privileged');
  const hosts = hostModes.filter(([mode]) => theirs?.[mode] === 'host');
  if (hosts.length > 0) {
    gained.push(
      `uses the ${hosts.map(([mode]) => mode.replace('Mode', '').toLowerCase()).join(' and ')} namespace of the host`,
    );
    // Followed to the end, the joiner's own mode is then the host's.
    causedBy = hosts.length === 1 && hosts[0]?.[0] === field ? hosts[0][1] : undefined;
  }
  if (hostModes.some(([mode]) => theirs?.[mode] === undefined)) notSeen = 'the namespaces of the joined container';
  const host = hostPathsOf(joined, context);
  const sockets = host?.paths.map((found) => showsEngineSocket(found, snapshot, context));
  if (sockets?.includes('yes') === true) gained.push('reaches the socket of the engine');
  else if (host === undefined || host.doubts.length > 0 || sockets?.includes('perhaps') === true)
    notSeen ??= 'whether the joined container reaches the socket of the engine';
  const own = effectiveCapabilities(joiner.HostConfig)?.names;
  const others = effectiveCapabilities(theirs)?.names;
  if (own === undefined || others === undefined) notSeen ??= 'the capabilities of one of the two';
  else if (theirs?.Privileged !== true) {
    const more = [...others].filter((name) => !own.has(name)).toSorted();
    if (more.length > 0)
      gained.push(`holds ${more.slice(0, 5).join(', ')}${more.length > 5 ? ' and more' : ''}, which the joiner lacks`);
  }
  if (field === 'PidMode') {
    const secrets = holdsSecrets(joined);
    const [user, otherUser] = [userOf(joiner), userOf(joined)];
    const reaches = own?.has('SYS_PTRACE') === true || (user !== undefined && user === otherUser);
    if (secrets === true && reaches) gained.push('holds secrets that its joiner can read from its processes');
    else if (secrets === undefined || (secrets && (user === undefined || otherUser === undefined)))
      notSeen ??= 'whether the joined container holds secrets, and whose';
  }
  return { gained, causedBy: gained.length === 1 ? causedBy : undefined, notSeen };
};

/** A join is made at the start: if the other one was started later, the joiner sits in what that has left. */
const staleness = (joiner: ContainerInspect, joined: ContainerInspect): string => {
  const [own, others] = [joiner.State?.StartedAt, joined.State?.StartedAt];
  return own !== undefined && others !== undefined && others > own
    ? '; the joined container was started later, so the join holds again from the next start on'
    : '';
};

const judgeJoin = (
  join: Join,
  { inspect }: JudgedContainer,
  joinedEntry: ContainerEntry | undefined,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Judgement => {
  const evidence: Evidence[] = [{ source: `HostConfig.${join.field}`, value: join.mode }];
  const joined = joinedEntry && valueOf(joinedEntry.inspect);
  if (joinedEntry === undefined || joined === undefined)
    return unknown('The container that is joined can not be found or inspected', 'A scan that sees both', evidence);
  const { gained, causedBy, notSeen } = gainsOf(join, inspect, joined, snapshot, context);
  const all = [...evidence, { source: 'joined container', value: joinedEntry.name }];
  if (gained.length > 0)
    return fail(
      `The container joins ${joinedEntry.name} (${join.field}), and that one ${gained.join(', ')}${staleness(inspect, joined)}`,
      all,
      causedBy === undefined ? {} : { causedBy },
    );
  return notSeen === undefined
    ? pass(`The container joins ${joinedEntry.name}, which holds no more than it does`, all)
    : unknown(
        `The container joins ${joinedEntry.name}; not seen: ${notSeen}`,
        'A scan that can inspect both whole',
        all,
      );
};

export default defineCheck({
  id: 'joined-container-namespaces',
  theme: 'namespaces',
  severity: 'high',
  subject: 'container',
  title: 'No container joins the namespaces of a more privileged one',
  rationale:
    'A container in the process namespace of another reads its environment and memory, and through /proc its files. If that one is privileged or holds the socket of the engine, the weak one is as strong as it.',
  remediation:
    'Give the two a shared volume or socket file instead of --pid container:… or --ipc container:… (compose: remove pid: service:…, ipc: service:…). If a sidecar has to share, take rights from the joined one first: --cap-drop ALL, no --privileged. There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.PidMode and IpcMode (with reportNetworkJoin NetworkMode too) of the form container:…, and of the joined container Privileged, host namespaces, the engine’s socket among Mounts, capabilities that the joiner lacks, and, for processes, secrets within reach of the same user or of SYS_PTRACE.',
  needs: ['containers'],
  parameters: containerParameters.extend({ reportNetworkJoin: z.boolean().default(false) }),
  sources: [
    'moby/moby api/swagger.yaml (HostConfig.PidMode, IpcMode, NetworkMode)',
    'https://docs.docker.com/reference/cli/docker/container/run/',
    'man 7 pid_namespaces',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const looked = parameters.reportNetworkJoin ? fields : (['PidMode', 'IpcMode'] as const);
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) => {
      if (context.isWindows === true) return notApplicable('Windows containers share no such namespaces');
      const hostConfig = judged.inspect.HostConfig;
      const unseen = looked.find((field) => hostConfig?.[field] === undefined);
      const joins = looked.flatMap((field): Join[] => {
        const mode = hostConfig?.[field];
        return mode?.startsWith('container:') === true ? [{ field, mode }] : [];
      });
      if (joins.length === 0)
        return unseen === undefined
          ? notApplicable('The container joins no other one')
          : fieldNotSeen(`HostConfig.${unseen}`);
      const judgements = joins.map((join) =>
        judgeJoin(join, judged, containerNamed(context, join.mode.slice('container:'.length)), snapshot, context),
      );
      return (
        judgements.find(({ outcome, causedBy }) => outcome === 'fail' && causedBy === undefined) ??
        judgements.find(({ outcome }) => outcome === 'fail') ??
        judgements.find(({ outcome }) => outcome === 'unknown') ??
        (unseen === undefined ? judgements[0] : fieldNotSeen(`HostConfig.${unseen}`))
      );
    });
  },
});
