import type { HostConfig } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const defaultPeriod = 100_000; // microseconds
const defaultWeight = 1024;

/** How many processors a list such as `0-2,5` names; undefined for what is no such list. */
const countProcessors = (list: string): number | undefined => {
  let count = 0;
  for (const part of list.split(',')) {
    const [from, to = from] = part.trim().split('-', 2);
    const [first, last] = [Number(from), Number(to)];
    if (part.trim() === '' || !Number.isInteger(first) || !Number.isInteger(last) || first < 0 || last < first)
      return undefined;
    count += last - first + 1;
  }
  return count;
};

const evidenceOf = (hostConfig: HostConfig, processors: number): Evidence[] => [
  { source: 'info.NCPU', value: processors },
  ...(['NanoCpus', 'CpuQuota', 'CpuPeriod', 'CpusetCpus'] as const).flatMap((field): Evidence[] => {
    const value = hostConfig[field];
    return value === undefined ? [] : [{ source: `HostConfig.${field}`, value }];
  }),
];

/** Processors by the quota; NanoCpus wins, and where it was not seen, it may be anything. */
const cpusOf = ({ NanoCpus, CpuQuota, CpuPeriod }: HostConfig): number | undefined => {
  if (NanoCpus === undefined) return undefined;
  if (NanoCpus > 0) return NanoCpus / 1e9;
  return CpuQuota === undefined || CpuQuota <= 0 || CpuPeriod === undefined
    ? undefined
    : CpuQuota / (CpuPeriod || defaultPeriod);
};

const judgeBound = (hostConfig: HostConfig, { info }: JudgingContext, processors: number): Judgement => {
  const { CpusetCpus, CpuShares } = hostConfig;
  const evidence = evidenceOf(hostConfig, processors);
  const cpus = cpusOf(hostConfig);
  const set = CpusetCpus === undefined || CpusetCpus === '' ? undefined : countProcessors(CpusetCpus);
  const bounds = [
    {
      holds: cpus !== undefined && cpus < processors,
      enforced: info?.CpuCfsQuota,
      what: `${cpus} processors`,
      field: 'CpuCfsQuota',
    },
    {
      holds: set !== undefined && set < processors,
      enforced: info?.CPUSet,
      what: `the processors ${CpusetCpus}`,
      field: 'CPUSet',
    },
  ].filter(({ holds }) => holds);
  const inForce = bounds.find(({ enforced }) => enforced === true);
  if (info?.CgroupDriver !== 'none' && inForce !== undefined && info?.CgroupDriver !== undefined)
    return pass(`The container may use no more than ${inForce.what}`, evidence);
  const [first] = bounds;
  if (first !== undefined)
    return unknown(
      first.enforced === false || info?.CgroupDriver === 'none'
        ? `A bound of ${first.what} is set, and this engine ignores it: see limit-support-missing`
        : `A bound of ${first.what} is set; whether the engine enforces it was not seen`,
      `A GET /info answer with ${first.field} and CgroupDriver`,
      evidence,
    );
  const unseen = (['NanoCpus', 'CpuQuota', 'CpuPeriod', 'CpusetCpus', 'CpuShares'] as const).find(
    (field) => hostConfig[field] === undefined,
  );
  if (unseen !== undefined) return fieldNotSeen(`HostConfig.${unseen}`);
  if (CpusetCpus !== '' && set === undefined)
    return unknown('The list of processors is not understood', 'A newer version of this check', evidence);
  const weighted = CpuShares !== undefined && CpuShares > 0 && CpuShares !== defaultWeight;
  return fail(
    `The container may use all ${processors} processors whenever it likes${weighted ? '; its weight counts only while others want them too' : ''}`,
    evidence,
    // With neither bound nor weight, the benchmark's own check reports it.
    weighted || cpus !== undefined ? {} : { causedBy: 'container-cpu-limit' },
  );
};

export default defineCheck({
  id: 'cpu-unbounded',
  theme: 'control-groups',
  severity: 'low',
  subject: 'container',
  title: 'One container can not take all processors for itself',
  rationale:
    'A weight decides only who waits when all processors are wanted at once. A miner, or a loop gone wrong, takes everything that is idle, and the power, the money and the answer times with it.',
  remediation:
    'docker update --cpus 2 NAME, or docker run --cpus 2 … (compose: cpus: 2 or deploy.resources.limits.cpus). daemon.json has no default for it.',
  decidedBy:
    'HostConfig.NanoCpus, CpuQuota by CpuPeriod, or the number of processors in CpusetCpus, below info.NCPU and enforced by the engine. Where there is no weight either, container-cpu-limit reports it and is the cause.',
  needs: ['containers'],
  parameters: containerParameters.extend({ skipStopped: z.boolean().default(true) }),
  sources: [
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'moby/moby api/swagger.yaml (HostConfig.NanoCpus)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const processors = context.info?.NCPU;
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect, up }) => {
      if (context.isWindows === true) return notApplicable('On Windows container-cpu-limit judges this');
      if (!up && parameters.skipStopped) return notApplicable('The container is not up');
      if (processors === undefined || processors <= 0)
        return unknown('How many processors the host has was not seen', 'An engine that reports info.NCPU');
      if (processors === 1) return notApplicable('The host has one processor');
      return inspect.HostConfig === undefined
        ? fieldNotSeen('HostConfig')
        : judgeBound(inspect.HostConfig, context, processors);
    });
  },
});
