import { type ContainerEntry, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hostSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { describeBytes } from './since-earlier.ts';

const Parameters = z.strictObject({
  /** How often the memory of the host may be promised. */
  maxRatio: z.number().positive().default(1.5),
  /** What the host itself needs, in bytes. */
  reserveBytes: z
    .int()
    .nonnegative()
    .default(512 * 1024 ** 2),
});

const isRunning = ({ inspect, state }: ContainerEntry): boolean | undefined => {
  const status = (valueOf(inspect)?.State?.Status ?? state)?.toLowerCase();
  return status === undefined ? undefined : status === 'running' || status === 'paused' || status === 'restarting';
};

/** How many containers are named. */
const shown = 20;

const judgeSum = (
  snapshot: HostSnapshot,
  { info }: JudgingContext,
  { maxRatio, reserveBytes }: z.infer<typeof Parameters>,
): Judgement => {
  const total = info?.MemTotal;
  if (total === undefined || total <= 0)
    return unknown('The memory of the host was not seen', 'An engine that reports info.MemTotal');
  const running = (valueOf(snapshot.containers) ?? []).filter((container) => isRunning(container) !== false);
  if (running.length === 0) return notApplicable('No container is running');
  const enforced = info?.MemoryLimit;
  let bounded = 0;
  let unseen = 0;
  const unlimited: string[] = [];
  for (const container of running) {
    const limit = valueOf(container.inspect)?.HostConfig?.Memory;
    if (limit === undefined) unseen += 1;
    else if (limit > 0 && limit <= total && enforced !== false) bounded += limit;
    else unlimited.push(container.name);
  }
  const sum = bounded + unlimited.length * total;
  const room = total * maxRatio - reserveBytes;
  const evidence: Evidence[] = [
    { source: 'info.MemTotal', value: total },
    { source: 'sum of HostConfig.Memory', value: sum },
    { source: 'containers without a limit below info.MemTotal', value: unlimited.slice(0, shown) },
  ];
  if (sum > room) {
    const without =
      unlimited.length === 0 ? '' : `, of which ${unlimited.length} without a limit count as the whole host`;
    const described = `${running.length} running containers may use ${describeBytes(sum)} of ${describeBytes(total)}${without}`;
    if (enforced === false)
      return fail(`${described}: the kernel enforces no limit`, evidence, { causedBy: 'limit-support-missing' });
    // Those with a limit fit: what is missing is the limit of the others, which has a check of its own.
    return fail(
      described,
      evidence,
      unlimited.length > 0 && bounded <= room ? { causedBy: 'container-memory-limit' } : {},
    );
  }
  if (unseen > 0)
    return unknown(
      `The memory limit of ${unseen} running containers was not seen`,
      'A scan that can inspect every container',
      evidence,
    );
  return enforced === undefined
    ? unknown('Whether limits are enforced was not seen', 'An engine that reports info.MemoryLimit', evidence)
    : pass(
        `The ${running.length} running containers may use ${describeBytes(sum)} of ${describeBytes(total)}`,
        evidence,
      );
};

export default defineCheck({
  id: 'memory-overcommit',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'host',
  title: 'The memory promised to running containers fits the host',
  rationale:
    'Limits that together exceed the host hold only until several containers need their share at once. The kernel then ends whatever it picks, the database as soon as the culprit.',
  remediation:
    'Set limits that together leave room for the host: docker update --memory 512m --memory-swap 512m NAME, docker run --memory 512m … (compose: mem_limit or deploy.resources.limits.memory). daemon.json has no default for it.',
  decidedBy:
    'The sum of HostConfig.Memory of all running containers, where one without a limit, or with one above info.MemTotal, counts as all of it, plus reserveBytes, against info.MemTotal × maxRatio. Where only the missing limits make it too much, container-memory-limit is the cause; where limits are not enforced, limit-support-missing.',
  needs: ['containers', 'info'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'moby/moby api/swagger.yaml (HostConfig.Memory, SystemInfo.MemTotal)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield { subject: hostSubject, ...judgeSum(snapshot, context, parameters) };
  },
});
