import { defineCheck } from '../engine/check.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { namespaceOrigin, usualMaxChain } from '../engine/joined-namespaces.ts';
import { pass, unknown } from '../engine/verdict.ts';
import { capabilityEvidence, capabilityParameters, failHolding, judgeCapabilities } from './held-capabilities.ts';

const observes = 'it observes processes by nature';

export default defineCheck({
  id: 'cap-sys-ptrace',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'Containers that see foreign processes can not trace them',
  rationale:
    'With SYS_PTRACE and the process namespace of the host, a container puts its own code into any process there, and through /proc/1/root opens every file. No setting of the kernel for ordinary users (ptrace_scope) stands against this capability.',
  remediation:
    'Create the container again without --pid host or without --cap-add SYS_PTRACE (compose: pid, cap_add). To debug, start a container that joins the target for the moment: docker run --rm --pid container:NAME …. There is no key for it in daemon.json.',
  decidedBy:
    'SYS_PTRACE among the capabilities that HostConfig.CapAdd and CapDrop leave, and HostConfig.PidMode followed to its end: the host critical, another container high. One step less under the AppArmor profile docker-default, two inside a user namespace, one for a user other than root under no-new-privileges. container-host-pid or container-capabilities reports the same right, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({
    'falcosecurity/falco': observes,
    'sysdig/agent': observes,
    'datadog/agent': observes,
    'pixielabs/*': observes,
  }),
  sources: ['man 7 capabilities', 'man 2 ptrace', 'moby/profiles seccomp/default_linux.go'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) =>
      judgeCapabilities(context, judged, (names) => {
        if (!names.has('SYS_PTRACE')) return pass('The container does not hold SYS_PTRACE', capabilityEvidence(judged));
        const mode = judged.inspect.HostConfig?.PidMode;
        if (mode === undefined) return fieldNotSeen('HostConfig.PidMode');
        const origin = namespaceOrigin(context, judged.container, ({ PidMode }) => PidMode, usualMaxChain);
        const evidence = [{ source: 'HostConfig.PidMode', value: mode }];
        if (origin.kind === 'not-traced')
          return unknown(
            `The container holds SYS_PTRACE, and whose processes it sees can not be told: ${origin.why}`,
            'A scan in which every container of the chain can be inspected',
            evidence,
          );
        if (origin.kind === 'other' && origin.chain.length === 1)
          return pass('The container holds SYS_PTRACE and sees only its own processes', [
            ...capabilityEvidence(judged),
            ...evidence,
          ]);
        const onHost = origin.kind === 'host';
        const confined = judged.inspect.AppArmorProfile === 'docker-default';
        return failHolding(context, judged, {
          reason: `The container holds SYS_PTRACE and can step into every process of ${
            onHost ? 'the host' : (origin.chain.at(-1) ?? 'another container')
          }${confined ? ', as far as docker-default lets it trace processes of other profiles' : ''}`,
          severity: onHost && !confined ? 'critical' : 'high',
          explainedImages,
          evidence,
          causedBy: onHost ? 'container-host-pid' : 'container-capabilities',
        });
      }),
    );
  },
});
