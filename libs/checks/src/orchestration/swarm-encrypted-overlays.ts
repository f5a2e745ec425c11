import { type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isAffected, readVersion } from '../engine/component-version.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { networkSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered } from '../engine/vocabulary.ts';
import { allOf, swarmRoleOf } from './about-swarm.ts';

const Parameters = z.strictObject({
  includeIngress: z.boolean().default(true),
  /** Engines that may send the traffic of an encrypted network in clear, as half-open intervals. */
  vulnerableEngines: z.array(z.strictObject({ introduced: z.string(), fixed: z.string() })).default([
    { introduced: '0', fixed: '20.10.24' },
    { introduced: '23.0.0', fixed: '23.0.3' },
  ]),
});
type Policy = z.infer<typeof Parameters>;

export default defineCheck({
  id: 'swarm-encrypted-overlays',
  theme: 'orchestration',
  severity: 'medium',
  subject: 'network',
  cis: { '1.5.0': '7.4', '1.6.0': '7.3', '1.7.0': '7.3', '1.8.0': '7.3' },
  cisLevel: 1,
  title: 'Overlay networks are encrypted',
  rationale:
    'Between nodes an overlay network is plain text in packets that anyone on the way can read and forge. Services often trust it as if it were a cable of their own.',
  remediation:
    'Make the network anew: docker network create -d overlay --opt encrypted NAME (compose: networks: NAME: driver: overlay, driver_opts: {encrypted: ""}) and move the services over. Let the firewall pass IP protocol 50 between nodes, and run engines from 23.0.3 or 20.10.24 on.',
  decidedBy:
    'GET /networks: Driver overlay and the option "encrypted", whatever its value. An encrypted network is could not tell while a node runs an engine that may send it in clear, or Windows, or where the nodes were not seen. ingress, and a swarm of one node, weigh one step less.',
  needs: ['networks', 'info'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.3',
    'https://docs.docker.com/engine/network/drivers/overlay/#encrypt-traffic-on-an-overlay-network',
    'moby/moby daemon/libnetwork/drivers/overlay/ov_network.go',
    'CVE-2023-28840, CVE-2023-28841, CVE-2023-28842',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const networks = (valueOf(snapshot.networks) ?? []).filter(
      ({ Driver }) => Driver === undefined || Driver === 'overlay',
    );
    const doubt = doubtAboutNodes(snapshot, context, parameters.vulnerableEngines);
    const isAlone = valueOf(valueOf(snapshot.swarm)?.nodes)?.length === 1;
    for (const network of networks)
      yield { subject: networkSubject(network), ...judgeNetwork(network, { doubt, isAlone, ...parameters }) };
    const role = swarmRoleOf(context);
    if (role.kind === 'worker' || role.kind === 'locked')
      yield {
        subject: allOf('network'),
        ...unknown('A node lists only networks that its own tasks use', 'Register and scan a manager of this swarm'),
      };
    else if (networks.length === 0)
      yield { subject: allOf('network'), ...notApplicable('The host has no overlay network') };
  },
});

/** What speaks against an encrypted network really being encrypted between all nodes. */
const doubtAboutNodes = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  vulnerable: Policy['vulnerableEngines'],
): string | undefined => {
  const nodes = valueOf(valueOf(snapshot.swarm)?.nodes);
  if (nodes === undefined) return 'the engines of the other nodes were not seen';
  const own = context.version?.Version ?? context.info?.ServerVersion;
  const engines = [
    { name: 'this node', text: own, system: 'linux' },
    ...nodes.map(({ ID, Description }) => ({
      name: Description?.Hostname ?? ID ?? 'a node',
      text: Description?.Engine?.EngineVersion,
      system: Description?.Platform?.OS,
    })),
  ];
  for (const { name, text, system } of engines) {
    if (system?.toLowerCase() === 'windows') return `${name} runs Windows, which can not encrypt`;
    const version = readVersion(text);
    if (version === undefined || system === undefined) return `which engine runs on ${name} was not seen`;
    if (isAffected(version, vulnerable)) return `${name} runs engine ${text}, which may send it in clear`;
  }
  return undefined;
};

const judgeNetwork = (
  { Driver, Options, Ingress }: EngineNetwork,
  { doubt, isAlone, includeIngress }: Policy & { doubt: string | undefined; isAlone: boolean },
): Judgement => {
  if (Driver === undefined) return infoNotSeen('Driver of the network');
  if (Ingress === true && !includeIngress) return notApplicable('Policy leaves the ingress network out');
  if (Options === undefined) return infoNotSeen('Options of the network');
  const isEncrypted = Options !== null && Object.hasOwn(Options, 'encrypted');
  const evidence: Evidence[] = [
    { source: 'Options["encrypted"]', value: isEncrypted ? (Options['encrypted'] ?? '') : null },
    ...(Ingress === undefined ? [] : [{ source: 'Ingress', value: Ingress }]),
  ];
  if (!isEncrypted) {
    let severity: Severity = 'medium';
    if (Ingress === true) severity = lowered(severity);
    if (isAlone) severity = lowered(severity);
    return fail(
      `What goes over the network between nodes is not encrypted${isAlone ? '; there is one node for now' : ''}`,
      evidence,
      { severity },
    );
  }
  return doubt === undefined
    ? pass('The network is encrypted between nodes', evidence)
    : unknown(
        `The network is to be encrypted, but ${doubt}`,
        'A scan of a manager, with all engines up to date',
        evidence,
      );
};
