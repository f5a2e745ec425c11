import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { allContainersSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { profileOf, unconfined } from './apparmor-profile.ts';

export default defineCheck({
  id: 'container-apparmor-profile',
  theme: 'security-modules',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.1', '1.6.0': '5.2', '1.7.0': '5.2', '1.8.0': '5.2' },
  cisLevel: 1,
  title: 'Containers are confined by an AppArmor profile where the host has AppArmor',
  rationale:
    'The profile keeps a container, even as root, from mounting filesystems and from writing to the parts of /proc and /sys through which the host is controlled.',
  remediation:
    'Create the container again without --security-opt apparmor=unconfined and without --privileged: docker-default is then in force. A profile of your own: docker run --security-opt apparmor=NAME … (compose: security_opt: ["apparmor=NAME"]). There is no key for it in daemon.json.',
  decidedBy:
    'AppArmorProfile of a container that was started, where info.SecurityOptions has name=apparmor; for one never started, what HostConfig.SecurityOpt and Privileged will make of it. Whether a profile enforces or only complains is not in the API.',
  needs: ['containers', 'info'],
  parameters: containerParameters.extend({ allowedProfiles: z.array(z.string()).default(['*']) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.2',
    'moby/moby daemon/container_linux.go (saveAppArmorConfig), daemon/info.go (fillSecurityOptions)',
    'moby/moby commit 80c22f0982',
    'https://docs.docker.com/engine/security/apparmor/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const forAll = judgeHost(context);
    if (forAll !== undefined) {
      yield { subject: allContainersSubject, ...forAll };
      return;
    }
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, (judged) => {
      const { inspect } = judged;
      const seen = profileOf(judged, context);
      if ('outcome' in seen) return seen;
      const { profile, evidence } = seen;
      if (profile === '' || profile === unconfined)
        // Privileged mode takes the profile away, whatever the options say.
        return fail(
          'No AppArmor profile confines the container',
          evidence,
          inspect.HostConfig?.Privileged === true ? { causedBy: 'container-privileged' } : {},
        );
      return parameters.allowedProfiles.some((pattern) => matchesPattern(profile, pattern))
        ? pass(`The AppArmor profile ${profile} confines the container`, evidence)
        : fail(`The AppArmor profile ${profile} is not one that the policy allows`, evidence);
    });
  },
});

/** One answer for the whole host where it has no AppArmor, or where that was not seen. */
const judgeHost = ({ info, isWindows }: JudgingContext): Judgement | undefined => {
  if (isWindows === true) return notApplicable('Windows has no AppArmor');
  const options = info?.SecurityOptions;
  if (options === undefined || options === null)
    return unknown('info.SecurityOptions was not seen', 'An engine that reports its security options');
  return options.includes('name=apparmor')
    ? undefined
    : notApplicable('The engine uses no AppArmor on this host', [{ source: 'info.SecurityOptions', value: options }]);
};
