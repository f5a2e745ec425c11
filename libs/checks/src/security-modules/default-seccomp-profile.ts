import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { aboutDaemon, infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { fail, pass, unknown } from '../engine/verdict.ts';

/** The same built-in profile: `default` up to 20.10 and on Podman, `builtin` since 23.0. */
const builtInNames = new Set(['builtin', 'default']);

export default defineCheck({
  id: 'default-seccomp-profile',
  theme: 'security-modules',
  severity: 'high',
  subject: 'daemon',
  cis: { '1.6.0': '2.17', '1.7.0': '2.17', '1.8.0': '2.18' },
  cisLevel: 2,
  title: 'A seccomp profile is in force by default',
  rationale:
    'The profile keeps containers from some sixty system calls that ordinary programs never need and that flaws in the kernel are reached by. Without it a container may call them all.',
  remediation:
    'Remove "seccomp-profile" from daemon.json (and --seccomp-profile from the command line of dockerd) and restart: the built-in profile is back. A profile of your own that was reviewed goes into the parameter confirmedProfiles. For one container: docker run --security-opt seccomp=PROFILE.json (compose: security_opt).',
  decidedBy:
    'The profile of name=seccomp in info.SecurityOptions: builtin or default pass, unconfined or no entry fails; for a path a person has to say whether it fits.',
  question: 'Has somebody reviewed the seccomp profile that this daemon uses in place of the built-in one?',
  needs: ['info'],
  parameters: z.strictObject({ confirmedProfiles: z.array(z.string()).default([]) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 2.17',
    'https://docs.docker.com/engine/security/seccomp/',
    'moby/moby daemon/info.go (fillSecurityOptions), daemon/config/config.go (SeccompProfileDefault)',
  ],
  *evaluate({ context, parameters }) {
    yield* aboutDaemon(context, { notOnWindows: 'Windows has no seccomp' }, (info) => {
      const options = securityOptionsOf(info);
      if (options === undefined) return infoNotSeen('SecurityOptions');
      const warning = info.Warnings?.find((line) => line.includes('not using the default seccomp profile'));
      const evidence = [
        ...securityOptionsEvidence(info),
        ...(warning === undefined ? [] : [{ source: 'info.Warnings', value: warning }]),
      ];
      const seccomp = options.find(({ name }) => name === 'seccomp');
      if (seccomp === undefined)
        return fail('Neither engine nor kernel filter system calls: there is no seccomp', evidence);
      const { profile } = seccomp;
      if (profile === undefined)
        return unknown('The engine does not say which profile it uses', 'An engine of API 1.25 or later', evidence);
      if (builtInNames.has(profile)) return pass('The built-in seccomp profile is in force', evidence);
      if (profile === 'unconfined')
        return fail('Containers run without a seccomp profile unless they name one themselves', evidence);
      if (parameters.confirmedProfiles.includes(profile))
        return pass(`The confirmed seccomp profile ${profile} is in force`, evidence);
      return unknown(
        `The daemon uses a profile of its own, ${profile}, and nobody has confirmed it`,
        'A person who reviews the profile and adds its path to the parameter confirmedProfiles',
        evidence,
      );
    });
  },
});
