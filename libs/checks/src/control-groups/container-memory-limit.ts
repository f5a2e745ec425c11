import { type EngineInfo, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { type Evidence, fail, pass, unknown } from '../engine/verdict.ts';

/** Why the engine could not hold a container to a limit that is set; undefined where it can, or did not say. */
const whyNotEnforced = (info: EngineInfo | undefined, isWindows: boolean): string | undefined => {
  if (isWindows) return undefined; // these fields are of Linux alone, and false there
  if (info?.CgroupDriver === 'none') return 'the daemon has no control groups (info.CgroupDriver is "none")';
  return info?.MemoryLimit === false ? 'the kernel offers no memory limits (info.MemoryLimit is false)' : undefined;
};

export default defineCheck({
  id: 'container-memory-limit',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.10', '1.6.0': '5.11', '1.7.0': '5.11', '1.8.0': '5.11' },
  cisLevel: 1,
  title: 'Containers have a memory limit',
  rationale:
    'Without a limit one container can use up the memory of the host, and the kernel then ends other containers or the daemon itself.',
  remediation:
    'docker update --memory 512m --memory-swap 512m NAME, or docker run --memory 512m … (compose: mem_limit: 512m or deploy.resources.limits.memory). daemon.json has no default for it.',
  decidedBy:
    'HostConfig.Memory is above 0 and below maxShareOfHost of info.MemTotal, and the engine can enforce it: info.MemoryLimit, info.CgroupDriver and, where sampled, the limit in memory_stats.',
  needs: ['containers'],
  parameters: containerParameters.extend({ maxShareOfHost: z.number().positive().max(1).default(1) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.11',
    'moby/moby api/types/container/hostconfig.go (Resources), daemon/daemon_unix.go (adaptContainerSettings)',
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'https://docs.docker.com/engine/security/rootless/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const { info } = context;
    const isWindows = context.isWindows === true;
    const notEnforced = whyNotEnforced(info, isWindows);
    const enforcementSeen = isWindows || (info?.MemoryLimit !== undefined && info.CgroupDriver !== undefined);
    const hostBytes = info?.MemTotal;
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect }) => {
      const hostConfig = inspect.HostConfig;
      const bytes = hostConfig?.Memory;
      if (bytes === undefined) return fieldNotSeen('HostConfig.Memory');
      const evidence: Evidence[] = [{ source: 'HostConfig.Memory', value: bytes }];
      // -1 has a meaning for MemorySwap alone: the engine ignores a memory limit below 0.
      if (bytes <= 0) {
        if (isWindows && (hostConfig?.Isolation || info?.Isolation) === 'hyperv')
          return pass('The virtual machine of the container has a default limit', [
            ...evidence,
            { source: 'HostConfig.Isolation', value: hostConfig?.Isolation ?? null },
          ]);
        const noKill = hostConfig?.OomKillDisable === true;
        return fail(
          `The container has no memory limit${noKill ? ', and the kernel may not end it when memory runs out' : ''}`,
          noKill ? [...evidence, { source: 'HostConfig.OomKillDisable', value: true }] : evidence,
          noKill ? { severity: 'high' } : {},
        );
      }
      if (hostBytes !== undefined && hostBytes > 0 && bytes >= parameters.maxShareOfHost * hostBytes)
        return fail(`The memory limit of ${bytes} bytes is no less than what the container may have of the host`, [
          ...evidence,
          { source: 'info.MemTotal', value: hostBytes },
        ]);
      // The engine reports the memory of the host where the control group has no limit.
      const inKernel = valueOf(container.stats)?.memory_stats?.limit;
      const sampled = [...evidence, { source: 'memory_stats.limit', value: inKernel ?? null }];
      if (hostBytes !== undefined && hostBytes > 0) {
        if (inKernel !== undefined && inKernel > 0 && inKernel <= bytes)
          return pass(`The kernel holds the container to ${inKernel} bytes of memory`, sampled);
        if (notEnforced === undefined && inKernel !== undefined && inKernel >= hostBytes)
          return unknown(
            'The engine says that it enforces memory limits, and the control group of the container shows none',
            'A look at the control group of the container on the host',
            sampled,
          );
      }
      if (notEnforced !== undefined)
        return fail(`The memory limit is set and has no effect: ${notEnforced}`, [
          ...evidence,
          { source: 'info.MemoryLimit', value: info?.MemoryLimit ?? null },
          { source: 'info.CgroupDriver', value: info?.CgroupDriver ?? null },
        ]);
      return enforcementSeen && hostBytes !== undefined && hostBytes > 0
        ? pass(`The container is limited to ${bytes} bytes of memory`, evidence)
        : unknown(
            `A limit of ${bytes} bytes is set; whether it is in force was not seen`,
            'A GET /info answer with MemTotal, MemoryLimit and CgroupDriver, or a sample of the container',
            evidence,
          );
    });
  },
});
