import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { onlyHostFilesTell } from '../engine/daemon.ts';
import { daemonSubject } from '../engine/subjects.ts';
import { type Judgement, notApplicable, pass } from '../engine/verdict.ts';
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
    'No field of the API shows the option; info.FirewallBackend names a backend also where it is off. A default bridge with enable_icc false proves it on, because dockerd refuses to start with both off. All else is in files of the host.',
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
      if (bridge === undefined || bridgeLetsContainersTalk(bridge) !== false)
        return onlyHostFilesTell(`Nothing in the API shows whether the daemon writes firewall rules${place}`);
      const evidence = talkEvidence(bridge);
      // With live restore a bridge outlives the daemon that made it, and the options of that time.
      if (context.info?.LiveRestoreEnabled !== false)
        return onlyHostFilesTell(
          'The default bridge was made by a daemon that wrote firewall rules; with live restore it may be older than the options of today',
          evidence,
        );
      if (parameters.alsoIp6tables && networks.some(({ EnableIPv6 }) => EnableIPv6 !== false))
        return onlyHostFilesTell('Nothing in the API shows whether the daemon writes rules for IPv6', evidence);
      return pass(
        `The default bridge keeps containers apart, which takes firewall rules of the daemon${place}`,
        evidence,
      );
    };
    yield { subject: daemonSubject, ...judged() };
  },
});
