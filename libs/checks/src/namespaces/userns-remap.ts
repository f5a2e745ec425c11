import { isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

export default defineCheck({
  id: 'userns-remap',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '2.9', '1.7.0': '2.9', '1.8.0': '2.10' },
  cisLevel: 2,
  title: 'Containers run in a user namespace of their own',
  rationale:
    'Without a user namespace, root in a container is root of the host as soon as anything else gives way: a kernel flaw, a mount too many, a leaked file descriptor. With one it is a user without rights.',
  remediation:
    'Set "userns-remap": "default" in daemon.json (with ranges in /etc/subuid and /etc/subgid) and restart the daemon; images and containers then live under another data root and have to be made again. Or run the daemon rootless: dockerd-rootless-setuptool.sh install. A container does not need --userns=host (compose: userns_mode: host).',
  decidedBy: 'Whether info.SecurityOptions has name=userns or, unless acceptRootless is off, name=rootless.',
  needs: ['info'],
  parameters: z.strictObject({ acceptRootless: z.boolean().default(true) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.9',
    'https://docs.docker.com/engine/security/userns-remap/',
    'moby/moby daemon/info.go (fillSecurityOptions)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* aboutDaemon(context, { notOnWindows: 'Windows has no user namespaces' }, (info) => {
      const options = securityOptionsOf(info);
      if (options === undefined) return infoNotSeen('SecurityOptions');
      const evidence = securityOptionsEvidence(info);
      const has = (wanted: string): boolean => options.some(({ name }) => name === wanted);
      if (has('rootless'))
        return parameters.acceptRootless
          ? pass('The daemon is rootless: all of it runs in a user namespace', evidence)
          : fail('The daemon is rootless and does not remap the users of its containers', evidence);
      // Podman maps users for each container and has no setting for all: containers are judged by themselves.
      if (context.isPodman === true) return notApplicable('Podman has no user mapping for all containers', evidence);
      if (!has('userns')) return fail('Root in a container is root on the host: users are not remapped', evidence);
      const unmapped = isMissing(snapshot.containers)
        ? []
        : snapshot.containers.value
            .filter(({ inspect }) => 'value' in inspect && inspect.value.HostConfig?.UsernsMode === 'host')
            .map(({ name }) => name);
      if (unmapped.length === 0) return pass('Users in containers are remapped', evidence);
      return pass(`Users in containers are remapped, but for ${unmapped.length} that opted out of it`, [
        ...evidence,
        { source: 'containers with HostConfig.UsernsMode host', value: unmapped },
      ]);
    });
  },
});
