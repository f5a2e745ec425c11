import type { ContainerEntry, HostSnapshot } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { eachContainer } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { namespaceOrigin, networkModeOf, usualMaxChain } from '../engine/joined-namespaces.ts';
import { networkMembers, networksByKey } from '../engine/network-members.ts';
import { pass, unknown } from '../engine/verdict.ts';
import { capabilityEvidence, capabilityParameters, failHolding, judgeCapabilities } from './held-capabilities.ts';

const sendsRaw = 'it sends raw packets';
/** Networks without neighbours. */
const lonelyDrivers = new Set(['null', 'host']);
/** How many neighbours are named. */
const shown = 5;

/** Whom a container can forge and overhear: others on its networks, as far as they were seen. */
const neighboursOf = (snapshot: HostSnapshot, container: ContainerEntry): string[] => {
  const { byNetwork, networksOf } = networkMembers(snapshot);
  const networks = networksByKey(snapshot);
  const names: string[] = [];
  for (const key of networksOf.get(container) ?? []) {
    if (key === 'none' || lonelyDrivers.has(networks.get(key)?.Driver ?? '')) continue;
    for (const other of byNetwork.get(key) ?? []) {
      if (other !== container) names.push(other.name);
      if (names.length >= shown) return names;
    }
  }
  return names;
};

/** Another container's network is where a container that joined it acts. */
const whereItActs = (context: JudgingContext, container: ContainerEntry): ContainerEntry | 'host' | undefined => {
  const origin = namespaceOrigin(context, container, networkModeOf, usualMaxChain);
  if (origin.kind === 'host') return 'host';
  return origin.kind === 'other' ? origin.end : undefined;
};

export default defineCheck({
  id: 'cap-net-raw',
  theme: 'kernel-privileges',
  severity: 'low',
  subject: 'container',
  title: 'Containers drop NET_RAW where they share a network',
  rationale:
    'Every container holds NET_RAW unless it is dropped. One that is taken over then forges addresses and router advertisements on its network and listens to what its neighbours say, past the rules that keep containers apart.',
  remediation:
    'docker run --cap-drop NET_RAW … (compose: cap_drop: [NET_RAW]). ping works without it since engine 20.10. There is no key for it in daemon.json.',
  decidedBy:
    'NET_RAW among the capabilities that HostConfig.CapAdd and CapDrop leave, and another container on one of its networks (NetworkSettings.Networks of all containers, stopped ones included); medium on the network of the host. Two steps less inside a user namespace, one for a user other than root under no-new-privileges.',
  needs: ['containers'],
  parameters: capabilityParameters({
    '*smokeping*': sendsRaw,
    '*blackbox-exporter*': sendsRaw,
    '*nmap*': sendsRaw,
    '*pihole*': sendsRaw,
  }),
  sources: ['moby/moby daemon/oci_linux.go (ping_group_range)', 'CVE-2020-13401', 'man 7 packet'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, (judged) =>
      judgeCapabilities(context, judged, (names) => {
        if (!names.has('NET_RAW')) return pass('The container does not hold NET_RAW', capabilityEvidence(judged));
        const acts = whereItActs(context, judged.container);
        if (acts === 'host')
          return failHolding(context, judged, {
            reason: 'The container holds NET_RAW on the network of the host, whose traffic it can read and forge',
            severity: 'medium',
            explainedImages,
            causedBy: null,
          });
        const neighbours = acts === undefined ? [] : neighboursOf(snapshot, acts);
        if (neighbours.length > 0)
          return failHolding(context, judged, {
            reason: 'The container holds NET_RAW and shares a network with others, whom it can overhear and forge',
            severity: 'low',
            explainedImages,
            evidence: [{ source: 'others on its networks', value: neighbours }],
            causedBy: null,
          });
        return acts === undefined || !networkMembers(snapshot).complete
          ? unknown(
              'The container holds NET_RAW; whether it shares a network with others was not seen',
              'A scan that sees the networks of every container',
              capabilityEvidence(judged),
            )
          : pass('The container holds NET_RAW and is alone on its networks', capabilityEvidence(judged));
      }),
    );
  },
});
