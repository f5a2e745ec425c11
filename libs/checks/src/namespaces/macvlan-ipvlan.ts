import { type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { oncePerSnapshot } from '../engine/once-per-snapshot.ts';
import { networkSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const drivers = new Set(['macvlan', 'ipvlan']);

const byName = oncePerSnapshot(
  (snapshot: HostSnapshot): ReadonlyMap<string | undefined, EngineNetwork> =>
    new Map((valueOf(snapshot.networks) ?? []).map((network) => [network.Name, network])),
);

/**
 * The interface of the host a network sits on: its own option, or that of the network that holds the node's part.
 * Null for none, undefined where it was not seen.
 */
const parentOf = (network: EngineNetwork, snapshot: HostSnapshot): string | null | undefined => {
  if (network.Options === undefined) return undefined;
  const own = network.Options?.['parent'];
  if (own !== undefined) return own;
  const source = network.ConfigFrom?.Network;
  if (source === undefined) return undefined;
  if (source === '') return null;
  const options = byName(snapshot).get(source)?.Options;
  // Settings that were not seen are there for a parent, most likely.
  return options === undefined ? `as ${source} says` : (options?.['parent'] ?? null);
};

const judgeNetwork = (network: EngineNetwork, snapshot: HostSnapshot, allowed: readonly string[]): Judgement => {
  const { Driver, Name = '' } = network;
  if (Driver === undefined)
    return unknown('The driver of the network was not seen', 'An engine that reports this field');
  if (!drivers.has(Driver)) return notApplicable('The network is not placed straight on the physical one');
  if (network.ConfigOnly === true) return notApplicable('The network only holds settings for others');
  const parent = parentOf(network, snapshot);
  const evidence: Evidence[] = [
    { source: 'Driver', value: Driver },
    { source: 'Options.parent', value: parent ?? null },
    { source: 'Internal', value: network.Internal ?? null },
  ];
  if (allowed.some((pattern) => matchesPattern(Name, pattern))) return pass('The policy lists this network', evidence);
  if (network.Internal === true || parent === null || parent === '')
    return pass('The network has no way out', evidence);
  if (network.Containers === undefined)
    return unknown(
      'Who is attached was not seen',
      'A scan that can ask for this network (GET /networks/{id})',
      evidence,
    );
  const attached = Object.values(network.Containers ?? {}).map((one) => one.Name ?? '?');
  if (attached.length === 0) return pass('No running container is attached', evidence);
  const all = [...evidence, { source: 'Containers', value: attached.slice(0, 20) }];
  if (parent === undefined)
    return unknown('Whether the network has a way out was not seen', 'An engine that reports its options', all);
  return fail(
    `${attached.slice(0, 5).join(', ')}${attached.length > 5 ? ' and more' : ''} sits on the physical network with an address of its own: neither published ports nor the firewall of the host stand in front`,
    all,
  );
};

export default defineCheck({
  id: 'macvlan-ipvlan',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'network',
  title: 'Containers placed straight on the physical network are intended',
  rationale:
    'On such a network a container is a machine of its own: every port it opens is open to all neighbours, and what protects the host protects it in nothing.',
  remediation:
    'Move the container to a bridge network and publish what is needed: docker run --network app -p 127.0.0.1:8080:80 … (compose: networks, ports). Where it is meant, filter on the switch or router, and list the network in the parameter allowedNetworks. There is no key for it in daemon.json.',
  decidedBy:
    'Networks of driver macvlan or ipvlan with a parent interface (their own or that of ConfigFrom), not internal, to which running containers are attached.',
  needs: ['networks'],
  parameters: z.strictObject({
    /** Patterns of network names that are meant to be there. */
    allowedNetworks: z.array(z.string()).default([]),
  }),
  sources: [
    'https://docs.docker.com/engine/network/drivers/macvlan/',
    'https://docs.docker.com/engine/network/drivers/ipvlan/',
    'CVE-2024-32473',
  ],
  *evaluate({ snapshot, context, parameters }) {
    // 26.0.0 and 26.0.1 gave such containers IPv6 unasked.
    const release = context.version?.Version ?? context.info?.ServerVersion;
    const unasked = engineIsAtLeast(context, 26, 0) === true && /^v?26\.0\.[01](?:\D|$)/.test(release ?? '');
    const remark = unasked ? '; this engine may give it IPv6 unasked (CVE-2024-32473)' : '';
    for (const network of valueOf(snapshot.networks) ?? []) {
      const judgement = judgeNetwork(network, snapshot, parameters.allowedNetworks);
      yield {
        subject: networkSubject(network),
        ...(judgement.outcome === 'fail' ? { ...judgement, reason: judgement.reason + remark } : judgement),
      };
    }
  },
});
