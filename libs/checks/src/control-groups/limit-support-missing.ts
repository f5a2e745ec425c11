import type { EngineInfo } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { aboutDaemon, infoNotSeen } from '../engine/daemon.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type Judgement, fail, pass } from '../engine/verdict.ts';

/** Without one of these a limit of that kind is taken with a warning, and does nothing. */
const needed = ['MemoryLimit', 'CpuCfsQuota', 'PidsLimit'] as const;

export default defineCheck({
  id: 'limit-support-missing',
  theme: 'control-groups',
  severity: 'medium',
  subject: 'daemon',
  title: 'The kernel enforces limits on memory, processors and processes',
  rationale:
    'Where a controller is missing, the engine accepts the limit of a container and ignores it. What looks bounded can take the whole host.',
  remediation:
    'Boot with the controllers on (old kernels: cgroup_enable=memory swapaccount=1), move to cgroup v2, or delegate the controllers to the user of a rootless daemon: systemctl edit user@.service with Delegate=cpu cpuset io memory pids.',
  decidedBy:
    'info.MemoryLimit, CpuCfsQuota and PidsLimit are true and CgroupDriver is not none. A missing SwapLimit, or cgroup v1, weighs less.',
  needs: ['info'],
  parameters: z.strictObject({ warnCgroupV1: z.boolean().default(true) }),
  sources: [
    'https://docs.docker.com/engine/security/rootless/',
    'moby/moby daemon/info_unix.go, api/swagger.yaml (SystemInfo)',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, { notOnWindows: 'Windows limits containers by other means' }, (info) =>
      judgeSupport(info, context, parameters.warnCgroupV1),
    );
  },
});

const judgeSupport = (info: EngineInfo, context: JudgingContext, warnCgroupV1: boolean): Judgement => {
  const fields = [
    ...needed,
    'SwapLimit',
    'CpuCfsPeriod',
    'CPUShares',
    'CPUSet',
    'CgroupDriver',
    'CgroupVersion',
  ] as const;
  const evidence = fields.flatMap((field) => {
    const value = info[field];
    return value === undefined ? [] : [{ source: `info.${field}`, value }];
  });
  if (info.CgroupDriver === 'none')
    return fail('The daemon uses no control groups: every limit of a container is ignored', evidence);
  const off = needed.filter((field) => info[field] === false);
  if (off.length > 0) return fail(`Limits of this kind are ignored: ${off.join(', ')}`, evidence);
  const unseen = [...needed, 'CgroupDriver' as const, 'SwapLimit' as const].find((field) => info[field] === undefined);
  if (unseen !== undefined) return infoNotSeen(unseen);
  if (info.SwapLimit === false) return fail('A limit on memory does not bound swap', evidence, { severity: 'low' });
  // Engines before 20.10 know no other version, and do not name it.
  const version = info.CgroupVersion ?? (engineIsAtLeast(context, 20, 10) === false ? '1' : undefined);
  if (warnCgroupV1 && version === undefined) return infoNotSeen('CgroupVersion');
  if (warnCgroupV1 && version === '1')
    return fail('The host uses cgroup v1, which engine and runc are giving up', evidence, { severity: 'low' });
  return pass('The kernel enforces limits on memory, processors and processes', evidence);
};
