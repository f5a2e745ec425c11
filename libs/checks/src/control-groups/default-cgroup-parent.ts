import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, onlyHostFilesTell } from '../engine/daemon.ts';
import { notApplicable } from '../engine/verdict.ts';

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
    'The default parent is in files of the host alone: an inspect shows only what a container set itself. Not applicable where there are no control groups.',
  needs: ['info'],
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.10',
    'moby/moby daemon/oci_linux.go, daemon/daemon_unix.go (verifyDaemonSettings)',
  ],
  *evaluate({ context }) {
    const options = { notOnPodman: 'Podman has no such option', notOnWindows: 'Windows has no control groups' };
    yield* aboutDaemon(context, options, (info) => {
      const evidence =
        info.CgroupDriver === undefined ? [] : [{ source: 'info.CgroupDriver', value: info.CgroupDriver }];
      return info.CgroupDriver === 'none'
        ? notApplicable('The daemon uses no control groups', evidence)
        : onlyHostFilesTell('Nothing in the API shows the default parent of containers', evidence);
    });
  },
});
