import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen, securityOptionsEvidence, securityOptionsOf } from '../engine/daemon.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type ProfileStrength, ownSeccompProfile, profileStrength } from './seccomp-profile.ts';

const daemonCheck = 'default-seccomp-profile';
const privilegedCheck = 'container-privileged';

interface Rules {
  readonly allowCustomProfiles: boolean;
  /** Reads a profile's JSON once, whatever number of containers carry the same text. */
  readonly strengthOf: (text: string) => ProfileStrength;
}

const judgeContainer = (inspect: ContainerInspect, context: JudgingContext, rules: Rules): Judgement => {
  const { Privileged: privileged, SecurityOpt: securityOpt } = inspect.HostConfig ?? {};
  if (securityOpt === undefined) return fieldNotSeen('HostConfig.SecurityOpt');
  const own = ownSeccompProfile(securityOpt ?? []);
  const evidence: Evidence[] = [{ source: 'HostConfig.SecurityOpt', value: describe(own) }];
  if (own === 'unconfined') return fail('The container runs without a seccomp profile: it asks for none', evidence);
  if (privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
  if (privileged) {
    const withFlag = [...evidence, { source: 'HostConfig.Privileged', value: true }];
    const applied = own === undefined ? false : engineIsAtLeast(context, 27, 0);
    if (applied === undefined)
      return unknown(
        'The container is privileged and names a profile, which engines before 27.0 ignore',
        'A scan that can read the version of the engine',
        withFlag,
      );
    if (!applied)
      return fail(
        own === undefined
          ? 'The container runs without a seccomp profile, for it is privileged'
          : 'The container is privileged, and this engine then ignores the profile that it names',
        withFlag,
        { causedBy: privilegedCheck },
      );
  }
  return judgeProfile(own, evidence, context, rules);
};

const judgeProfile = (
  own: string | undefined,
  evidence: readonly Evidence[],
  context: JudgingContext,
  { allowCustomProfiles, strengthOf }: Rules,
): Judgement => {
  const custom = own !== undefined && own !== 'builtin';
  const strength = custom ? strengthOf(own) : undefined;
  if (strength === 'filters-nothing')
    return fail('The seccomp profile of the container lets every system call through', evidence);
  if (custom && !allowCustomProfiles) return fail('The container has a seccomp profile of its own', evidence);
  const options = context.info === undefined ? undefined : securityOptionsOf(context.info);
  if (context.info === undefined || options === undefined) return infoNotSeen('info.SecurityOptions');
  const all = [...evidence, ...securityOptionsEvidence(context.info)];
  const daemon = options.find(({ name }) => name === 'seccomp');
  if (daemon === undefined)
    return fail('Neither engine nor kernel filter system calls: there is no seccomp', all, { causedBy: daemonCheck });
  if (strength === 'not-readable')
    return unknown('The seccomp profile of the container is not readable as JSON', 'A look at the profile itself', all);
  if (strength === 'filters') return pass('The container has a seccomp profile of its own that filters', all);
  if (own === 'builtin') return pass("The container has the engine's built-in seccomp profile", all);
  switch (daemon.profile) {
    case 'builtin':
    case 'default':
      return pass("The container has the engine's default seccomp profile", all);
    case 'unconfined':
      return fail('The container relies on the default of the daemon, which is no seccomp profile', all, {
        causedBy: daemonCheck,
      });
    case undefined:
      return unknown('The engine does not say which profile is its default', 'An engine of API 1.25 or later', all);
    default:
      return unknown(
        `The container relies on the daemon's own profile ${daemon.profile}, whose content was not read`,
        'Switch on reading host files for this host',
        all,
      );
  }
};

/** A profile may be many kilobytes of JSON: how long it is says enough. */
const describe = (own: string | undefined): string | null => {
  if (own === undefined) return null;
  return own === 'unconfined' || own === 'builtin' ? `seccomp=${own}` : `seccomp={…} (${own.length} characters)`;
};

export default defineCheck({
  id: 'container-seccomp-profile',
  theme: 'security-modules',
  severity: 'high',
  subject: 'container',
  cis: { '1.5.0': '5.21', '1.6.0': '5.22', '1.7.0': '5.22', '1.8.0': '5.22' },
  cisLevel: 1,
  title: 'Containers run under a seccomp profile',
  rationale:
    'Flaws in the kernel are reached by system calls, many of them by calls that no ordinary program makes. A container without a profile may make them all; with one, most such flaws are out of reach.',
  remediation:
    'Take --security-opt seccomp=unconfined and --privileged away (compose: security_opt, privileged). Where a call is really missing, add it to a copy of the default profile: docker run --security-opt seccomp=profile.json … (compose: security_opt: ["seccomp=profile.json"]). In daemon.json, leave "seccomp-profile" out or set it to "builtin".',
  decidedBy:
    "The last seccomp entry of HostConfig.SecurityOpt, else the daemon's default in info.SecurityOptions. A privileged container has none, unless it names one and the engine is 27.0 or newer. A profile given as JSON fails if it lets everything through.",
  needs: ['containers'],
  parameters: containerParameters.extend({ allowCustomProfiles: z.boolean().default(true) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.22',
    'https://docs.docker.com/engine/security/seccomp/',
    'moby/moby daemon/seccomp_linux.go (WithSeccomp)',
    'moby/moby commit 896de6d426',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const strengths = new Map<string, ProfileStrength>();
    const strengthOf = (text: string): ProfileStrength => {
      const strength = strengths.get(text) ?? profileStrength(text);
      strengths.set(text, strength);
      return strength;
    };
    const rules = { allowCustomProfiles: parameters.allowCustomProfiles, strengthOf };
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no seccomp');
      return judgeContainer(inspect, context, rules);
    });
  },
});
