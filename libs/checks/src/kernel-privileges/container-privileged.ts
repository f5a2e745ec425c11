import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';
import { defaultSandboxRuntimes, sandboxOf } from '../engine/sandbox-runtimes.ts';
import { z } from 'zod';

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
    'Create the container again without --privileged (compose: remove "privileged: true") and grant only what it needs: docker run --cap-add NET_ADMIN --device /dev/net/tun … (compose: cap_add, devices). No key of daemon.json forbids it, but a daemon with "userns-remap" refuses it unless --userns host is given too.',
  decidedBy:
    'HostConfig.Privileged of every container; high instead of critical on a rootless daemon, under a sandboxing runtime, and for a container that is not up.',
  needs: ['containers'],
  parameters: containerParameters.extend({ sandboxRuntimes: z.array(z.string()).default(defaultSandboxRuntimes) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.5',
    'https://docs.docker.com/reference/cli/docker/container/run/#privileged',
    'moby/moby api/types/container/hostconfig.go, daemon/daemon_unix.go (verifyPlatformContainerSettings)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, ({ inspect, up }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no privileged mode');
      const privileged = inspect.HostConfig?.Privileged;
      if (privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
      const evidence = [{ source: 'HostConfig.Privileged', value: privileged }];
      if (!privileged) return pass('The container is not privileged', evidence);
      const sandbox = sandboxOf(context, inspect.HostConfig, parameters.sandboxRuntimes);
      // High is the least a privileged container weighs: whoever may call the API can start it, and the stopped one
      // loses a step of its own, so the milder places count only while it is up.
      const severity = up || parameters.stoppedContainers !== 'lower' ? 'high' : 'critical';
      if (context.isRootless === true)
        return fail('The container is privileged, within the rights of the user who runs the daemon', evidence, {
          severity,
        });
      if (sandbox !== undefined)
        return fail(
          `The container is privileged inside the sandbox of ${sandbox}`,
          [...evidence, { source: 'HostConfig.Runtime', value: sandbox }],
          { severity },
        );
      if (context.isUserRemapped === true && inspect.HostConfig?.UsernsMode === 'host')
        return fail('The container is privileged and opts out of the user namespace that the daemon would give it', [
          ...evidence,
          { source: 'HostConfig.UsernsMode', value: 'host' },
        ]);
      return fail('The container is privileged: it has all capabilities, all devices and no confinement', evidence);
    });
  },
});
