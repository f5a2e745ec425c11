import { type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { configuredOptionOf } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { ipAddressOf, ipNetworkOf, liesWithin } from '../engine/ip-networks.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { networkSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const gatewayMode = 'com.docker.network.bridge.gateway_mode_ipv6';
const uniqueLocal = ['fc00::/7'].map(ipNetworkOf).filter((network) => network !== undefined);

/** Unique local addresses are reached only where somebody routes them. */
const isLocal = (address: string): boolean => {
  const parsed = ipAddressOf(address.split('/', 1)[0] ?? '');
  return parsed !== undefined && liesWithin(parsed, uniqueLocal);
};

/** Whether the daemon writes rules for IPv6: by default since 27.0, before that only where asked and experimental. */
const filtersIpv6 = (snapshot: HostSnapshot, context: JudgingContext): boolean | undefined => {
  const recent = engineIsAtLeast(context, 27, 0);
  if (recent === false && context.info?.ExperimentalBuild === false) return false;
  const facts = valueOf(snapshot.hostFiles);
  const option = facts && configuredOptionOf(facts, context, ip6tables);
  if (option?.state === 'set') return switchOf(option.values.at(-1));
  return option?.state === 'default' ? recent : recent === true ? true : undefined;
};
const ip6tables = { flags: ['--ip6tables'], key: 'ip6tables', isSwitch: true };

const judgeNetwork = (
  network: EngineNetwork,
  snapshot: HostSnapshot,
  context: JudgingContext,
  allowed: readonly string[],
): Judgement => {
  const { Driver, EnableIPv6, Options, Containers, Name = '' } = network;
  if (Driver !== undefined && Driver !== 'bridge') return notApplicable('The network is no bridge');
  if (EnableIPv6 === false) return notApplicable('The network has no IPv6');
  if (Driver === undefined || EnableIPv6 === undefined)
    return unknown('The driver of the network, or whether it has IPv6, was not seen', 'An engine that reports both');
  if (Options === undefined || Containers === undefined)
    return unknown(
      'The options of the network, or who is attached to it, were not seen',
      'A scan that can ask for this network (GET /networks/{id})',
    );
  const mode = Options?.[gatewayMode];
  const endpoints = Object.values(Containers ?? {});
  const addresses = endpoints.flatMap(({ IPv6Address }) => (IPv6Address ? [IPv6Address] : []));
  const evidence: Evidence[] = [
    { source: 'EnableIPv6', value: true },
    { source: `Options["${gatewayMode}"]`, value: mode ?? null },
    { source: 'Containers[].IPv6Address', value: addresses.slice(0, 20) },
  ];
  if (addresses.length === 0)
    return endpoints.some(({ IPv6Address }) => IPv6Address === undefined)
      ? unknown('The IPv6 address of an attached container was not seen', 'An engine that reports this field', evidence)
      : pass('No running container has an IPv6 address on the network', evidence);
  const weight = addresses.every(isLocal) ? ({ severity: 'medium' } as const) : {};
  if (mode === 'routed' || mode === 'nat-unprotected')
    return allowed.some((pattern) => matchesPattern(Name, pattern))
      ? pass(`The policy lets this network be ${mode}`, evidence)
      : fail(`The network is ${mode} for IPv6: its containers are reached at their own addresses`, evidence, weight);
  const filters = filtersIpv6(snapshot, context);
  if (filters === undefined)
    return unknown(
      'Whether this engine writes firewall rules for IPv6 is written in daemon.json (ip6tables)',
      'Switch on reading host files for this host',
      evidence,
    );
  return filters
    ? pass('The engine closes ports that are not published for IPv6 too', evidence)
    : fail(
        'The engine writes no firewall rules for IPv6: every port of these containers is open, published or not',
        evidence,
        weight,
      );
};

export default defineCheck({
  id: 'ipv6-publish',
  theme: 'namespaces',
  severity: 'high',
  subject: 'network',
  title: 'IPv6 does not open container ports past the firewall of the host',
  rationale:
    'Where the engine writes no rules for IPv6, every port of a container with a global address is open to the world, published or not, while the same host looks closed over IPv4.',
  remediation:
    'Set "ip6tables": true in daemon.json (before 27.0 together with "experimental": true) and restart, or make the network anew without IPv6: docker network create NAME without --ipv6 (compose: networks: enable_ipv6: false) and without the option gateway_mode_ipv6.',
  decidedBy:
    'Bridge networks with EnableIPv6 and attached containers with an IPv6 address: gateway_mode_ipv6 routed or nat-unprotected fails, and so does an engine before 27.0 that is not experimental. Since 27.0 the rules are the default; the option ip6tables counts, on the command line of docker.service and in daemon.json, where host files are read. Unique local addresses weigh a step less.',
  needs: ['networks'],
  parameters: z.strictObject({
    /** Patterns of network names that are meant to be routed. */
    allowedRoutedNetworks: z.array(z.string()).default([]),
  }),
  sources: [
    'https://docs.docker.com/engine/daemon/ipv6/',
    'https://docs.docker.com/engine/release-notes/27/',
    'moby/moby daemon/command/config_unix.go (ip6tables)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    for (const network of valueOf(snapshot.networks) ?? []) {
      const judgement =
        context.isPodman === true || context.isWindows === true
          ? notApplicable('The option is dockerd’s, on Linux')
          : judgeNetwork(network, snapshot, context, parameters.allowedRoutedNetworks);
      yield { subject: networkSubject(network), ...judgement };
    }
  },
});
