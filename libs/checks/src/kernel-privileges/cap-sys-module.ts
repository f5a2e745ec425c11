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

export default defineCheck({
  id: 'cap-sys-module',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container may load kernel modules',
  rationale:
    "A module runs inside the host's kernel. Whoever may load one owns the host; signed modules do not close the way, since old flawed ones are signed too.",
  remediation:
    'Load the module on the host at boot (a file in /etc/modules-load.d) and create the container again without --cap-add SYS_MODULE (compose: cap_add). There is no key for it in daemon.json.',
  decidedBy:
    'SYS_MODULE among the capabilities that HostConfig.CapAdd and CapDrop leave; a mount of /lib/modules alone is harmless. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-capabilities reports the same right, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({
    '*wireguard*': 'it needs this only to load its module once: load it on the host',
  }),
  sources: ['man 7 capabilities', 'man 2 init_module'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) =>
      judgeCapabilities(context, judged, (names) =>
        names.has('SYS_MODULE')
          ? failHolding(context, judged, {
              reason: 'The container holds SYS_MODULE: a module that it loads is code in the kernel of the host',
              severity: 'critical',
              explainedImages,
              causedBy: causeOfHolding(['SYS_MODULE']),
            })
          : pass('The container does not hold SYS_MODULE', capabilityEvidence(judged)),
      ),
    );
  },
});
