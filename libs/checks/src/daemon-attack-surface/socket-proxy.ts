import { type ContainerEntry, type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostPathsOf } from '../engine/host-paths.ts';
import { networkMembers, networksByKey } from '../engine/network-members.ts';
import { describePort, publishedPorts } from '../engine/published-ports.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { showsEngineSocket } from './container-docker-socket.ts';
import { proxyKindOf, proxySettingsOf, usualProxies } from './socket-proxies.ts';

const Parameters = containerParameters.extend({
  /** Patterns of images, and where such a proxy is told what to pass on. */
  proxies: z.record(z.string(), z.enum(['environment', 'command'])).default({ ...usualProxies }),
  /** Switches that let clients change something. */
  writing: z
    .array(z.string())
    .default([
      'POST',
      'ALLOW_START',
      'ALLOW_STOP',
      'ALLOW_RESTARTS',
      '-allowPOST',
      '-allowPUT',
      '-allowDELETE',
      'SP_ALLOW_POST',
      'SP_ALLOW_PUT',
      'SP_ALLOW_DELETE',
    ]),
  /** Parts of the API that give too much even to read. */
  dangerousSections: z
    .array(z.string())
    .default(['EXEC', 'AUTH', 'SECRETS', 'BUILD', 'COMMIT', 'CONFIGS', 'PLUGINS', 'SWARM', 'SESSION', 'GRPC']),
  /** A container that carries this label, or whose DOCKER_HOST names the proxy, is its client. */
  clientLabel: z.string().default('plimsoll.proxy-client'),
});
type Parameters = z.infer<typeof Parameters>;

const hasSocket = (inspect: ContainerInspect, snapshot: HostSnapshot, context: JudgingContext): boolean | undefined => {
  const host = hostPathsOf(inspect, context);
  if (host === undefined) return undefined;
  const answers = new Set(host.paths.map((found) => showsEngineSocket(found, snapshot, context)));
  if (answers.has('yes')) return true;
  return answers.has('perhaps') || host.doubts.length > 0 ? undefined : false;
};

/** The answer for nearly every container. */
const withoutSocket = notApplicable('The container holds no socket of the engine');

/** The names by which others on a network reach a container. */
const namesOf = (container: ContainerEntry, inspect: ContainerInspect): ReadonlySet<string> =>
  new Set([
    container.name,
    ...[container.labels?.['com.docker.compose.service']].filter((name) => name !== undefined),
    ...Object.values(inspect.NetworkSettings?.Networks ?? {}).flatMap(({ Aliases, IPAddress }) => [
      ...(Aliases ?? []),
      ...(IPAddress ? [IPAddress] : []),
    ]),
  ]);

const isClient = (other: ContainerEntry, names: ReadonlySet<string>, clientLabel: string): boolean => {
  if (other.labels?.[clientLabel] !== undefined) return true;
  const host = valueOf(other.inspect)?.Config?.environment?.find(({ name }) => name === 'DOCKER_HOST')?.value;
  const target = /^[a-z]+:\/\/([^:/]+)/.exec(host ?? '')?.[1];
  return target !== undefined && names.has(target);
};

interface Surroundings {
  readonly strangers: readonly string[];
  readonly unseen: boolean;
}

const surroundingsOf = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
  clientLabel: string,
): Surroundings => {
  const { byNetwork, networksOf, complete } = networkMembers(snapshot);
  const networks = networksByKey(snapshot);
  const names = namesOf(container, inspect);
  const strangers = new Set<string>();
  let unseen = false;
  for (const key of networksOf.get(container) ?? []) {
    const network = networks.get(key);
    if (network?.Internal === true || network?.Driver === 'null') continue;
    if (network?.Internal === undefined || !complete) unseen = true;
    for (const other of byNetwork.get(key) ?? [])
      if (other !== container && !isClient(other, names, clientLabel)) strangers.add(other.name);
  }
  return { strangers: [...strangers], unseen: unseen || !networksOf.has(container) };
};

