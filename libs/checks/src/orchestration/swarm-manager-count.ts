import type { HostSnapshot, SwarmInfo } from '@plimsoll/snapshot';
import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { aboutSwarm, objectsNotSeen } from './about-swarm.ts';

const Parameters = z.strictObject({
  minManagers: z.number().int().min(1).default(3),
  maxManagers: z.number().int().min(1).default(7),
});

export default defineCheck({
  id: 'swarm-manager-count',
  theme: 'orchestration',
  severity: 'low',
  subject: 'swarm',
  cis: { '1.5.0': '7.2', '1.6.0': '7.1', '1.7.0': '7.1', '1.8.0': '7.1' },
  cisLevel: 1,
  title: 'The swarm has as many managers as it needs and no more',
  rationale:
    'Managers decide by majority: with one, or with two, the loss of a single machine stops all changes, repairs included. Each further one is one more machine that holds every key and secret of the swarm.',
  remediation:
    'docker node promote NODE or docker node demote NODE until three, five or seven managers are left, on machines of their own. A manager that is gone for good: docker node demote NODE && docker node rm NODE. No key of compose or daemon.json sets it.',
  decidedBy:
    'Nodes with a ManagerStatus in GET /nodes: an odd number between minManagers and maxManagers, all reachable; one is enough where the swarm has fewer nodes than minManagers.',
  needs: ['info'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.1',
    'https://docs.docker.com/engine/swarm/admin_guide/',
    'moby/moby daemon/cluster/swarm.go (Info), api/types/swarm/node.go',
    'docker/docker-bench-security#344',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutSwarm(context, (swarm) => judgeManagers(snapshot, swarm, parameters));
  },
});

const judgeManagers = (
  snapshot: HostSnapshot,
  swarm: SwarmInfo,
  { minManagers, maxManagers }: z.infer<typeof Parameters>,
): Judgement => {
  const nodes = valueOf(valueOf(snapshot.swarm)?.nodes);
  if (nodes === undefined) return objectsNotSeen(snapshot, 'nodes');
  const managers = nodes.filter(({ ManagerStatus }) => ManagerStatus !== undefined && ManagerStatus !== null);
  const count = managers.length;
  const evidence: Evidence[] = [
    { source: 'nodes with ManagerStatus', value: count },
    { source: 'nodes', value: nodes.length },
    ...((swarm.Warnings ?? []).length === 0 ? [] : [{ source: 'info.Swarm.Warnings', value: swarm.Warnings ?? [] }]),
  ];
  const lost = managers.filter(
    ({ ManagerStatus }) => ManagerStatus?.Reachability !== undefined && ManagerStatus.Reachability !== 'reachable',
  );
  if (lost.length > 0) {
    const names = lost.map(({ ID, Description }) => Description?.Hostname ?? ID ?? 'a node without a name').toSorted();
    return fail(`Managers can not be reached: ${names.join(', ')}`, [
      ...evidence,
      { source: 'ManagerStatus.Reachability is not reachable', value: names },
    ]);
  }
  // While a node is promoted or demoted, role and status differ; the engine counts by the status, too.
  const isWhole =
    nodes.every(({ Spec, ManagerStatus }) => Spec?.Role === 'worker' || Boolean(ManagerStatus)) &&
    managers.every(({ ManagerStatus }) => ManagerStatus?.Reachability !== undefined) &&
    swarm.Managers === count;
  if (!isWhole || count === 0)
    return unknown(
      'How many managers the swarm has is not told alike by all that the engine says',
      'A scan while no node is being promoted or demoted, by a client that may read /nodes',
      evidence,
    );
  if (count === 1 && nodes.length < minManagers)
    return pass(`The swarm is small (${nodes.length} in all), and has one manager`, evidence);
  if (count < minManagers && nodes.length >= minManagers)
    return fail(
      `The swarm has ${count} of at least ${minManagers} managers: it does not survive the loss of one`,
      evidence,
    );
  if (count > maxManagers) return fail(`The swarm has ${count} managers, more than ${maxManagers}`, evidence);
  if (count % 2 === 0)
    return fail(`The swarm has ${count} managers: an even number survives no more losses than one less`, evidence);
  return pass(`The swarm has ${count} managers, and all are reachable`, evidence);
};
