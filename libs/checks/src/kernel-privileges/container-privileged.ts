import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';
import { z } from 'zod';

/** Under these the flag means privileges inside a sandbox, not on the host. */
const sandboxRuntimes = ['runsc', 'io.containerd.runsc.v1', 'kata-runtime', 'io.containerd.kata.v2', 'sysbox-runc'];

export default defineCheck({
  id: 'container-privileged',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  cis: { '1.5.0': '5.4', '1.6.0': '5.5', '1.7.0': '5.5', '1.8.0': '5.5' },
  cisLevel: 1,
  title: 'Containers do not run privileged',
  rationale:
    'A privileged container holds every capability, sees every device of the host and runs without seccomp, AppArmor or SELinux. Whoever takes it over mounts the disk of the host and is root there.',
  remediation:
    'Create the container again without --privileged (compose: remove "privileged: true") and grant only what it needs: docker run --cap-add NET_ADMIN --device /dev/net/tun …',
  decidedBy:
    'HostConfig.Privileged of every container; less severe on a rootless daemon and under a sandboxing runtime.',
  needs: ['containers'],
  parameters: containerParameters.extend({ sandboxRuntimes: z.array(z.string()).default(sandboxRuntimes) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.5',
    'https://docs.docker.com/reference/cli/docker/container/run/#privileged',
    'moby/moby api/types/container/hostconfig.go',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no privileged mode');
      const privileged = inspect.HostConfig?.Privileged;
      if (privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
      const evidence = [{ source: 'HostConfig.Privileged', value: privileged }];
      if (!privileged) return pass('The container is not privileged', evidence);
      const runtime = inspect.HostConfig?.Runtime || context.info?.DefaultRuntime;
      if (context.isRootless === true)
        return fail(
          'The container is privileged, within the rights of the user who runs the rootless daemon',
          evidence,
          { severity: 'high' },
        );
      if (runtime !== undefined && parameters.sandboxRuntimes.includes(runtime))
        return fail(
          `The container is privileged inside the sandbox of ${runtime}`,
          [...evidence, { source: 'HostConfig.Runtime', value: runtime }],
          { severity: 'high' },
        );
      return fail('The container is privileged: it has all capabilities, all devices and no confinement', evidence);
    });
  },
});
