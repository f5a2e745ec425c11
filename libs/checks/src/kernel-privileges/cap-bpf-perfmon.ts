import { defineCheck } from '../engine/check.ts';
import { eachContainer } from '../engine/containers.ts';
import { pass } from '../engine/verdict.ts';
import {
  capabilityEvidence,
  capabilityParameters,
  causeOfHolding,
  failHolding,
  judgeCapabilities,
} from './held-capabilities.ts';

const byNature = 'it works by BPF: give it a reviewed digest and no other rights';

export default defineCheck({
  id: 'cap-bpf-perfmon',
  theme: 'kernel-privileges',
  severity: 'high',
  subject: 'container',
  title: 'No container may load BPF programs or watch the whole system',
  rationale:
    'BPF programs run inside the kernel. With PERFMON beside it they read the memory of every process of the host, and through helpers write to it: passwords and keys pass by in the clear.',
  remediation:
    'Create the container again without --cap-add BPF and --cap-add PERFMON (compose: cap_add), and measure with an agent on the host. There is no key for it in daemon.json.',
  decidedBy:
    'BPF or PERFMON among the capabilities that HostConfig.CapAdd and CapDrop leave: one alone high, both critical. Before kernel 5.8 these rights were part of SYS_ADMIN. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-capabilities reports the same right, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({
    '*cilium*': byNature,
    '*falco*': byNature,
    '*tetragon*': byNature,
    '*tracee*': byNature,
    '*parca*': byNature,
    '*beyla*': byNature,
    '*inspektor-gadget*': byNature,
  }),
  sources: ['man 7 capabilities', 'man 2 bpf', 'moby/profiles seccomp/default_linux.go'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) =>
      judgeCapabilities(context, judged, (names) => {
        const held = ['BPF', 'PERFMON'].filter((name) => names.has(name));
        if (held.length === 0) return pass('The container holds neither BPF nor PERFMON', capabilityEvidence(judged));
        return failHolding(context, judged, {
          reason: `The container holds ${held.join(' and ')}: it may load programs into the kernel or watch the whole system`,
          severity: held.length === 2 ? 'critical' : 'high',
          explainedImages,
          causedBy: causeOfHolding(held),
        });
      }),
    );
  },
});
