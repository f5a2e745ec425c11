import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { allContainersSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const unconfined = 'unconfined';

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

type SeenProfile = { readonly profile: string; readonly evidence: Judgement['evidence'] };

/** The profile is written when a container starts; where there is none yet, it is predicted. */
const profileOf = ({ inspect, up }: JudgedContainer, context: JudgingContext): SeenProfile | Judgement => {
  const profile = inspect.AppArmorProfile;
  if (profile === undefined) return fieldNotSeen('AppArmorProfile');
  return up || profile !== ''
    ? { profile, evidence: [{ source: 'AppArmorProfile', value: profile }] }
    : predictedProfile(inspect, context);
};

const predictedProfile = ({ HostConfig }: ContainerInspect, context: JudgingContext): SeenProfile | Judgement => {
  const options = HostConfig?.SecurityOpt;
  if (options === undefined) return fieldNotSeen('HostConfig.SecurityOpt');
  const privileged = HostConfig?.Privileged;
  if (privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
  const evidence = [
    { source: 'HostConfig.SecurityOpt', value: options },
    { source: 'HostConfig.Privileged', value: privileged },
  ];
  const option = (options ?? []).findLast((candidate) => /^apparmor[=:]/.test(candidate))?.slice('apparmor='.length);
  if (!privileged) return { profile: option || 'docker-default', evidence };
  // Before 29.4 the engine ignored a profile that was named for a privileged container.
  const honoured = engineIsAtLeast(context, 29, 4);
  if (option === undefined || option === unconfined || honoured === false) return { profile: unconfined, evidence };
  return honoured === true
    ? { profile: option, evidence }
    : unknown(
        `Whether this engine honours the profile ${option} of a privileged container was not seen`,
        'A GET /version answer that shows the version of the engine',
        evidence,
      );
};
