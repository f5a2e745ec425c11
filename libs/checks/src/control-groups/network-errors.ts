import { type ContainerEntry, type EarlierCounters, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { oncePerSnapshot } from '../engine/once-per-snapshot.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { describeLength, growth, oneSampleOnly, sinceEarlier } from './since-earlier.ts';

const directions = [
  ['in', 'rx_packets', 'rx_errors', 'rx_dropped'],
  ['out', 'tx_packets', 'tx_errors', 'tx_dropped'],
] as const;

interface Lane {
  readonly name: string;
  readonly packets: number;
  readonly lost: number;
}

/** What passed and was lost on each interface and way since the last scan; undefined where that was not seen. */
const lanesOf = (container: ContainerEntry, earlier: EarlierCounters): Lane[] | undefined => {
  const now = valueOf(container.stats)?.networks;
  const before = earlier.networks;
  if (!now || !before) return undefined;
  const lanes: Lane[] = [];
  for (const [name, counters] of Object.entries(now)) {
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    if (old === undefined) return undefined;
    for (const [way, packetsField, errorsField, droppedField] of directions) {
      const [packets, errors, dropped] = [packetsField, errorsField, droppedField].map((field) =>
        growth(counters[field], old[field]),
      );
      if (packets === undefined || errors === undefined || dropped === undefined) return undefined;
      lanes.push({ name: `${name} ${way}`, packets, lost: errors + dropped });
    }
  }
  return lanes;
};

/** A flood from one container shows as loss at its neighbours. */
const loudest = oncePerSnapshot(
  (snapshot: HostSnapshot): { readonly name: string | undefined; readonly rate: number } => {
    let found: { name: string | undefined; rate: number } = { name: undefined, rate: 0 };
    for (const container of valueOf(snapshot.containers) ?? []) {
      const inspect = valueOf(container.inspect);
      const since = inspect && sinceEarlier(snapshot, container, inspect);
      const sent = since && lanesOf(container, since.earlier)?.reduce((sum, { packets }) => sum + packets, 0);
      if (since !== undefined && sent !== undefined && sent / since.seconds > found.rate)
        found = { name: container.name, rate: sent / since.seconds };
    }
    return found;
  },
);

export default defineCheck({
  id: 'network-errors',
  theme: 'control-groups',
  severity: 'info',
  subject: 'container',
  title: 'Container interfaces drop hardly any packets',
  rationale:
    'Packets are lost where a link is full, often because a neighbour floods it. What looks like a slow application is then a denial of service.',
  remediation:
    'Look for a neighbour that floods, or a link that is full: docker stats. Move the container to a network of its own: docker network create app, docker run --network app … (compose: networks). There is no key for it in daemon.json.',
  decidedBy:
    'networks.<interface> of two scans of the same run: errors and drops of one way at or above minEvents and maxRatio of its packets.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    maxRatio: z.number().positive().max(1).default(0.01),
    minEvents: z.int().positive().default(1000),
  }),
  sources: ['moby/moby api/swagger.yaml (ContainerNetworkStats)'],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'info' }, ({ container, inspect, up }) => {
      if (!up) return notApplicable('The container is not running');
      const mode = inspect.HostConfig?.NetworkMode;
      if (mode === undefined) return fieldNotSeen('HostConfig.NetworkMode');
      // Such a container has no counters of its own, which does not mean no traffic.
      if (mode === 'none' || mode === 'host' || mode.startsWith('container:'))
        return notApplicable('The container has no interface of its own');
      const since = sinceEarlier(snapshot, container, inspect);
      if (since === undefined) return oneSampleOnly('How many packets a container loses');
      const lanes = lanesOf(container, since.earlier);
      if (lanes === undefined)
        return unknown(
          'The counters of the container’s interfaces were not seen twice',
          'The next scan, with a sample of this container',
        );
      const evidence = [
        {
          source: 'networks since the last scan',
          value: lanes.slice(0, 20).map(({ name, packets, lost }) => `${name}: ${packets} packets, ${lost} lost`),
        },
      ];
      const bad = lanes.filter(
        ({ packets, lost }) => lost >= parameters.minEvents && lost >= (packets + lost) * parameters.maxRatio,
      );
      if (bad.length === 0) return pass('The container loses hardly any packets', evidence);
      const { name: talker, rate } = loudest(snapshot);
      return fail(
        `The container lost packets in ${describeLength(since.seconds)}: ${bad.map(({ name, lost }) => `${lost} on ${name}`).join(', ')}${talker === undefined ? '' : `; the busiest container is ${talker} with ${Math.round(rate)} packets a second`}`,
        evidence,
      );
    });
  },
});
