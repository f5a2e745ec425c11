import { type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { runningOn } from '../engine/network-members.ts';
import { daemonSubject, networkSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const option = (name: string): string => `com.docker.network.bridge.${name}`;
const watched = [option('gateway_mode_ipv4'), option('gateway_mode_ipv6'), option('trusted_host_interfaces')] as const;

const Parameters = z.strictObject({
  /** Patterns of network names that are meant to be routed. */
  allowedRoutedNetworks: z.array(z.string()).default([]),
  /** Engines before 28.0 leave it to the host's forward policy, which the API does not show. */
  judgeOldEngines: z.boolean().default(true),
});

const judgeNetwork = (network: EngineNetwork, allowed: readonly string[]): Judgement => {
  const { Driver, Options, Name = '' } = network;
  if (Driver !== undefined && Driver !== 'bridge') return notApplicable('The network is no bridge');
  const running = runningOn(network);
  if (running === 0) return notApplicable('No running container is attached');
  if (Driver === undefined || Options === undefined || running === undefined)
    return unknown(
      'The driver, the options or the containers of the network were not seen',
      'A scan that can ask for this network (GET /networks/{id})',
    );
  const evidence: Evidence[] = watched.map((name) => ({
    source: `Options["${name}"]`,
    value: Options?.[name] ?? null,
  }));
  const [mode4, mode6, trusted] = watched.map((name) => Options?.[name]);
  const modes = new Set([mode4, mode6]);
  const isAllowed = allowed.some((pattern) => matchesPattern(Name, pattern));
  if (modes.has('nat-unprotected'))
    return fail('The network leaves ports that are not published open to other machines (nat-unprotected)', evidence);
  if (modes.has('routed') && !isAllowed)
    return fail('The network is routed: other machines reach its containers at their own addresses', evidence);
  if (trusted && !isAllowed)
    return fail(`The network lets whatever comes in by ${trusted} reach its containers directly`, evidence);
  return pass('The options of the network keep ports that are not published closed', evidence);
};

const iptables = { flags: ['--iptables'], key: 'iptables', isSwitch: true };
const directRouting = { flags: ['--allow-direct-routing'], key: 'allow-direct-routing', isSwitch: true };

const judgeDaemon = (snapshot: HostSnapshot, context: JudgingContext, judgeOldEngines: boolean): Judgement => {
  const { info } = context;
  if (info === undefined) return unknown('/info was not seen', 'A scan that can read /info');
  const evidence: Evidence[] = [
    { source: 'info.ServerVersion', value: context.version?.Version ?? info.ServerVersion ?? null },
    { source: 'info.IPv4Forwarding', value: info.IPv4Forwarding ?? null },
  ];
  const warning = info.Warnings?.find((text) => text.includes('DOCKER_INSECURE_NO_IPTABLES_RAW'));
  if (warning !== undefined)
    return fail('The daemon was told to leave out the rules against direct routing', [
      ...evidence,
      { source: 'info.Warnings', value: [warning] },
    ]);
  const recent = engineIsAtLeast(context, 28, 0);
  if (recent === false && info.IPv4Forwarding === true && judgeOldEngines)
    return fail(
      'Engines before 28.0 have no rules against direct routing: a neighbour on the same link possibly reaches ports that are not published, where the host forwards by default',
      evidence,
    );
  if (recent !== true)
    return unknown(
      'Whether the host forwards packets to ports that are not published is not in the API',
      'An engine from 28.0 on, which drops such packets itself',
      evidence,
    );
  const untold =
    'This engine protects ports that are not published unless daemon.json says "iptables": false or "allow-direct-routing": true';
  const asked = { snapshot, context, untold };
  return judgeConfigured({ ...asked, option: iptables, evidence }, (rules, seen) =>
    judgeConfigured({ ...asked, option: directRouting, evidence: seen }, (routing, all) => {
      const writesRules = rules === undefined ? true : switchOf(rules.at(-1));
      const allowsRouting = routing === undefined ? false : switchOf(routing.at(-1));
      if (writesRules === false)
        return fail('The daemon writes no rules that keep unpublished ports closed', all, {
          causedBy: 'daemon-manages-firewall',
        });
      if (allowsRouting === true) return fail('The daemon lets packets through to ports that are not published', all);
      return writesRules === undefined || allowsRouting === undefined
        ? unknown('An option of the daemon is not understood', 'A look at daemon.json', all)
        : pass('The daemon keeps ports that are not published closed to other machines', all);
    }),
  );
};

/** Whether a running container could be reached by routing at all; undefined where that was not seen. */
const hasBridgeInUse = (snapshot: HostSnapshot): boolean => {
  const bridges = (valueOf(snapshot.networks) ?? []).filter(
    ({ Driver }) => Driver === undefined || Driver === 'bridge',
  );
  return bridges.some((network) => runningOn(network) !== 0);
};

export default defineCheck({
  id: 'network-direct-routing',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'network',
  title: 'Bridge networks keep unpublished ports closed to other machines',
  rationale:
    'A neighbour on the same link sets a route to the container network by way of the host, and speaks to every port of every container there, published or not, unless the engine or the host drops such packets.',
  remediation:
    'Run engine 28.0 or newer. Make the network anew without the options gateway_mode_ipv4=nat-unprotected or routed and trusted_host_interfaces: docker network create -o … (compose: networks: driver_opts); remove "allow-direct-routing" from daemon.json and DOCKER_INSECURE_NO_IPTABLES_RAW from the unit file.',
  decidedBy:
    'Options of each bridge network with running containers; for the daemon as a whole its release, info.IPv4Forwarding and Warnings. The options iptables and allow-direct-routing, which could undo it, are read from the command line of docker.service and daemon.json.',
  needs: ['networks'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/engine/release-notes/28/',
    'https://docs.docker.com/engine/network/drivers/bridge/',
    'moby/moby daemon/libnetwork/drivers/bridge/labels.go',
    'moby/moby daemon/config/config_linux.go (allow-direct-routing)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const elsewhere =
      context.isPodman === true || context.isWindows === true
        ? notApplicable('These options are dockerd’s, on Linux')
        : undefined;
    // Its bridges lie in a network namespace behind a user-mode network stack: no neighbour's packets are routed there.
    const behindUserModeNetwork =
      context.isRootless === true
        ? notApplicable('The networks of a rootless daemon lie where no other machine can route to')
        : undefined;
    // One cause, one finding: the age of an engine is not said again for every network.
    yield {
      subject: daemonSubject,
      ...(elsewhere ??
        behindUserModeNetwork ??
        (hasBridgeInUse(snapshot)
          ? judgeDaemon(snapshot, context, parameters.judgeOldEngines)
          : notApplicable('No bridge network has a running container'))),
    };
    for (const network of valueOf(snapshot.networks) ?? [])
      yield {
        subject: networkSubject(network),
        ...(elsewhere ?? judgeNetwork(network, parameters.allowedRoutedNetworks)),
      };
  },
});
