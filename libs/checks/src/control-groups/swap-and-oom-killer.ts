import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { type Evidence, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { describeBytes } from './since-earlier.ts';

export default defineCheck({
  id: 'swap-and-oom-killer',
  theme: 'control-groups',
  severity: 'low',
  subject: 'container',
  title: 'A memory limit bounds swap too, and the OOM killer stays on',
  rationale:
    'A container that may swap without bound grinds the disk of the whole host while its memory limit looks fine. One that may not be ended when memory runs out freezes, and without a limit the host freezes with it.',
  remediation:
    'docker update --memory 512m --memory-swap 512m NAME, and create the container again without --oom-kill-disable (compose: memswap_limit: 512m, oom_kill_disable: false). daemon.json has no default for it.',
  decidedBy:
    'HostConfig.Memory, MemorySwap (memory and swap together; the engine stores twice the memory by default) and OomKillDisable, where info.SwapLimit says that swap is counted. Without a limit and with OomKillDisable it is high, and follows from container-memory-limit.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Memory and swap together may be so many times the memory. */
    maxSwapFactor: z.number().min(1).default(2),
  }),
  sources: [
    'https://docs.docker.com/engine/containers/resource_constraints/',
    'moby/moby daemon/daemon_unix.go (adaptContainerSettings, verifyPlatformContainerResources)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows bounds memory in another way');
      const { Memory, MemorySwap, OomKillDisable } = inspect.HostConfig ?? {};
      if (Memory === undefined) return fieldNotSeen('HostConfig.Memory');
      // Version 2 of control groups has no such switch: the engine drops it, and stores null.
      if (OomKillDisable === undefined) return fieldNotSeen('HostConfig.OomKillDisable');
      const evidence: Evidence[] = [
        { source: 'HostConfig.Memory', value: Memory },
        { source: 'HostConfig.MemorySwap', value: MemorySwap ?? null },
        { source: 'HostConfig.OomKillDisable', value: OomKillDisable },
      ];
      if (OomKillDisable === true)
        return Memory > 0
          ? fail('The kernel may not end the container when its memory runs out: it freezes instead', evidence)
          : fail(
              'The container has no memory limit and may not be ended when memory runs out: the host can freeze',
              evidence,
              {
                severity: 'high',
                causedBy: 'container-memory-limit',
              },
            );
      if (Memory <= 0)
        return notApplicable('The container has no memory limit, which container-memory-limit judges', evidence);
      const counted = context.info?.SwapLimit;
      const all = [...evidence, { source: 'info.SwapLimit', value: counted ?? null }];
      if (counted !== true)
        return unknown(
          counted === false
            ? 'Swap is not counted on this host, so a bound on it has no effect'
            : 'Whether swap is counted on this host was not seen',
          'Swap accounting on the host (kernel parameter swapaccount=1, or cgroup v2)',
          all,
        );
      if (MemorySwap === undefined) return fieldNotSeen('HostConfig.MemorySwap');
      if (MemorySwap === -1) return fail('The container may use as much swap as there is', all);
      if (MemorySwap < Memory)
        return unknown(
          'The bound on memory and swap is below that on memory',
          'An engine that stores a bound of both',
          all,
        );
      return MemorySwap > Memory * parameters.maxSwapFactor
        ? fail(
            `The container may use ${describeBytes(MemorySwap - Memory)} of swap beside ${describeBytes(Memory)} of memory`,
            all,
          )
        : pass('The memory limit bounds swap too, and the kernel may end the container', all);
    });
  },
});
