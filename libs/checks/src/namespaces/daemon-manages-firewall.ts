import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import type { JudgingContext } from '../engine/context.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { bridgeLetsContainersTalk, defaultBridgeOf, talkEvidence } from './default-bridge.ts';

export default defineCheck({
  id: 'daemon-manages-firewall',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '2.4', '1.7.0': '2.4', '1.8.0': '2.4' },
  cisLevel: 1,
  title: 'Docker may manage the firewall rules of its networks',
  rationale:
    'Without its rules nothing keeps the networks of containers apart, nor ports that were not published out of reach of the neighbours of the host.',
  remediation:
    'Remove "iptables": false (and "ip6tables": false) from daemon.json, and --iptables=false from the command line of dockerd, and restart. Rules of your own belong into the chain DOCKER-USER. Where another tool writes all rules, accept the risk with that reason.',
  decidedBy:
    'No field of the API shows the option; info.FirewallBackend names a backend also where it is off. A default bridge with enable_icc false proves it on, because dockerd refuses to start with both off. Else the option iptables decides, on the command line of docker.service and in daemon.json.',
  needs: ['networks'],
  parameters: z.strictObject({
    /** Asks for rules on IPv6 too, where a network uses it. */
    alsoIp6tables: z.boolean().default(false),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.4',
    'https://docs.docker.com/engine/network/packet-filtering-firewalls/',
    'moby/moby daemon/daemon_unix.go (verifyDaemonSettings), daemon/libnetwork/controller_linux.go',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const networks = valueOf(snapshot.networks) ?? [];
    const judged = (): Judgement => {
      if (context.isPodman === true) return notApplicable('Podman has no such option');
      if (context.isWindows === true) return notApplicable('Windows engines have no such option');
      const place = context.isRootless === true ? ' (within the network namespace of the rootless daemon)' : '';
      const bridge = defaultBridgeOf(networks);
      const alsoIp6tables = parameters.alsoIp6tables && networks.some(({ EnableIPv6 }) => EnableIPv6 !== false);
      if (bridge === undefined || bridgeLetsContainersTalk(bridge) !== false)
        return byOptions({
          snapshot,
          context,
          alsoIp6tables,
          evidence: [],
          untold: `Nothing in the API shows whether the daemon writes firewall rules${place}`,
        });
      const evidence = talkEvidence(bridge);
      // With live restore a bridge outlives the daemon that made it, and the options of that time.
      if (context.info?.LiveRestoreEnabled !== false)
        return byOptions({
          snapshot,
          context,
          alsoIp6tables,
          evidence,
          untold:
            'The default bridge was made by a daemon that wrote firewall rules; with live restore it may be older than the options of today',
        });
      if (alsoIp6tables)
        return byOptions({
          snapshot,
          context,
          alsoIp6tables,
          evidence,
          untold: 'Nothing in the API shows whether the daemon writes rules for IPv6',
        });
      return pass(
        `The default bridge keeps containers apart, which takes firewall rules of the daemon${place}`,
        evidence,
      );
    };
    yield { subject: daemonSubject, ...judged() };
  },
});

interface Open {
  readonly snapshot: HostSnapshot;
  readonly context: JudgingContext;
  readonly alsoIp6tables: boolean;
  readonly untold: string;
  readonly evidence: readonly Evidence[];
}

const iptables = { flags: ['--iptables'], key: 'iptables', isSwitch: true };
const ip6tables = { flags: ['--ip6tables'], key: 'ip6tables', isSwitch: true };

const byOptions = (open: Open): Judgement =>
  judgeConfigured({ ...open, option: iptables }, (values, evidence) => {
    const isOn = values === undefined ? true : switchOf(values.at(-1));
    if (isOn === undefined) return unknown('The option iptables is not understood', 'A look at daemon.json', evidence);
    if (!isOn) return fail('The daemon writes no firewall rules for its networks', evidence);
    return open.alsoIp6tables
      ? judgeConfigured({ ...open, option: ip6tables, evidence }, (given, all) => judgeIpv6(given, open.context, all))
      : pass('The daemon writes the firewall rules of its networks', evidence);
  });

const judgeIpv6 = (
  values: readonly string[] | undefined,
  context: JudgingContext,
  evidence: readonly Evidence[],
): Judgement => {
  // On by default since 27.0.
  const isOn = values === undefined ? engineIsAtLeast(context, 27, 0) : switchOf(values.at(-1));
  if (isOn === undefined)
    return unknown('Whether the daemon writes rules for IPv6 is not understood', 'A look at daemon.json', evidence);
  return isOn
    ? pass('The daemon writes the firewall rules of its networks, for IPv6 too', evidence)
    : fail('The daemon writes no firewall rules for IPv6', evidence);
};
