import { type ContainerEntry, type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defaultCapabilities, effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf, isHostFileReader } from '../engine/host-paths.ts';
import { imageRepositoriesOf } from '../engine/image-names.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { describePort, publishedPorts } from '../engine/published-ports.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { showsEngineSocket } from './container-docker-socket.ts';
import { type ControlSockets, controlSocketIn, controlSocketsOf, usualControlSockets } from './control-sockets.ts';
import { Manager, type Right, usualManagers } from './known-managers.ts';

const Parameters = containerParameters.extend({
  /** By pattern of the image's repository: what it is for, and what it can not do without. */
  known: z.record(z.string(), Manager).default({ ...usualManagers }),
  /** Ports of the container behind which a console listens. */
  consolePorts: z.array(z.int().min(1).max(65_535)).default([9000, 9443, 8000, 8080, 3000, 5001]),
});

/** The check that reports a right of the host at the container that holds it. */
const reportedBy: Readonly<Record<Right, string>> = {
  socket: 'container-docker-socket',
  'control-socket': 'host-control-socket',
  root: 'container-sensitive-host-mounts',
  'root-read-only': 'container-sensitive-host-mounts',
  privileged: 'container-privileged',
  capabilities: 'container-capabilities',
  'host-pid': 'container-host-pid',
  'host-network': 'container-host-network',
};
const controlling: readonly Right[] = ['socket', 'control-socket', 'root', 'root-read-only'];
const byDefault: ReadonlySet<string> = new Set(defaultCapabilities);

interface Holdings {
  readonly held: ReadonlySet<Right>;
  readonly evidence: readonly Evidence[];
  /** What was not seen. */
  readonly doubts: readonly string[];
}

const holdingsOf = (
  inspect: ContainerInspect,
  sockets: ControlSockets,
  snapshot: HostSnapshot,
  context: JudgingContext,
): Holdings | undefined => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return undefined;
  const held = new Set<Right>();
  const evidence: Evidence[] = [];
  const doubts = [...host.doubts];
  for (const found of host.paths) {
    const before = held.size;
    if (found.path === '/') held.add(found.writable === false ? 'root-read-only' : 'root');
    else {
      const engine = showsEngineSocket(found, snapshot, context);
      if (engine === 'yes') held.add('socket');
      else if (engine === 'perhaps') doubts.push(`whether the socket of the engine shows in ${found.path}`);
      const control = controlSocketIn(found, sockets);
      if (control?.itself === true && control.severity === 'critical') held.add('control-socket');
    }
    if (held.size > before) evidence.push(found.evidence);
  }
  const { HostConfig: hostConfig } = inspect;
  const names = effectiveCapabilities(hostConfig)?.names;
  if (hostConfig?.Privileged === true) held.add('privileged');
  else if (names === undefined) doubts.push('its capabilities');
  else if ([...names].some((name) => !byDefault.has(name))) held.add('capabilities');
  if (hostConfig?.PidMode === 'host') held.add('host-pid');
  if (hostConfig?.NetworkMode === 'host') held.add('host-network');
  if (hostConfig?.PidMode === undefined || hostConfig.NetworkMode === undefined) doubts.push('its namespaces');
  return { held, evidence, doubts };
};

