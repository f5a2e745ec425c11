import {
  type ContainerEntry,
  type ContainerInspect,
  type HostSnapshot,
  type SwarmService,
  type SwarmTask,
  valueOf,
} from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { serviceSubject } from '../engine/subjects.ts';
import { servicesOf } from '../engine/swarm-tasks.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const Parameters = z.strictObject({
  maxRestarts: z.int().positive().default(5),
  windowHours: z.number().positive().default(24),
});
type Parameters = z.infer<typeof Parameters>;

/** Hours from a time of the engine to the snapshot; undefined for what is no time, or the engine's zero one. */
const hoursSince = (snapshot: HostSnapshot, time: string | undefined): number | undefined => {
  const days = daysBetween(instantOf(time), instantOf(snapshot.takenAt));
  return days === undefined ? undefined : days * 24;
};

const evidenceOf = ({ RestartCount, State }: ContainerInspect): Evidence[] => [
  { source: 'RestartCount', value: RestartCount ?? null },
  { source: 'State.Restarting', value: State?.Restarting ?? null },
  { source: 'State.OOMKilled', value: State?.OOMKilled ?? null },
  { source: 'State.ExitCode', value: State?.ExitCode ?? null },
  { source: 'State.StartedAt', value: State?.StartedAt ?? null },
];

const judgeRestarts = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
  { maxRestarts, windowHours }: Parameters,
): Judgement => {
  const count = inspect.RestartCount;
  const evidence = evidenceOf(inspect);
  if (count === undefined) return fieldNotSeen('RestartCount');
  if (count < maxRestarts) return pass(`The container was restarted ${count} times`, evidence);
  const running = hoursSince(snapshot, inspect.State?.StartedAt);
  if (running !== undefined && running >= windowHours)
    return pass(`The container was restarted ${count} times, and not within the last ${windowHours} hours`, evidence);
  const sample = snapshot.earlier;
  const before =
    sample !== undefined && Object.hasOwn(sample.containers, container.id)
      ? sample.containers[container.id]?.restartCount
      : undefined;
  if (before !== undefined) {
    // A start by hand or at boot begins at 0 again, so a smaller number says that it was restarted so often since.
    const grown = count >= before ? count - before : count;
    const all = [...evidence, { source: 'RestartCount at the last scan', value: before }];
    return grown >= maxRestarts
      ? fail(`The container was restarted ${grown} times since the last scan`, all)
      : pass(`The container was restarted ${grown} times since the last scan`, all);
  }
  const age = hoursSince(snapshot, inspect.Created);
  if (age !== undefined && age < windowHours)
    return fail(`The container was restarted ${count} times within ${Math.max(1, Math.ceil(age))} hours`, evidence);
  return unknown(
    `The container was restarted ${count} times; whether that still happens shows only between two scans`,
    'The next scan of this host',
    evidence,
  );
};

/** Failed tasks of the worst slot; undefined where states or times were not seen. */
const failuresOf = (snapshot: HostSnapshot, tasks: readonly SwarmTask[], windowHours: number): number | undefined => {
  const bySlot = new Map<string, number>();
  for (const { Slot, NodeID, Status } of tasks) {
    if (Status?.State === undefined) return undefined;
    if (Status.State !== 'failed' && Status.State !== 'rejected') continue;
    const hours = hoursSince(snapshot, Status.Timestamp);
    if (hours === undefined) return undefined;
    // A global service has a task for each node and no slots.
    const slot = `${Slot ?? ''}/${Slot === undefined || Slot === 0 ? (NodeID ?? '') : ''}`;
    if (hours <= windowHours) bySlot.set(slot, (bySlot.get(slot) ?? 0) + 1);
  }
  let worst = 0;
  for (const failures of bySlot.values()) worst = Math.max(worst, failures);
  return worst;
};

const judgeService = (
  snapshot: HostSnapshot,
  tasks: readonly SwarmTask[] | undefined,
  { maxRestarts, windowHours }: Parameters,
): Judgement => {
  const failures = tasks && failuresOf(snapshot, tasks, windowHours);
  if (failures === undefined)
    return unknown('The tasks of the service, or how they ended, were not seen', 'A manager that reports its tasks');
  const evidence = [{ source: 'tasks[].Status.State failed or rejected, of the worst slot', value: failures }];
  return failures >= maxRestarts
    ? fail(`A task of the service failed ${failures} times within ${windowHours} hours`, evidence, {
        remediation:
          'docker service ps --no-trunc SERVICE and docker service logs SERVICE tell why; bound retries with docker service update --restart-max-attempts 5 SERVICE (compose: deploy.restart_policy.max_attempts).',
      })
    : pass(`Tasks of the service failed ${failures} times within ${windowHours} hours at most`, evidence);
};

const tasksByService = (snapshot: HostSnapshot): ReadonlyMap<string | undefined, SwarmTask[]> | undefined => {
  const tasks = valueOf(valueOf(snapshot.swarm)?.tasks);
  if (tasks === undefined) return undefined;
  const byService = new Map<string | undefined, SwarmTask[]>();
  for (const task of tasks) {
    const known = byService.get(task.ServiceID);
    if (known === undefined) byService.set(task.ServiceID, [task]);
    else known.push(task);
  }
  return byService;
};

const tasksOf = (
  { ID }: SwarmService,
  byService: ReadonlyMap<string | undefined, SwarmTask[]> | undefined,
): readonly SwarmTask[] | undefined =>
  // One whose service was not seen may be any's.
  ID === undefined || byService === undefined || byService.has(undefined) ? undefined : (byService.get(ID) ?? []);

export default defineCheck({
  id: 'crash-history',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'container',
  title: 'Containers do not restart over and over or die for want of memory',
  rationale:
    'A container that crashes again and again is broken or under attack: each try may be another guess at an address. One that dies for want of memory takes its service with it whenever somebody sends enough.',
  remediation:
    'docker logs NAME tells why. Raise the limit (docker update --memory 1g --memory-swap 1g NAME; compose: mem_limit) or mend the leak, and bound retries: docker update --restart on-failure:5 NAME (compose: restart). daemon.json has no default for it.',
  decidedBy:
    'State.Restarting, State.OOMKilled, and how much RestartCount grew since the last scan; at the first scan by RestartCount, Created and StartedAt. For swarm services the failed tasks of a slot within windowHours. Swarm replaces tasks, whose containers then count no restarts.',
  needs: ['containers'],
  parameters: Parameters,
  sources: ['moby/moby api/swagger.yaml (ContainerState)', 'moby/moby daemon/monitor.go, restartmanager'],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(
      snapshot,
      { stoppedContainers: 'same', severity: 'medium', aboutStart: false },
      ({ container, inspect }) => {
        const state = inspect.State;
        const status = (state?.Status ?? container.state)?.toLowerCase();
        if (status === 'created') return notApplicable('The container was never started');
        if (state?.Restarting === true)
          return fail('The container fails and is restarted at this moment', evidenceOf(inspect));
        if (state?.OOMKilled === true)
          return fail(
            'The container ran out of memory in its present or last run, and the kernel ended one of its processes',
            evidenceOf(inspect),
          );
        if (state?.Restarting === undefined || state.OOMKilled === undefined)
          return fieldNotSeen('State.Restarting or State.OOMKilled');
        return judgeRestarts(snapshot, container, inspect, parameters);
      },
    );
    const byService = tasksByService(snapshot);
    for (const service of servicesOf(snapshot)) {
      const name = service.Spec?.Name ?? service.ID;
      if (name === undefined) continue;
      yield { subject: serviceSubject(name), ...judgeService(snapshot, tasksOf(service, byService), parameters) };
    }
  },
});
