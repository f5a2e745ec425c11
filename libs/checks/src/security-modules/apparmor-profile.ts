import type { ContainerInspect } from '@plimsoll/snapshot';
import { type JudgedContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type Judgement, unknown } from '../engine/verdict.ts';

export const unconfined = 'unconfined';

type SeenProfile = { readonly profile: string; readonly evidence: Judgement['evidence'] };

/** The profile is written when a container starts; where there is none yet, it is predicted. */
export const profileOf = ({ inspect, up }: JudgedContainer, context: JudgingContext): SeenProfile | Judgement => {
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
