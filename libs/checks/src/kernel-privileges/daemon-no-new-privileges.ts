import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { aboutDaemon, infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { noNewPrivilegesOption as option } from '../engine/no-new-privileges.ts';
import { fail, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'daemon-no-new-privileges',
  theme: 'kernel-privileges',
  severity: 'medium',
  subject: 'daemon',
  cis: { '1.6.0': '2.14', '1.7.0': '2.14', '1.8.0': '2.15' },
  cisLevel: 1,
  title: 'New containers can not gain privileges by default',
  rationale:
    'A process that is no longer root gets its rights back through a set-uid program such as su, if the image has one. The kernel refuses that once for all when told to.',
  remediation:
    'Set "no-new-privileges": true in daemon.json, restart, and create the containers again, since they keep what held at their creation. For one container: docker run --security-opt no-new-privileges (compose: security_opt).',
  decidedBy:
    'Whether info.SecurityOptions has name=no-new-privileges. Engines before 24.0 do not report it: there the option of that name decides, on the command line of docker.service and in daemon.json.',
  needs: ['info'],
  sources: ['CIS Docker Benchmark 1.6.0, 2.14', 'moby/moby daemon/info.go, daemon/daemon_unix.go (parseSecurityOpt)'],
  *evaluate({ snapshot, context }) {
    const options = { notOnPodman: 'Podman has no such option', notOnWindows: 'Windows has no such flag' };
    yield* aboutDaemon(context, options, (info) => {
      const seen = securityOptionsOf(info);
      if (seen === undefined) return infoNotSeen('SecurityOptions');
      const evidence = securityOptionsEvidence(info);
      if (seen.some(({ name }) => name === 'no-new-privileges'))
        return pass('Processes of new containers can not gain privileges', evidence);
      const mayGain = 'Processes in containers may gain privileges through set-uid programs';
      if (engineIsAtLeast(context, 24, 0) === true) return fail(mayGain, evidence);
      const untold = 'Engines before 24.0 do not report this setting';
      return judgeConfigured({ snapshot, context, option, untold, evidence }, (values, all) => {
        const isOn = values === undefined ? false : switchOf(values.at(-1));
        if (isOn === undefined) return unknown('The option is not understood', 'A look at daemon.json', all);
        return isOn ? pass('Processes of new containers can not gain privileges', all) : fail(mayGain, all);
      });
    });
  },
});
