import { type ContainerEntry, type EngineNetwork, valueOf } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type PublishedPorts, publishedPorts } from '../engine/published-ports.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { bridgeLetsContainersTalk, defaultBridgeOf } from './default-bridge.ts';

interface Networks {
  /** Undefined where the networks were not seen. */
  readonly defaultBridge: EngineNetwork | 'none' | undefined;
  readonly publishedBy: (judged: JudgedContainer) => PublishedPorts;
}

/** Docker's default network is always called `bridge`, Podman's `podman`. */
const defaultNames = ({ isPodman }: JudgingContext): string[] => (isPodman === true ? ['podman'] : ['bridge']);

const judgeContainer = (judged: JudgedContainer, networks: Networks, context: JudgingContext): Judgement => {
  const { inspect, container } = judged;
  const mode = inspect.HostConfig?.NetworkMode;
  const attached = inspect.NetworkSettings?.Networks;
  if (mode === undefined) return fieldNotSeen('HostConfig.NetworkMode');
  if (mode === 'none' || mode === 'host' || mode.startsWith('container:'))
    return notApplicable(`The container has no bridge of its own: its network mode is ${mode.slice(0, 80)}`, [
      { source: 'HostConfig.NetworkMode', value: mode },
    ]);
  if (attached === undefined) return fieldNotSeen('NetworkSettings.Networks');
  const names = Object.keys(attached ?? {});
  const evidence: Evidence[] = [{ source: 'NetworkSettings.Networks', value: names.slice(0, 20) }];
  const { defaultBridge } = networks;
  const bridge = defaultBridge === 'none' ? undefined : defaultBridge;
  const isDefault = (name: string): boolean =>
    defaultNames(context).includes(name) || (bridge?.Id !== undefined && attached?.[name]?.NetworkID === bridge.Id);
  if (names.some(isDefault)) return onDefaultBridge(judged, networks, evidence, context);
  if (defaultBridge === 'none' && context.isPodman !== true)
    return notApplicable('The daemon has no default bridge', evidence);
  if (context.isPodman === undefined && names.includes('podman'))
    return unknown(
      'The container is on a network called podman, which is the default one where the engine is Podman',
      'A scan that can read the version of the engine',
      evidence,
    );
  if (bridge !== undefined && names.some((name) => attached?.[name]?.NetworkID === undefined))
    return fieldNotSeen('NetworkID of a network of the container');
  if (names.length > 0) return pass('The container is on networks of its own only', evidence);
  return neverAttached(mode, container, bridge, evidence);
};

const onDefaultBridge = (
  judged: JudgedContainer,
  { defaultBridge, publishedBy }: Networks,
  evidence: readonly Evidence[],
  context: JudgingContext,
): Judgement => {
  if (context.isPodman === true)
    return fail("The container is on Podman's default network, where names are not resolved", evidence);
  const silent = typeof defaultBridge === 'object' && bridgeLetsContainersTalk(defaultBridge) === false;
  const published = silent ? publishedBy(judged) : undefined;
  if (published?.kind === 'ports' && published.ports.length === 0)
    return fail(
      'The container is on the default bridge, cut off from the others there, and publishes nothing',
      evidence,
      {
        severity: 'info',
      },
    );
  return fail('The container is on the default bridge, with every container that names no network', evidence);
};

/** Engines that list no networks before the first start leave only the mode. */
const neverAttached = (
  mode: string,
  { labels }: ContainerEntry,
  bridge: EngineNetwork | undefined,
  evidence: readonly Evidence[],
): Judgement => {
  const all = [...evidence, { source: 'HostConfig.NetworkMode', value: mode }];
  if (mode !== 'default' && mode !== 'bridge' && mode !== bridge?.Id)
    return pass(`The container will be on the network ${mode}`, all);
  if (labels === undefined) return unknown('The container is on no network yet', 'An engine that reports labels', all);
  // Swarm's tasks say "default" and get the networks of their service.
  if (labels?.['com.docker.swarm.task.id'] !== undefined)
    return unknown('The task is on no network yet', 'A scan while the task runs', all);
  return fail('The container will be on the default bridge', all);
};

export default defineCheck({
  id: 'container-default-bridge',
  theme: 'namespaces',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.29', '1.6.0': '5.30', '1.7.0': '5.30', '1.8.0': '5.30' },
  cisLevel: 2,
  title: 'Containers do not use the default bridge network',
  rationale:
    'Every container that names no network meets all the others on the default bridge. One that is broken into reaches them there, forges their addresses, and needs no published port to do so.',
  remediation:
    'docker network create app, then docker run --network app … (compose makes a network for each project; remove "network_mode: bridge"). Where the default bridge is never wanted: "bridge": "none" in daemon.json.',
  decidedBy:
    'NetworkSettings.Networks has the network that GET /networks marks as the default bridge, or one called bridge (podman on Podman). A note where the containers there may not talk and this one publishes nothing. Before the first start HostConfig.NetworkMode decides.',
  needs: ['containers'],
  parameters: containerParameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.30',
    'https://docs.docker.com/engine/network/drivers/bridge/',
    'moby/moby daemon/daemon_unix.go (initBridgeDriver)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const listed = valueOf(snapshot.networks);
    const networks: Networks = {
      defaultBridge: listed === undefined ? undefined : (defaultBridgeOf(listed) ?? noneAmong(listed)),
      publishedBy: ({ container, inspect }) => publishedPorts(snapshot, container, inspect),
    };
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, (judged) =>
      context.isWindows === true
        ? notApplicable('On Windows the default network is nat')
        : judgeContainer(judged, networks, context),
    );
  },
});

/** That no network is the default one is only known where all of them told their options. */
const noneAmong = (networks: readonly EngineNetwork[]): 'none' | undefined =>
  networks.length > 0 && networks.every(({ Name, Options }) => Name !== undefined && Options !== undefined)
    ? 'none'
    : undefined;