/** `https://github.com/portainer/portainer` names `portainer/portainer`. */
const sourceOf = ({ labels }: ContainerEntry): string | undefined =>
  /^https?:\/\/[^/]+\/([^/]+\/[^/#?]+)/
    .exec(labels?.['org.opencontainers.image.source'] ?? '')?.[1]
    ?.replace(/\.git$/, '');

const managerOf = (
  container: ContainerEntry,
  known: Readonly<Record<string, Manager>>,
): Manager | 'unknown' | 'nameless' => {
  const names = [...imageRepositoriesOf(container), sourceOf(container)].filter((name) => name !== undefined);
  if (names.length === 0) return 'nameless';
  const found = Object.entries(known).find(([pattern]) => names.some((name) => matchesPattern(name, pattern)));
  return found?.[1] ?? 'unknown';
};

/** Neither a digest nor a whole version: what runs tomorrow is whatever the tag points to then. */
const movingTag = (container: ContainerEntry): string | undefined => {
  const reference = valueOf(container.inspect)?.Config?.Image ?? container.image ?? '';
  if (reference.includes('@sha256:') || /^(?:sha256:)?[0-9a-f]{12,64}$/.test(reference)) return undefined;
  const colon = reference.lastIndexOf(':');
  const tag = colon > reference.lastIndexOf('/') ? reference.slice(colon + 1) : 'latest';
  return /\d+\.\d+\.\d+/.test(tag) ? undefined : tag;
};

const judgeKnown = (
  { container, inspect }: JudgedContainer,
  manager: Manager,
  { held, evidence, doubts }: Holdings,
  consolePorts: readonly number[],
  snapshot: HostSnapshot,
): Judgement => {
  const beyond = [...held].filter(
    (right) => !manager.needs.includes(right) && !(right === 'root-read-only' && manager.needs.includes('root')),
  );
  const published = publishedPorts(snapshot, container, inspect);
  const consoles =
    published.kind === 'ports'
      ? published.ports.filter(
          ({ containerPort, reach }) => reach === 'every-address' && consolePorts.includes(containerPort),
        )
      : [];
  const tag = movingTag(container);
  const faults = [
    ...(beyond.length > 0 ? [`it holds more than its task needs (${beyond.join(', ')})`] : []),
    ...(consoles.length > 0 ? [`its console is open on every address (${consoles.map(describePort).join(', ')})`] : []),
    ...(tag === undefined ? [] : [`it runs from the moving tag ${tag}`]),
  ];
  const all: Evidence[] = [
    ...evidence,
    { source: 'Config.Image', value: inspect.Config?.Image ?? container.image ?? null },
  ];
  if (faults.length > 0) {
    const [first] = beyond;
    const onlyBeyond = first !== undefined && faults.length === 1;
    return fail(
      `This container controls the host, and ${faults.join('; ')}. Known of this image: ${manager.task}`,
      all,
      {
        severity: 'high',
        ...(onlyBeyond ? { causedBy: reportedBy[first] } : {}),
      },
    );
  }
  if (doubts.length > 0)
    return unknown(`Not seen: ${doubts.slice(0, 20).join('; ')}`, 'A scan that can inspect the container whole', all);
  return published.kind === 'not-seen'
    ? unknown(published.why, 'An engine that reports the ports of its containers', all)
    : pass(`The container holds what its task needs: ${manager.task}`, all);
};

export default defineCheck({
  id: 'management-container',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'container',
  title: 'Containers that control Docker are known and hold no more than they need',
  rationale:
    'A console, an updater or an agent with the socket is root on the host, and so is whoever breaks into it or writes the tag it is pulled by. Of those that are meant, each should hold only its task; one that nobody knows is an intruder or a mistake.',
  remediation:
    'Take away what the task does not need: put readers behind a socket proxy (docker run -e DOCKER_HOST=tcp://proxy:2375 …), bind consoles to loopback (-p 127.0.0.1:9443:9443; compose: ports), and name the image by digest: NAME@sha256:… . One of your own goes into the parameter known. There is no key for it in daemon.json.',
  decidedBy:
    'Containers that reach the socket of the engine, another critical control socket or the root folder of the host, by Mounts. Their image is looked up in the table of known ones; what they hold beyond it, a console on every address and a tag that is no whole version fail. One of an image that is not known is critical, and follows from the check that reports the access.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/engine/security/',
    'https://docs.portainer.io/',
    'https://doc.traefik.io/traefik/providers/docker/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const sockets = controlSocketsOf(usualControlSockets, context);
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) => {
      if (context.isWindows === true) return notApplicable('The table is of Linux images');
      if (isHostFileReader(judged.container)) return undefined;
      const holdings = holdingsOf(judged.inspect, sockets, snapshot, context);
      if (holdings === undefined) return fieldNotSeen('Mounts');
      const access = controlling.find((right) => holdings.held.has(right));
      if (access === undefined)
        return holdings.doubts.length > 0 && !holdings.doubts.every((doubt) => doubt.startsWith('its '))
          ? unknown(
              `Not seen: ${holdings.doubts.slice(0, 20).join('; ')}`,
              'A scan that can list the volumes and their options',
            )
          : notApplicable('The container reaches neither a control socket nor the root folder of the host');
      const manager = managerOf(judged.container, parameters.known);
      if (manager === 'nameless')
        return unknown(
          'The container controls the host, and its image has neither a name nor a label that says what it is',
          'Its image in the parameter known',
          holdings.evidence,
        );
      if (manager === 'unknown')
        return fail(
          'The container controls the host, and its image is none that is known to have to',
          [
            ...holdings.evidence,
            { source: 'Config.Image', value: judged.inspect.Config?.Image ?? judged.container.image ?? null },
          ],
          { severity: 'critical', causedBy: access.startsWith('root') ? reportedBy.socket : reportedBy[access] },
        );
      return judgeKnown(judged, manager, holdings, parameters.consolePorts, snapshot);
    });
  },
});
