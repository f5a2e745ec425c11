import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { hasImageLike } from '../engine/image-names.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'cgroupns-host',
  theme: 'namespaces',
  severity: 'low',
  subject: 'container',
  title: 'Containers on cgroup v2 hosts have their own cgroup namespace',
  rationale:
    'In the control-group namespace of the host a container sees the whole tree: names, limits and use of every other container, which is a map for whoever breaks in.',
  remediation:
    'Create the container again without --cgroupns host (compose: remove "cgroup: host"). Where every container has it: remove "default-cgroupns-mode": "host" from daemon.json, or let automation speak API 1.41 or newer.',
  decidedBy:
    'HostConfig.CgroupnsMode where info.CgroupVersion is 2. On version 1 the host’s is the default, and does not count.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Images that measure the host by nature. */
    exemptImages: z.array(z.string()).default(['*/cadvisor', '*/node-exporter']),
  }),
  sources: [
    'https://docs.docker.com/reference/cli/dockerd/',
    'moby/moby daemon/daemon_unix.go (adaptContainerSettings)',
    'moby/moby daemon/server/router/container/container_routes.go',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const version = context.info?.CgroupVersion;
    const tooOld = engineIsAtLeast(context, 20, 10) === false;
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no control groups');
      if (version === '1')
        return notApplicable('The host uses cgroup v1, where the namespace of the host is the default', [
          { source: 'info.CgroupVersion', value: version },
        ]);
      const mode = inspect.HostConfig?.CgroupnsMode;
      if (tooOld && version === undefined && mode === undefined)
        return notApplicable('Engines before 20.10 know no control-group namespaces');
      if (version !== '2')
        return unknown(
          'Which version of control groups the host uses was not seen',
          'An engine that reports info.CgroupVersion',
        );
      if (mode === undefined) return fieldNotSeen('HostConfig.CgroupnsMode');
      const evidence = [
        { source: 'info.CgroupVersion', value: version },
        { source: 'HostConfig.CgroupnsMode', value: mode },
      ];
      if (mode === 'private') return pass('The container has a control-group namespace of its own', evidence);
      if (mode !== 'host')
        return unknown(
          `No engine is known to use the control-group mode "${mode}"`,
          'An engine that names the mode',
          evidence,
        );
      return hasImageLike(container, parameters.exemptImages)
        ? notApplicable(
            'The container measures the host by nature, and the policy lets it see the control groups',
            evidence,
          )
        : fail('The container sees the control groups of the whole host', evidence);
    });
  },
});
