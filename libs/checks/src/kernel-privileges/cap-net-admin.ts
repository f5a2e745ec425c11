import { defineCheck } from '../engine/check.ts';
import { eachContainer } from '../engine/containers.ts';
import { namespaceOrigin, networkModeOf, usualMaxChain } from '../engine/joined-namespaces.ts';
import { pass } from '../engine/verdict.ts';
import {
  capabilityEvidence,
  capabilityParameters,
  causeOfHolding,
  failHolding,
  judgeCapabilities,
} from './held-capabilities.ts';

const tunnel = 'a VPN needs it with /dev/net/tun; keep it off the network of the host';
const firewall = 'it changes the firewall of the host by nature';

export default defineCheck({
  id: 'cap-net-admin',
  theme: 'kernel-privileges',
  severity: 'medium',
  subject: 'container',
  title: 'Containers do not hold NET_ADMIN',
  rationale:
    "On the host's network this capability is the host's firewall, routes and interfaces. Elsewhere it opens wide parts of the kernel, nftables and traffic control among them, in which flaw after flaw was found that leads out of the container.",
  remediation:
    'Create the container again without --cap-add NET_ADMIN (compose: cap_add), or run the one VPN container with it on a bridge network. There is no key for it in daemon.json.',
  decidedBy:
    'NET_ADMIN among the capabilities that HostConfig.CapAdd and CapDrop leave; high where the network namespace, followed to its end, is that of the host or could not be told, medium elsewhere. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-capabilities reports the same right, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({
    '*wireguard*': tunnel,
    '*openvpn*': tunnel,
    '*tailscale*': tunnel,
    '*gluetun*': tunnel,
    '*pihole*': 'only its DHCP server needs it',
    '*keepalived*': 'it moves addresses of the host by nature',
    '*fail2ban*': firewall,
    '*crowdsec-firewall*': firewall,
  }),
  sources: ['man 7 capabilities', 'https://docs.docker.com/engine/containers/run/'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, (judged) =>
      judgeCapabilities(context, judged, (names) => {
        if (!names.has('NET_ADMIN')) return pass('The container does not hold NET_ADMIN', capabilityEvidence(judged));
        const origin = namespaceOrigin(context, judged.container, networkModeOf, usualMaxChain);
        const where =
          origin.kind === 'host'
            ? 'on the network of the host: firewall, routes and interfaces are the host’s'
            : origin.kind === 'other'
              ? 'in its network namespace: it may set routes, forge addresses and reach wide parts of the kernel'
              : `in a network namespace that can not be told (${origin.why})`;
        return failHolding(context, judged, {
          reason: `The container holds NET_ADMIN ${where}`,
          severity: origin.kind === 'other' ? 'medium' : 'high',
          explainedImages,
          evidence: [{ source: 'HostConfig.NetworkMode', value: judged.inspect.HostConfig?.NetworkMode ?? null }],
          causedBy: causeOfHolding(['NET_ADMIN']),
        });
      }),
    );
  },
});
