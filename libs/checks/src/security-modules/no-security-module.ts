import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { fail, pass } from '../engine/verdict.ts';
import { Severity } from '../engine/vocabulary.ts';

export default defineCheck({
  id: 'no-security-module',
  theme: 'security-modules',
  severity: 'high',
  subject: 'daemon',
  title: 'The daemon confines containers by AppArmor or SELinux',
  rationale:
    'These modules say no where everything else has said yes: to root in a container that writes to /proc, mounts, or reads files of the host that a mistake put within its reach. Without one, namespaces and capabilities are all there is.',
  remediation:
    'Debian and Ubuntu: apt install apparmor, boot with it (apparmor=1 security=apparmor), restart the daemon. Red Hat’s family: install container-selinux and set "selinux-enabled": true in daemon.json, which takes a restart.',
  decidedBy:
    'Whether info.SecurityOptions has name=apparmor or name=selinux. It does not say whether SELinux enforces or only logs; other modules do not show.',
  needs: ['info'],
  parameters: z.strictObject({
    /** For a rootless daemon, which can apply neither. */
    severityRootless: Severity.default('medium'),
  }),
  sources: [
    'https://docs.docker.com/engine/security/apparmor/',
    'moby/moby daemon/info.go (fillSecurityOptions), pkg/sysinfo',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, { notOnWindows: 'Windows has neither AppArmor nor SELinux' }, (info) => {
      const options = securityOptionsOf(info);
      if (options === undefined) return infoNotSeen('SecurityOptions');
      const evidence = [
        ...securityOptionsEvidence(info),
        { source: 'info.OperatingSystem', value: info.OperatingSystem ?? null },
      ];
      const names = new Set(options.map(({ name }) => name));
      if (names.has('apparmor')) return pass('AppArmor confines containers', evidence);
      if (names.has('selinux'))
        return pass('SELinux labels containers; the API does not tell whether it enforces', evidence);
      if (names.has('rootless'))
        return fail('A rootless daemon can apply neither AppArmor nor SELinux', evidence, {
          severity: parameters.severityRootless,
        });
      return fail('Neither AppArmor nor SELinux confines containers', evidence);
    });
  },
});
