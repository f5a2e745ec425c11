import {
  type ContainerEntry,
  type ContainerInspect,
  type ContainerStats,
  type HostSnapshot,
  valueOf,
} from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { describeBytes, describeLength, growth, sinceEarlier } from './since-earlier.ts';

const Ratio = z.number().positive().max(1);
const Parameters = containerParameters.extend({
  memoryRatio: Ratio.default(0.9),
  pidsRatio: Ratio.default(0.8),
  throttledRatio: Ratio.default(0.25),
  /** So few periods of the scheduler say nothing. */
  minPeriods: z.int().positive().default(1000),
});
type Parameters = z.infer<typeof Parameters>;

/** How near one limit is: undefined where there is no such limit. */
type Nearness =
  | { readonly kind: 'near' | 'far'; readonly what: string; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'not-seen'; readonly what: string };

const percent = (ratio: number): string => `${Math.round(ratio * 100)} %`;

/** What the kernel can't take back at once: use without the file cache that nobody reads. */
const memoryInUse = ({ memory_stats }: ContainerStats, isV1: boolean): number | undefined => {
  const { usage, stats } = memory_stats ?? {};
  const cache = isV1 ? (stats?.total_inactive_file ?? stats?.inactive_file) : stats?.inactive_file;
  return usage === undefined || cache === undefined ? undefined : Math.max(usage - cache, 0);
};

const memoryNearness = (limit: number, stats: ContainerStats, isV1: boolean, ratio: number): Nearness => {
  const used = memoryInUse(stats, isV1);
  if (used === undefined) return { kind: 'not-seen', what: 'the memory in use' };
  return {
    kind: used >= limit * ratio ? 'near' : 'far',
    what: `${percent(used / limit)} of ${describeBytes(limit)} memory`,
    evidence: [{ source: 'memory_stats.usage without inactive_file', value: used }],
  };
};

const processNearness = (limit: number, stats: ContainerStats, ratio: number): Nearness => {
  const current = stats.pids_stats?.current;
  if (current === undefined) return { kind: 'not-seen', what: 'the number of processes' };
  return {
    kind: current >= limit * ratio ? 'near' : 'far',
    what: `${current} of ${limit} processes`,
    evidence: [{ source: 'pids_stats.current', value: current }],
  };
};

const throttling = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
  inspect: ContainerInspect,
  stats: ContainerStats,
  { throttledRatio, minPeriods }: Parameters,
): Nearness => {
  const since = sinceEarlier(snapshot, container, inspect);
  const now = stats.cpu_stats?.throttling_data;
  if (since === undefined)
    return {
      kind: 'not-seen',
      what: 'how often it is held back now (one sample of this run; the counters go back to its start)',
    };
  const periods = growth(now?.periods, since.earlier.periods);
  const throttled = growth(now?.throttled_periods, since.earlier.throttledPeriods);
  if (periods === undefined || throttled === undefined) return { kind: 'not-seen', what: 'how often it is held back' };
  return {
    kind: periods >= minPeriods && throttled >= periods * throttledRatio ? 'near' : 'far',
    what: `held back in ${percent(periods === 0 ? 0 : throttled / periods)} of its periods in ${describeLength(since.seconds)}`,
    evidence: [
      {
        source: 'cpu_stats.throttling_data since the last scan',
        value: [`periods ${periods}`, `throttled ${throttled}`],
      },
    ],
  };
};

const noControlGroups: readonly Evidence[] = [{ source: 'info.CgroupDriver', value: 'none' }];

const judgeNearness = (found: readonly Nearness[]): Judgement => {
  const seen = found.filter((one) => one.kind !== 'not-seen');
  const evidence = seen.flatMap((one) => one.evidence);
  const near = seen.filter(({ kind }) => kind === 'near');
  if (near.length > 0)
    return fail(`The container is near its limits: ${near.map(({ what }) => what).join(', ')}`, evidence);
  const unseen = found.filter(({ kind }) => kind === 'not-seen');
  return unseen.length > 0
    ? unknown(
        `Not seen: ${unseen.map(({ what }) => what).join(', ')}`,
        'The next scan, with a sample of this container',
        evidence,
      )
    : pass(`The container keeps away from its limits: ${seen.map(({ what }) => what).join(', ')}`, evidence);
};

export default defineCheck({
  id: 'near-limits',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'container',
  title: 'Running containers keep away from their memory, process and CPU limits',
  rationale:
    'A container at its limit is about to be ended, to fail at starting a process, or to answer late. A small push from outside is then enough, and it looks like an accident.',
  remediation:
    'Find the cause, or raise the limit: docker update --memory 1g --memory-swap 1g NAME, docker update --pids-limit 400 NAME, docker update --cpus 2 NAME (compose: mem_limit, pids_limit, cpus). daemon.json has no default for it.',
  decidedBy:
    'For each limit that the owner set (HostConfig.Memory, PidsLimit, NanoCpus or CpuQuota) one sample: memory in use without inactive file cache, processes, and throttled periods since the sample of the last scan of the same run.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/reference/cli/docker/container/stats/',
    'moby/moby api/swagger.yaml (/containers/{id}/stats)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const isV1 = context.info?.CgroupVersion === '1';
    // Without control groups the counters of a sample are not the container's: seen on rootless 20.10, its memory was
    // several times its limit.
    const isUncontrolled = context.info?.CgroupDriver === 'none';
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect, up }) => {
      if (!up) return notApplicable('The container is not running');
      if (isUncontrolled)
        return notApplicable('The daemon has no control groups: no limit is in force', noControlGroups);
      const hostConfig = inspect.HostConfig;
      const { Memory, PidsLimit, NanoCpus, CpuQuota } = hostConfig ?? {};
      const unseen = (['Memory', 'PidsLimit', 'NanoCpus', 'CpuQuota'] as const).find(
        (field) => hostConfig?.[field] === undefined,
      );
      const limits = {
        memory: Memory !== undefined && Memory > 0 ? Memory : undefined,
        processes: typeof PidsLimit === 'number' && PidsLimit > 0 ? PidsLimit : undefined,
        quota: (NanoCpus ?? 0) > 0 || (CpuQuota ?? 0) > 0,
      };
      if (limits.memory === undefined && limits.processes === undefined && !limits.quota)
        return unseen === undefined
          ? notApplicable('The container has none of these limits')
          : fieldNotSeen(`HostConfig.${unseen}`);
      const stats = valueOf(container.stats);
      if (stats === undefined)
        return unknown('There is no sample of the container', 'A scan that can read GET /containers/{id}/stats');
      const judged = judgeNearness([
        ...(limits.memory === undefined ? [] : [memoryNearness(limits.memory, stats, isV1, parameters.memoryRatio)]),
        ...(limits.processes === undefined ? [] : [processNearness(limits.processes, stats, parameters.pidsRatio)]),
        ...(limits.quota ? [throttling(snapshot, container, inspect, stats, parameters)] : []),
      ]);
      return judged.outcome === 'pass' && unseen !== undefined ? fieldNotSeen(`HostConfig.${unseen}`) : judged;
    });
  },
});