const judgeProxy = (
  { container, inspect }: JudgedContainer,
  kind: 'environment' | 'command',
  snapshot: HostSnapshot,
  parameters: Parameters,
): Judgement => {
  const settings = proxySettingsOf(inspect, kind);
  if (settings === undefined) return fieldNotSeen('The environment or the command of the proxy');
  const writes = parameters.writing.filter((name) => settings.on.has(name));
  const sections = parameters.dangerousSections.filter((name) => settings.on.has(name));
  const published = publishedPorts(snapshot, container, inspect);
  const onHost = published.kind === 'no-mapping' && published.networkMode === 'host';
  const open = published.kind === 'ports' ? published.ports : [];
  const { strangers, unseen } = surroundingsOf(snapshot, container, inspect, parameters.clientLabel);
  const evidence: Evidence[] = [
    { source: 'settings that are on', value: [...settings.on].toSorted().slice(0, 50) },
    { source: 'others on its networks that are no clients', value: strangers.slice(0, 20) },
  ];
  const makesContainers = settings.on.has('CONTAINERS') && settings.on.has('POST');
  const faults = [
    ...(makesContainers ? ['its clients may create a privileged container (CONTAINERS and POST)'] : []),
    ...(writes.length > 0 && !makesContainers ? [`its clients may change things (${writes.join(', ')})`] : []),
    ...(sections.length > 0 ? [`it passes on ${sections.join(', ')}`] : []),
    ...(open.length > 0 ? [`it is published: ${open.map(describePort).join(', ')}`] : []),
    ...(onHost ? ['it is on the network of the host'] : []),
    ...(strangers.length > 0 ? [`${strangers.slice(0, 5).join(', ')} can reach it and is no client of it`] : []),
  ];
  if (faults.length > 0)
    return fail(
      `Of this socket proxy, ${faults.join('; ')}`,
      evidence,
      makesContainers ? { severity: 'critical' } : {},
    );
  const odd = [...parameters.writing, ...parameters.dangerousSections].filter((name) => settings.unseen.has(name));
  if (odd.length > 0)
    return unknown(
      `What ${odd.join(', ')} of the proxy is set to was not kept`,
      'The values 0 or 1 for its switches',
      evidence,
    );
  if (published.kind === 'not-seen')
    return unknown(published.why, 'An engine that reports the ports of its containers', evidence);
  return unseen
    ? unknown('Who can reach the proxy was not seen', 'A scan that sees the networks of every container', evidence)
    : pass(
        `The proxy passes on only what its clients read, and only to them${settings.on.has('CONTAINERS') ? '; with CONTAINERS that includes every environment, log and file of every container' : ''}`,
        evidence,
      );
};

export default defineCheck({
  id: 'socket-proxy',
  theme: 'daemon-attack-surface',
  severity: 'high',
  subject: 'container',
  title: 'A socket proxy forwards only reading calls and only to its clients',
  rationale:
    'A proxy in front of the socket is the better set-up as long as it is narrow. One that lets requests write, or that anyone on a shared network can reach, is the socket again, with a friendlier name.',
  remediation:
    'Set POST=0 and only the sections that are needed: docker run -e CONTAINERS=1 -e POST=0 … (compose: environment), put proxy and client alone on an internal network: docker network create --internal proxy (compose: networks: proxy: internal: true), and publish nothing. There is no key for it in daemon.json.',
  decidedBy:
    'A container that mounts the socket of the engine and whose image is a known proxy: its switches in the environment or on the command line, its published ports, and others on its networks that neither carry clientLabel nor name it in DOCKER_HOST, unless the network is internal. CONTAINERS with POST is critical.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://github.com/Tecnativa/docker-socket-proxy',
    'https://github.com/linuxserver/docker-socket-proxy',
    'https://github.com/wollomatic/socket-proxy',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) => {
      if (context.isWindows === true) return notApplicable('These proxies are for Linux');
      const socket = hasSocket(judged.inspect, snapshot, context);
      if (socket === false) return withoutSocket;
      const kind = proxyKindOf(judged.container, parameters.proxies);
      if (kind === undefined)
        return judged.inspect.Config?.Image === undefined && judged.container.image === undefined
          ? fieldNotSeen('Config.Image')
          : notApplicable('The image is not known as a socket proxy');
      if (socket === undefined)
        return unknown(
          'Whether the container holds the socket of the engine was not seen',
          'A scan that sees its mounts whole',
        );
      return kind === 'other'
        ? unknown(
            'The image is called a socket proxy, and how it is told what to pass on is not known',
            'Its image in the parameter proxies',
          )
        : judgeProxy(judged, kind, snapshot, parameters);
    });
  },
});
