import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { eachContainer } from '../engine/containers.ts';
import { pass } from '../engine/verdict.ts';
import {
  capabilityEvidence,
  capabilityParameters,
  countKnown,
  failHolding,
  judgeCapabilities,
  nearlyAll,
} from './held-capabilities.ts';

export default defineCheck({
  id: 'cap-all',
  theme: 'kernel-privileges',
  severity: 'critical',
  subject: 'container',
  title: 'No container that is called unprivileged holds every capability',
  rationale:
    'A container with all capabilities is privileged in all but name: it loads kernel modules, mounts file systems and traces processes, and any of these leads to root on the host.',
  remediation:
    'Name what is needed and nothing else: docker run --cap-drop ALL --cap-add NET_BIND_SERVICE … (compose: cap_drop: [ALL], cap_add: [NET_BIND_SERVICE]). There is no key for it in daemon.json.',
  decidedBy:
    'The number of capabilities that HostConfig.CapAdd and CapDrop leave, at or above allThreshold. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. A privileged container is left to container-privileged.',
  needs: ['containers'],
  parameters: capabilityParameters({}).extend({
    /** Kernels gain capabilities over time, so "all" is a number and no list. Higher than 30 would leave a gap between this check and those about single ones. */
    allThreshold: z.int().min(15).max(nearlyAll).default(nearlyAll),
  }),
  sources: ['moby/moby daemon/pkg/oci/caps/utils.go (TweakCapabilities)', 'man 7 capabilities'],
  *evaluate({ snapshot, context, parameters }) {
    const { allThreshold, explainedImages } = parameters;
    yield* eachContainer(snapshot, { ...parameters, severity: 'critical' }, (judged) =>
      judgeCapabilities(
        context,
        judged,
        (names) => {
          if (names.size < allThreshold)
            return pass('The container holds a bounded set of capabilities', capabilityEvidence(judged));
          const count = countKnown(names);
          return count < allThreshold
            ? pass('The container holds a bounded set of capabilities', capabilityEvidence(judged))
            : failHolding(context, judged, {
                reason: `The container holds ${count} capabilities, which is privileged in all but name and devices`,
                severity: 'critical',
                explainedImages,
                causedBy: 'container-capabilities',
              });
        },
        { alsoNearlyAll: true },
      ),
    );
  },
});
