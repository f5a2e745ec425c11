import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type JudgedContainer, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, type Judgement, pass, unknown } from '../engine/verdict.ts';
import { profileOf, unconfined } from '../security-modules/apparmor-profile.ts';
import { defaultUnconfinedTypes } from '../security-modules/container-selinux-label.ts';
import { capabilityEvidence, capabilityParameters, failHolding, judgeCapabilities } from './held-capabilities.ts';

/** Whether a security module stands in the way; a judgement where that can not be told. */
type Confinement = { readonly confined: boolean; readonly evidence: Evidence[] } | Judgement;

const byAppArmor = (judged: JudgedContainer, context: JudgingContext, knownGood: readonly string[]): Confinement => {
  const seen = profileOf(judged, context);
  if ('outcome' in seen) return seen;
  const { profile } = seen;
  const evidence = [...seen.evidence];
  if (profile === '' || profile === unconfined) return { confined: false, evidence };
  return knownGood.includes(profile)
    ? { confined: true, evidence }
    : unknown(
        `The container holds SYS_ADMIN; whether the AppArmor profile ${profile} refuses to mount is written in its text`,
        'A look at the profile, and its name in the parameter knownGoodProfiles where it refuses mounts',
        evidence,
      );
};

const bySelinux = ({ inspect: { ProcessLabel: label } }: JudgedContainer): Confinement => {
  if (label === undefined) return fieldNotSeen('ProcessLabel');
  const evidence = [{ source: 'ProcessLabel', value: label }];
  const type = label.split(':')[2];
  return { confined: type !== undefined && !defaultUnconfinedTypes.includes(type), evidence };
};

const confinementOf = (judged: JudgedContainer, context: JudgingContext, knownGood: readonly string[]): Confinement => {
  const options = context.info?.SecurityOptions;
  if (options === undefined)
    return unknown(
      'The container holds SYS_ADMIN; which security modules the engine uses was not seen',
      'An engine that reports info.SecurityOptions',
    );
  const answers = [
    ...(options?.includes('name=apparmor') === true ? [byAppArmor(judged, context, knownGood)] : []),
    ...(options?.includes('name=selinux') === true ? [bySelinux(judged)] : []),
  ];
  const nothing: Confinement = { confined: false, evidence: [{ source: 'info.SecurityOptions', value: options }] };
  // One module that confines is enough; one that can not be told may.
  return (
    answers.find((answer) => 'confined' in answer && answer.confined) ??
    answers.find((answer) => 'outcome' in answer) ??
    answers[0] ??
    nothing
  );
};

export default defineCheck({
  id: 'sys-admin-unconfined',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container combines SYS_ADMIN with a missing security module',
  rationale:
    'SYS_ADMIN lets a container mount, and only AppArmor or SELinux says no. Without them it mounts a control group of version 1 and names a program to be run on release, or mounts /proc afresh and sets the core pattern: either starts a program of its choice on the host, as root.',
  remediation:
    'Create the container again without --cap-add SYS_ADMIN, or keep docker-default: no --security-opt apparmor=unconfined and no label=disable (compose: cap_add, security_opt), and hand in what was to be mounted as a volume. daemon.json: "selinux-enabled": true where the host runs SELinux.',
  decidedBy:
    'SYS_ADMIN among the capabilities that HostConfig.CapAdd and CapDrop leave, no user namespace, and neither an AppArmor profile of knownGoodProfiles nor a confining type in ProcessLabel. Before the first start the profile is predicted from HostConfig.SecurityOpt.',
  needs: ['containers', 'info'],
  parameters: capabilityParameters({}).extend({
    /** AppArmor profiles that are known to refuse mounts. */
    knownGoodProfiles: z.array(z.string()).default(['docker-default']),
  }),
  sources: [
    'moby/profiles apparmor/template.go (deny mount)',
    'man 7 cgroups (release_agent)',
    'https://github.com/cdk-team/CDK/wiki',
  ],
  *evaluate({ snapshot, context, parameters: { explainedImages, knownGoodProfiles, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) =>
      judgeCapabilities(
        context,
        judged,
        (names) => {
          const held = capabilityEvidence(judged);
          if (!names.has('SYS_ADMIN')) return pass('The container does not hold SYS_ADMIN', held);
          const remapped = isInUserNamespace(context, judged.inspect.HostConfig);
          if (remapped === true) return pass('The container holds SYS_ADMIN inside a user namespace only', held);
          const confinement = confinementOf(judged, context, knownGoodProfiles);
          if ('outcome' in confinement) return confinement;
          if (confinement.confined)
            return pass('The container holds SYS_ADMIN, and a security module refuses what leads to the host', [
              ...held,
              ...confinement.evidence,
            ]);
          if (remapped === undefined) return fieldNotSeen('HostConfig.UsernsMode or info.SecurityOptions');
          const agent =
            context.info?.CgroupVersion === '2'
              ? 'a control group of version 1, where the kernel still lets one be mounted'
              : 'a control group';
          return failHolding(context, judged, {
            reason: `The container holds SYS_ADMIN and no security module confines it: it may mount ${agent}, or /proc afresh, and so start a program on the host`,
            severity: 'critical',
            explainedImages,
            evidence: confinement.evidence,
            causedBy: null,
          });
        },
        { alsoNearlyAll: true },
      ),
    );
  },
});
