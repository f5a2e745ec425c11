import { z } from 'zod';
import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { type JudgedContainer, containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { explanationFor } from '../engine/image-names.ts';
import { namespaceOrigin, usualMaxChain } from '../engine/joined-namespaces.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import type { Severity } from '../engine/vocabulary.ts';

const entering = ['SYS_ADMIN', 'SYS_PTRACE'];

/** What root among the processes of the host can do, and how bad that is; undefined where a field was not seen. */
const powersOf = (
  { HostConfig }: JudgedContainer['inspect'],
  isRoot: boolean | undefined,
): { reason: string; severity: Severity } | 'harmless' | undefined => {
  if (HostConfig?.Privileged === true)
    return {
      reason: 'it is privileged: one call to enter process 1 is a root shell on the host',
      severity: 'critical',
    };
  const held = effectiveCapabilities(HostConfig)?.names;
  if (isRoot === false && held !== undefined) return 'harmless';
  if (isRoot === undefined || held === undefined) return undefined;
  const strong = entering.filter((name) => held.has(name));
  if (strong.length > 0)
    return {
      reason: `it runs as root with ${strong.join(' and ')}: /proc/1/root is the disk of the host`,
      severity: 'critical',
    };
  return held.has('SYS_CHROOT') && held.has('DAC_OVERRIDE')
    ? { reason: 'it runs as root: it may signal every process of root and read much of /proc', severity: 'high' }
    : { reason: 'it runs as root: it may signal every process of root', severity: 'medium' };
};

const judgePowers = (judged: JudgedContainer, context: JudgingContext, evidence: Evidence[]): Judgement => {
  const { inspect } = judged;
  const powers = powersOf(inspect, isRootUser(inspect.Config?.User));
  if (powers === undefined) return fieldNotSeen('One of Config.User, HostConfig.Privileged, CapAdd and CapDrop');
  if (powers === 'harmless') return pass('The container sees the processes of the host as an ordinary user', evidence);
  const bounded = isInUserNamespace(context, inspect.HostConfig) === true;
  const severity: Severity = bounded && powers.severity !== 'medium' ? 'medium' : powers.severity;
  return fail(
    `The container is among the processes of the host, and ${powers.reason}${bounded ? ' (with the rights of an ordinary user there)' : ''}`,
    evidence,
    // What is no more than seeing and signalling, container-host-pid reports at the same weight.
    { severity, ...(powers.severity === 'critical' ? {} : { causedBy: 'container-host-pid' }) },
  );
};

export default defineCheck({
  id: 'privileged-host-namespace',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container is both all-powerful and among the processes of the host',
  rationale:
    'A privileged container in the process namespace of the host needs no flaw and no skill: nsenter into process 1, or a look at /proc/1/root, and it is root on the host. Nothing else on the host matters as much.',
  remediation:
    'Create the container again without --pid host and without --privileged (compose: remove pid: host, privileged: true); split the tool into a service of the host and an unprivileged container. There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.PidMode followed to the host, and HostConfig.Privileged, or Config.User being root with SYS_ADMIN or SYS_PTRACE. Root with the default capabilities alone is high, and follows from container-host-pid. Medium on a rootless daemon.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    explainedImages: z.record(z.string(), z.string()).default({
      '*/node-exporter': 'it counts processes, which an ordinary user can do as well',
      '*nsenter*': 'it is made to enter the host: remove it after use',
      '*debug*': 'it is made to enter the host: remove it after use',
    }),
  }),
  sources: ['man 1 nsenter', 'man 5 proc', 'https://github.com/cdk-team/CDK/wiki'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no process namespace to share');
      const { PidMode: mode, Privileged } = judged.inspect.HostConfig ?? {};
      if (mode === undefined) return fieldNotSeen('HostConfig.PidMode');
      const evidence: Evidence[] = [{ source: 'HostConfig.PidMode', value: mode }];
      const origin = namespaceOrigin(context, judged.container, ({ PidMode }) => PidMode, usualMaxChain);
      if (origin.kind === 'not-traced')
        return unknown(
          `Whose processes the container sees can not be told: ${origin.why}`,
          'A scan in which every container of the chain can be inspected',
          evidence,
        );
      if (origin.kind === 'other')
        return notApplicable('The container is not among the processes of the host', evidence);
      const all: Evidence[] = [
        ...evidence,
        { source: 'HostConfig.Privileged', value: Privileged ?? null },
        { source: 'Config.User', value: judged.inspect.Config?.User ?? null },
        { source: 'HostConfig.CapAdd', value: judged.inspect.HostConfig?.CapAdd ?? null },
      ];
      const judgement = judgePowers(judged, context, all);
      return judgement.outcome === 'fail'
        ? { ...judgement, reason: judgement.reason + explanationFor(explainedImages, judged.container) }
        : judgement;
    });
  },
});
