import type { ContainerEntry, ContainerInspect, HostSnapshot } from '@plimsoll/snapshot';
import { type PublishedPort, type PublishedPorts, describePort, publishedPorts } from '../engine/published-ports.ts';
import { type Evidence, type Judgement, notApplicable, unknown } from '../engine/verdict.ts';

type SeenPorts = Extract<PublishedPorts, { kind: 'ports' }>;

/** Hands the published ports of a container to a judgement, once there are any. */
export const judgePublishedPorts = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
  judge: (seen: SeenPorts, evidence: Evidence[]) => Judgement,
): Judgement => {
  const published = publishedPorts(snapshot, container, inspect);
  if (published.kind === 'not-seen')
    return unknown(published.why, 'An engine that reports the ports of its containers');
  if (published.kind === 'no-mapping') return notApplicable(whyNoMapping(published.networkMode), modeEvidence(inspect));
  if (published.ports.length > 0) return judge(published, [portEvidence(published.source, published.ports)]);
  return notApplicable(
    published.routed
      ? 'The container publishes no port of the host; its own address can be reached by routing'
      : 'The container publishes no port',
  );
};

export const portEvidence = (source: string, ports: readonly PublishedPort[]): Evidence => ({
  source,
  value: ports.map(describePort),
});

export const modeEvidence = (inspect: ContainerInspect): Evidence[] => [
  { source: 'HostConfig.NetworkMode', value: inspect.HostConfig?.NetworkMode ?? null },
];

const whyNoMapping = (networkMode: string): string => {
  if (networkMode === 'none') return 'The container has no network';
  return networkMode === 'host'
    ? 'Nothing is mapped in the network namespace of the host: see container-host-network'
    : 'The container uses the network of another one, where its ports are judged';
};
