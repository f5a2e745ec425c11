import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

/** With cgroupfs `kubepods` and `/kubepods` are the same folder; a systemd slice has no slash. */
const withoutSlash = (parent: string): string => parent.replace(/^\/+/, '');

export default defineCheck({
  id: 'container-cgroup-parent',
  theme: 'control-groups',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.24', '1.6.0': '5.25', '1.7.0': '5.25', '1.8.0': '5.25' },
  cisLevel: 1,
  title: "Containers stay in the engine's own control group",
  rationale:
    "A container below another control group takes part in that group's limits and none of the engine's: it can take memory and processor time from services of the host, or escape a limit that was meant for all containers.",
  remediation:
    'Create the container again without --cgroup-parent (compose: remove "cgroup_parent"), or confirm the group by adding it to the parameter allowedParents. For all containers: "cgroup-parent" in daemon.json.',
  decidedBy:
    'HostConfig.CgroupParent: anything but an empty value fails unless allowedParents has it; the groups of Kubernetes are allowed.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** `*` stands for any text; with and without a leading slash is the same. */
    allowedParents: z
      .array(z.string())
      .default(['kubepods', '/kubepods', 'kubepods.slice', 'kubepods-*', '/kubepods/*']),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.25',
    'https://docs.docker.com/reference/cli/docker/container/run/#cgroup-parent',
    'moby/moby daemon/oci_linux.go (withCgroups)',
    'containers/podman libpod/container_inspect_linux.go',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const allowed = parameters.allowedParents.map(withoutSlash);
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no control groups');
      const parent = inspect.HostConfig?.CgroupParent;
      if (parent === undefined) return fieldNotSeen('HostConfig.CgroupParent');
      const evidence = [{ source: 'HostConfig.CgroupParent', value: parent }];
      if (parent === '') return pass('The container has no control group parent of its own', evidence);
      if (allowed.some((pattern) => matchesPattern(withoutSlash(parent), pattern)))
        return pass(`The control group ${parent} is an allowed parent`, evidence);
      return fail(`The container runs below the control group ${parent}, which nobody confirmed`, evidence);
    });
  },
});
