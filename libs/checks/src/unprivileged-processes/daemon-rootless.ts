import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

export default defineCheck({
  id: 'daemon-rootless',
  theme: 'unprivileged-processes',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '2.1', '1.7.0': '2.1', '1.8.0': '2.1' },
  cisLevel: 1,
  title: 'The daemon runs without root',
  rationale:
    'The daemon of an ordinary installation is root, and so is whoever finds a flaw in it or gets out of a container. In rootless mode both end up as an ordinary user of the host.',
  remediation:
    'Set the daemon up for an account of its own: dockerd-rootless-setuptool.sh install, on a host with cgroup v2 and systemd, since limits have no effect otherwise. It has no daemon.json key. Where it can not be done, state that with the parameter acceptRootful.',
  decidedBy:
    'Whether info.SecurityOptions has name=rootless. User remapping is another thing: the daemon itself stays root.',
  needs: ['info'],
  parameters: z.strictObject({ acceptRootful: z.boolean().default(false) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.1',
    'https://docs.docker.com/engine/security/rootless/',
    'moby/moby daemon/info.go (fillSecurityOptions)',
    'containers/podman pkg/api/handlers/compat/info.go (getSecOpts)',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, { notOnWindows: 'Windows has no rootless mode' }, (info) => {
      const options = securityOptionsOf(info);
      if (options === undefined) return infoNotSeen('SecurityOptions');
      const evidence = securityOptionsEvidence(info);
      if (options.some(({ name }) => name === 'rootless'))
        return info.CgroupDriver === 'none'
          ? pass('The daemon runs without root; it has no control groups, so every limit of a container is ignored', [
              ...evidence,
              { source: 'info.CgroupDriver', value: info.CgroupDriver },
            ])
          : pass('The daemon runs without root', evidence);
      if (parameters.acceptRootful) return notApplicable('A daemon that runs as root is accepted here', evidence);
      return fail(
        options.some(({ name }) => name === 'userns')
          ? 'The daemon runs as root; user remapping covers its containers, not the daemon'
          : 'The daemon runs as root',
        evidence,
      );
    });
  },
});
