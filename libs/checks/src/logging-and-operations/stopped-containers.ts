import { type ContainerEntry, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isHostFileReader } from '../engine/host-paths.ts';
import { dayOf, daysBetween, instantOf } from '../engine/instants.ts';
import { hostSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { stoppedSince } from './stopped-since.ts';

const Parameters = z.strictObject({
  maxStopped: z.number().int().min(0).default(25),
  minAgeHours: z.number().min(0).default(24),
  /** Beginnings of label names; swarm keeps tasks that have ended as its history. */
  ignoreLabels: z.array(z.string()).default(['com.docker.swarm.task']),
});

export default defineCheck({
  id: 'stopped-containers',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'host',
  cis: { '1.5.0': '6.2', '1.6.0': '6.2', '1.7.0': '6.2', '1.8.0': '6.2' },
  cisLevel: 1,
  title: 'The host keeps no pile of stopped containers',
  rationale:
    'A stopped container keeps its variables, its mounts and its rights; one docker start brings it back with all of them, however old its image is by then.',
  remediation:
    'docker container prune --filter until=24h, as a job; docker run --rm for jobs that run once (compose: docker compose run --rm). No key of daemon.json does it.',
  decidedBy:
    'Containers in state created, exited or dead that ended (or were made, if never started) more than minAgeHours ago and have no label of ignoreLabels: at most maxStopped.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 6.2',
    'https://docs.docker.com/reference/cli/docker/container/prune/',
    'moby/moby api/types/system/info.go',
  ],
  *evaluate({ snapshot, parameters }) {
    yield { subject: hostSubject, ...judgeStopped(snapshot, parameters) };
  },
});

const stoppedStates = new Set(['created', 'exited', 'dead']);

/** Whether a container counts; undefined where what decides was not seen. */
const counts = (
  container: ContainerEntry,
  now: number | undefined,
  given: z.infer<typeof Parameters>,
): boolean | undefined => {
  const state = container.state?.toLowerCase();
  if (state !== undefined && !stoppedStates.has(state)) return false;
  const labels = Object.keys(container.labels ?? {});
  if (labels.some((label) => given.ignoreLabels.some((beginning) => label.startsWith(beginning)))) return false;
  const days = daysBetween(stoppedSince(container), now);
  if (days !== undefined && days * 24 < given.minAgeHours) return false;
  return state === undefined || days === undefined || container.labels === undefined ? undefined : true;
};

const judgeStopped = (snapshot: HostSnapshot, given: z.infer<typeof Parameters>): Judgement => {
  const containers = (valueOf(snapshot.containers) ?? []).filter((container) => !isHostFileReader(container));
  if (containers.length === 0) return notApplicable('The host has no containers');
  const now = instantOf(snapshot.takenAt);
  const judged = containers.map((container) => ({ container, isOld: counts(container, now, given) }));
  const old = judged.filter(({ isOld }) => isOld === true).map(({ container }) => container);
  const open = judged.filter(({ isOld }) => isOld === undefined).length;
  const oldest = old
    .map(stoppedSince)
    .filter((since) => since !== undefined)
    .toSorted((a, b) => a - b)[0];
  const dead = old.filter(({ state }) => state?.toLowerCase() === 'dead').map(({ name }) => name);
  const evidence = [
    { source: 'containers', value: containers.length },
    { source: `stopped for more than ${given.minAgeHours} hours`, value: old.length },
    ...(oldest === undefined ? [] : [{ source: 'the oldest ended on', value: dayOf(oldest) }]),
    // Their removal failed.
    ...(dead.length === 0 ? [] : [{ source: 'dead', value: dead.toSorted() }]),
  ];
  const told = `${old.length} containers have been stopped for more than ${given.minAgeHours} hours`;
  if (old.length > given.maxStopped) return fail(told, evidence);
  const isCut = snapshot.notes.some(({ part, reason }) => part === 'containers' && reason === 'truncated');
  if (isCut || old.length + open > given.maxStopped || open === containers.length)
    return unknown(
      isCut ? 'The list of containers was cut short' : `Since when ${open} containers are stopped was not seen`,
      'A scan that can list and inspect all containers',
      evidence,
    );
  return pass(told, evidence);
};
