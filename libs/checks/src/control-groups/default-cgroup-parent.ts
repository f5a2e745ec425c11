import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import { aboutDaemon } from '../engine/daemon.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

const option = { flags: ['--cgroup-parent'], key: 'cgroup-parent' };

export default defineCheck({
  id: 'default-cgroup-parent',
  theme: 'control-groups',
  severity: 'low',
  subject: 'daemon',
  cis: { '1.6.0': '2.10', '1.7.0': '2.10', '1.8.0': '2.11' },
  cisLevel: 2,
  title: 'Containers sit under the default control group, or one that was chosen on purpose',
  rationale:
    'Under another parent the containers share the limits of whatever else is there, or escape those that were meant for them.',
  remediation:
    'Remove "cgroup-parent" from daemon.json (and --cgroup-parent from the command line of dockerd) and restart. For one container: docker run --cgroup-parent (compose: cgroup_parent).',
  decidedBy:
    'The option cgroup-parent on the command line of docker.service and in daemon.json: an inspect shows only what a container set itself. Not applicable where there are no control groups.',
  needs: ['info'],
  parameters: z.strictObject({
    /** Parents that were chosen on purpose, e.g. `containers.slice`. */
    confirmedParents: z.array(z.string()).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.10',
    'moby/moby daemon/oci_linux.go, daemon/daemon_unix.go (verifyDaemonSettings)',
  ],
  *evaluate({ snapshot, context, parameters: { confirmedParents } }) {
    const options = { notOnPodman: 'Podman has no such option', notOnWindows: 'Windows has no control groups' };
    yield* aboutDaemon(context, options, (info) => {
      const evidence =
        info.CgroupDriver === undefined ? [] : [{ source: 'info.CgroupDriver', value: info.CgroupDriver }];
      if (info.CgroupDriver === 'none') return notApplicable('The daemon uses no control groups', evidence);
      const untold = 'Nothing in the API shows the default parent of containers';
      return judgeConfigured({ snapshot, context, option, untold, evidence }, (values, all) => {
        const parent = values?.at(-1) ?? '';
        if (parent === '') return pass('Containers sit under the default control group', all);
        return confirmedParents.includes(parent)
          ? pass(`Containers sit under ${parent}, which was chosen on purpose`, all)
          : fail(`Containers sit under ${parent}, and nobody has confirmed that`, all);
      });
    });
  },
});
