import type { HostConfig } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, fail, pass, unknown } from '../engine/verdict.ts';

/** One of the ways to bound a container's share of the processors. */
interface Bound {
  readonly field: keyof HostConfig;
  readonly isSet: boolean;
  /** False where the engine said it can not; undefined where it did not say. */
  readonly enforced: boolean | undefined;
}

const defaultWeight = 1024;
const defaultPeriod = 100_000; // microseconds

/** A quota of all processors or more limits nothing; worth a word, no failure. */
const quotaRemark = ({ NanoCpus = 0, CpuQuota = 0, CpuPeriod }: HostConfig, processors: number | undefined): string => {
  const cpus = NanoCpus > 0 ? NanoCpus / 1e9 : CpuQuota > 0 ? CpuQuota / (CpuPeriod || defaultPeriod) : 0;
  return processors !== undefined && processors > 0 && cpus >= processors
    ? `; ${cpus} processors are all that the host has`
    : '';
};

export default defineCheck({
  id: 'container-cpu-limit',
  theme: 'control-groups',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.11', '1.6.0': '5.12', '1.7.0': '5.12', '1.8.0': '5.12' },
  cisLevel: 1,
  title: 'Containers have a processor limit or weight',
  rationale:
    'A container that is neither limited nor weighed against the others can take every processor of the host and starve what else runs there, by a fault or on purpose.',
  remediation:
    'docker update --cpus 0.5 NAME, or docker run --cpus 0.5 …; for a weight relative to others --cpu-shares 512 (compose: cpus, cpu_shares, deploy.resources.limits.cpus). daemon.json has no default for it.',
  decidedBy:
    'HostConfig.NanoCpus or CpuQuota above 0, or a CpuShares other than 0 and 1024 (both the default weight), and the matching field of /info is not false. Windows: CpuCount, CpuPercent or CpuShares above 0.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    acceptCpuset: z.boolean().default(false),
    treatDefaultWeightAsUnset: z.boolean().default(true),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.12',
    'moby/moby daemon/daemon_unix.go (getCPUResources)',
    'docker/docker-bench-security#510',
    'https://docs.docker.com/engine/containers/resource_constraints/#cpu',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect }) => {
      const hostConfig = inspect.HostConfig;
      if (hostConfig === undefined) return fieldNotSeen('HostConfig');
      const weightless = parameters.treatDefaultWeightAsUnset ? [0, defaultWeight] : [0];
      const bounds =
        context.isWindows === true ? windowsBounds(hostConfig) : linuxBounds(hostConfig, context, weightless);
      if (parameters.acceptCpuset && context.isWindows !== true)
        bounds.push({
          field: 'CpusetCpus',
          isSet: (hostConfig.CpusetCpus ?? '') !== '',
          enforced: enforcedBy(context, context.info?.CPUSet),
        });
      const evidence: Evidence[] = bounds.flatMap(({ field }) => {
        const value = hostConfig[field];
        return typeof value === 'number' || typeof value === 'string' ? [{ source: `HostConfig.${field}`, value }] : [];
      });
      const set = bounds.filter(({ isSet }) => isSet);
      const inForce = set.find(({ enforced }) => enforced === true);
      if (inForce !== undefined)
        return pass(
          `The processor share of the container is bounded by ${inForce.field}${quotaRemark(hostConfig, context.info?.NCPU)}`,
          evidence,
        );
      const undecided = set.find(({ enforced }) => enforced === undefined);
      if (undecided !== undefined)
        return unknown(
          `${undecided.field} of the container is set; whether the engine enforces it was not seen`,
          'A GET /info answer with the abilities and the CgroupDriver of the engine',
          evidence,
        );
      const unseen = bounds.find(({ field }) => hostConfig[field] === undefined);
      if (unseen !== undefined) return fieldNotSeen(`HostConfig.${unseen.field}`);
      if (set.length > 0)
        return fail(
          `${set.map(({ field }) => field).join(' and ')} of the container can not be enforced by this engine`,
          [...evidence, { source: 'info.CgroupDriver', value: context.info?.CgroupDriver ?? null }],
        );
      return fail('The container has neither a processor limit nor a weight other than the default', evidence);
    });
  },
});

const enforcedBy = ({ info }: JudgingContext, ...abilities: (boolean | undefined)[]): boolean | undefined => {
  if (info?.CgroupDriver === 'none' || abilities.includes(false)) return false;
  return info?.CgroupDriver === undefined || abilities.includes(undefined) ? undefined : true;
};

const linuxBounds = (hostConfig: HostConfig, context: JudgingContext, weightless: readonly number[]): Bound[] => {
  const { info } = context;
  const quota = enforcedBy(context, info?.CpuCfsQuota, info?.CpuCfsPeriod);
  const { NanoCpus = 0, CpuQuota = 0, CpuShares = 0 } = hostConfig;
  return [
    { field: 'NanoCpus', isSet: NanoCpus > 0, enforced: quota },
    { field: 'CpuQuota', isSet: CpuQuota > 0, enforced: quota }, // -1 means unlimited
    {
      field: 'CpuShares',
      isSet: CpuShares > 0 && !weightless.includes(CpuShares),
      enforced: enforcedBy(context, info?.CPUShares),
    },
  ];
};

/** The engine reports no abilities on Windows; NanoCpus works there as well. */
const windowsBounds = (hostConfig: HostConfig): Bound[] =>
  (['CpuCount', 'CpuPercent', 'CpuShares', 'NanoCpus'] as const).map((field) => ({
    field,
    isSet: (hostConfig[field] ?? 0) > 0,
    enforced: true,
  }));
