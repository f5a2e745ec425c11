import { type HostSnapshot, type SwarmNode, type SwarmService, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { aboutSwarm, objectsNotSeen } from './about-swarm.ts';

export default defineCheck({
  id: 'swarm-manager-workload',
  theme: 'orchestration',
  severity: 'low',
  subject: 'swarm',
  title: 'Managers run no ordinary tasks while the swarm has workers',
  rationale:
    'A container that breaks out on a worker has that worker. On a manager it has the whole swarm, with every key and secret in it.',
  remediation:
    'docker node update --availability drain MANAGER. For services that need a manager: --constraint-add node.role==manager (compose: deploy: placement: constraints), and list them in the parameter managerServices; for all others node.role==worker.',
  decidedBy:
    'Running tasks (GET /tasks, Status.State) on managers whose Availability is not drain, unless their service is bound to managers by a constraint and named in managerServices. Medium where such a service publishes ports.',
  needs: ['info', 'swarm'],
  parameters: z.strictObject({
    /** Patterns of services that belong on managers. */
    managerServices: z.array(z.string()).default(['*traefik*', '*portainer*', '*socket-proxy*']),
  }),
  sources: ['https://docs.docker.com/engine/swarm/admin_guide/', 'moby/moby api/swagger.yaml (Node, Task)'],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutSwarm(context, () => judgeWorkload(snapshot, parameters.managerServices));
  },
});

const judgeWorkload = (snapshot: HostSnapshot, managerServices: readonly string[]): Judgement => {
  const objects = valueOf(snapshot.swarm);
  const [nodes, tasks, services] = [valueOf(objects?.nodes), valueOf(objects?.tasks), valueOf(objects?.services)];
  if (nodes === undefined) return objectsNotSeen(snapshot, 'nodes');
  if (nodes.some(({ Spec }) => Spec?.Role === undefined))
    return unknown('Which nodes are managers was not seen', 'A scan that can read /nodes whole');
  const managers = nodes.filter(({ Spec }) => Spec?.Role === 'manager');
  if (managers.length === nodes.length)
    return notApplicable('The swarm has managers only: tasks have nowhere else to run');
  const open = managers.filter(({ Spec }) => Spec?.Availability !== 'drain');
  const evidence: Evidence[] = [
    { source: 'managers that take tasks', value: open.map(nameOf).toSorted() },
    { source: 'nodes', value: nodes.length },
  ];
  if (open.length === 0) return pass('No manager takes tasks', evidence);
  if (tasks === undefined) return objectsNotSeen(snapshot, 'tasks');
  if (services === undefined) return objectsNotSeen(snapshot, 'services');
  const serviceById = new Map(
    services.flatMap((service) => (service.ID === undefined ? [] : [[service.ID, service] as const])),
  );
  const openIds = new Set(open.map(({ ID }) => ID));
  // Tasks that have ended stay in the list.
  const running = tasks.filter(({ Status, NodeID }) => Status?.State === 'running' && openIds.has(NodeID));
  const ordinary = new Set(
    running
      .map(({ ServiceID }) => (ServiceID === undefined ? undefined : serviceById.get(ServiceID)))
      .filter((service) => !belongsHere(service, managerServices)),
  );
  if (ordinary.size > 0) {
    const names = [...ordinary].map((service) => service?.Spec?.Name ?? 'a service that was not seen').toSorted();
    const publishes = [...ordinary].some((service) => (service?.Endpoint?.Ports ?? []).length > 0);
    return fail(
      `Managers run tasks of ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}${publishes ? ', which can be reached from outside' : ''}`,
      [...evidence, { source: 'services with tasks on managers', value: names }],
      { severity: publishes ? 'medium' : 'low' },
    );
  }
  if (openIds.has(undefined) || tasks.some(({ Status, NodeID }) => Status?.State === undefined || NodeID === undefined))
    return unknown('Where some tasks run was not seen', 'A scan that can read /nodes and /tasks whole', evidence);
  return pass('Managers run only services that belong there', evidence);
};

const nameOf = ({ ID, Description }: SwarmNode): string => Description?.Hostname ?? ID ?? 'a node without a name';

const constraintPattern = /^node\.role\s*==\s*manager$/;

const belongsHere = (service: SwarmService | undefined, managerServices: readonly string[]): boolean => {
  const constraints = service?.Spec?.TaskTemplate?.Placement?.Constraints ?? [];
  const name = service?.Spec?.Name ?? '';
  return (
    constraints.some((constraint) => constraintPattern.test(constraint.trim())) &&
    managerServices.some((pattern) => matchesPattern(name, pattern))
  );
};
