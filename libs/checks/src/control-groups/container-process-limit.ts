import { type ContainerEntry, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

interface Enforcement {
  /** Undefined: not seen. */
  readonly enforced: boolean | undefined;
  readonly evidence: Evidence;
}

/** Whether the kernel holds the container to its limit: the group's own counter, else what the engine says of it. */
const enforcementOf = (limit: number, { info }: JudgingContext, container: ContainerEntry): Enforcement => {
  const counted = valueOf(container.stats)?.pids_stats?.limit;
  if (counted !== undefined && counted > 0 && counted <= limit)
    return { enforced: true, evidence: { source: 'stats.pids_stats.limit', value: counted } };
  if (info?.CgroupDriver === undefined)
    return { enforced: undefined, evidence: { source: 'info.CgroupDriver', value: null } };
  if (info.CgroupDriver === 'none')
    return { enforced: false, evidence: { source: 'info.CgroupDriver', value: 'none' } };
  // Engines before API 1.40 do not tell: there only the counter does.
  return { enforced: info.PidsLimit, evidence: { source: 'info.PidsLimit', value: info.PidsLimit ?? null } };
};

export default defineCheck({
  id: 'container-process-limit',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.28', '1.6.0': '5.29', '1.7.0': '5.29', '1.8.0': '5.29' },
  cisLevel: 1,
  title: 'Containers have a limit on the number of processes',
  rationale:
    'A program that forks without end, by accident or on purpose, uses up the process ids of the whole host: then nobody can log in, and nothing else can start.',
  remediation:
    'docker run --pids-limit 200 … (compose: pids_limit: 200, or deploy.resources.limits.pids); for a container that runs: docker update --pids-limit 200 NAME. Threads count too. daemon.json has no key for it.',
  decidedBy:
    'HostConfig.PidsLimit above 0 (null, 0 and -1 mean no limit), and whether the host enforces it: the counter of its control group, else info.PidsLimit and info.CgroupDriver.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** The highest limit that still counts as one; null for any. */
    maxPids: z.int().positive().nullable().default(null),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.29',
    'https://docs.docker.com/reference/cli/docker/container/run/',
    'moby/moby daemon/daemon_unix.go (getPidsLimit)',
    'moby/moby api/docs/CHANGELOG.md (v1.40, v1.41)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect, up }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no such limit');
      const limit = inspect.HostConfig?.PidsLimit;
      if (limit === undefined) return fieldNotSeen('HostConfig.PidsLimit');
      const evidence = [{ source: 'HostConfig.PidsLimit', value: limit }];
      // What does not run can not fork: two steps less, of which eachContainer takes one.
      const weight = !up && parameters.stoppedContainers === 'lower' ? { severity: 'low' as const } : {};
      if (limit === null || limit <= 0)
        return fail('The container may start any number of processes', evidence, weight);
      if (parameters.maxPids !== null && limit > parameters.maxPids)
        return fail(`The limit of ${limit} processes is above the allowed ${parameters.maxPids}`, evidence, weight);
      const enforcement = enforcementOf(limit, context, container);
      const all = [...evidence, enforcement.evidence];
      if (enforcement.enforced === undefined)
        return unknown(
          `The container has a limit of ${limit} processes; whether the host enforces it was not seen`,
          "An engine of API 1.40 or later that reports PidsLimit in /info, or a scan that reads the container's statistics",
          all,
        );
      if (!enforcement.enforced)
        return fail(`The container has a limit of ${limit} processes, and the host does not enforce it`, all, weight);
      return pass(`The container may have at most ${limit} processes`, all);
    });
  },
});
