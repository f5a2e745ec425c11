import { type HostSnapshot, type SwarmInfo, type SwarmNode, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isAffected, packagingOf, readVersion } from '../engine/component-version.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered, severities } from '../engine/vocabulary.ts';
import { ratingOf } from '../host/known-vulnerability.ts';
import { vulnerabilities } from '../host/vulnerability-table/index.ts';
import { aboutSwarm, objectsNotSeen } from './about-swarm.ts';

export default defineCheck({
  id: 'swarm-nodes-covered',
  theme: 'orchestration',
  severity: 'medium',
  subject: 'swarm',
  title: 'Every node of the swarm is audited and runs a sound engine',
  rationale:
    'Nodes share the secrets and networks of the swarm. One that nobody looks at, or that runs an engine with a known way out, is where an attack on all of them begins.',
  remediation:
    'Register the node here and scan it, or take it out: docker node rm NODE. Upgrade engines one node at a time: docker node update --availability drain NODE, upgrade, then --availability active. No key of compose or daemon.json does it.',
  decidedBy:
    'Nodes that are ready (GET /nodes): the engine that each told when it joined or restarted, against our table of known flaws rated high or critical, and whether its ID is that of this host or in the parameter auditedNodes. Workers weigh one step less than managers.',
  needs: ['info', 'swarm'],
  parameters: z.strictObject({
    /** IDs of nodes that are registered and scanned; this host counts by itself. */
    auditedNodes: z.array(z.string()).default([]),
  }),
  sources: [
    'https://docs.docker.com/engine/swarm/manage-nodes/',
    'moby/moby api/swagger.yaml (NodeDescription.Engine)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutSwarm(context, (swarm) => judgeNodes(snapshot, swarm, new Set(parameters.auditedNodes)));
  },
});

interface Problem {
  readonly severity: Severity;
  readonly text: string;
}

const judgeNodes = (snapshot: HostSnapshot, swarm: SwarmInfo, audited: ReadonlySet<string>): Judgement => {
  const nodes = valueOf(valueOf(snapshot.swarm)?.nodes);
  if (nodes === undefined) return objectsNotSeen(snapshot, 'nodes');
  // What is down stays in the list for ever.
  const ready = nodes.filter(({ Status }) => Status?.State !== 'down' && Status?.State !== 'disconnected');
  const others = ready.filter(({ ID }) => ID === undefined || ID !== swarm.NodeID);
  const unaudited = others.filter(({ ID }) => ID === undefined || !audited.has(ID));
  const flawed = others.flatMap((node): Problem[] => flawsOf(node));
  // With no list at all, nothing says which nodes are looked at.
  const missed = audited.size === 0 ? [] : unaudited.map((node): Problem => missedProblem(node));
  const problems = [...flawed, ...missed].toSorted(
    (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity),
  );
  const evidence: Evidence[] = [
    { source: 'nodes that are ready', value: ready.length },
    ...(ready.length === nodes.length
      ? []
      : [{ source: 'nodes that are down and still listed', value: nodes.length - ready.length }]),
  ];
  const [worst] = problems;
  if (worst !== undefined)
    return fail(
      `${worst.text}${problems.length === 1 ? '' : `, and ${problems.length - 1} more`}`,
      [...evidence, { source: 'nodes', value: problems.map(({ text }) => text) }],
      { severity: worst.severity },
    );
  const isOpen = (node: SwarmNode): boolean => {
    const version = readVersion(node.Description?.Engine?.EngineVersion);
    return version === undefined || packagingOf(version) !== 'upstream';
  };
  if (unaudited.length > 0)
    return unknown(
      `Whether the other ${unaudited.length} nodes are scanned does not show from here: ${unaudited.slice(0, 5).map(nameOf).join(', ')}`,
      'Registering every node, and its ID in the parameter auditedNodes',
      evidence,
    );
  const open = others.find(isOpen);
  if (open !== undefined)
    return unknown(`Whether the engine of ${nameOf(open)} has its fixes is not known`, 'A scan of that node', evidence);
  return pass('Every node is looked at, and no engine has a grave known flaw', evidence);
};

const nameOf = ({ ID, Description }: SwarmNode): string => Description?.Hostname ?? ID ?? 'a node without a name';

const isWorker = ({ Spec, ManagerStatus }: SwarmNode): boolean => Spec?.Role === 'worker' && !ManagerStatus;

const missedProblem = (node: SwarmNode): Problem => ({
  severity: isWorker(node) ? 'medium' : 'high',
  text: `${nameOf(node)} is not scanned`,
});

/** The gravest flaw of a node's engine. This host's own is judged by known-vulnerability. */
const flawsOf = (node: SwarmNode): Problem[] => {
  const text = node.Description?.Engine?.EngineVersion;
  const version = readVersion(text);
  if (version === undefined || packagingOf(version) !== 'upstream') return [];
  const grave = vulnerabilities.moby
    .filter((record) => isAffected(version, record.affected))
    .map((record) => ({ id: record.id, rating: ratingOf(record) }))
    .filter(({ rating }) => rating === 'critical' || rating === 'high')
    .toSorted((a, b) => severities.indexOf(a.rating) - severities.indexOf(b.rating));
  const [worst] = grave;
  if (worst === undefined) return [];
  const severity = isWorker(node) ? lowered(worst.rating) : worst.rating;
  return [
    {
      severity,
      text: `${nameOf(node)} runs engine ${text}, with ${worst.id}${grave.length === 1 ? '' : ` and ${grave.length - 1} more grave flaws`}`,
    },
  ];
};
