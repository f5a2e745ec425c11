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
  id: 'cap-sys-admin',
  theme: 'kernel-privileges',
  severity: 'high',
  subject: 'container',
  title: 'No container holds SYS_ADMIN',
  rationale:
    'SYS_ADMIN is the drawer into which the kernel put everything that had no capability of its own: mounting, joining namespaces, changing control groups, on older kernels BPF. The built-in seccomp profile opens the matching calls along with it, so that only AppArmor or SELinux is left in between.',
  remediation:
    'Create the container again without --cap-add SYS_ADMIN (compose: cap_add). Mount on the host and hand the folder in: docker run -v /mnt/share:/share …; for FUSE use a volume plugin. There is no key for it in daemon.json.',
  decidedBy:
    'SYS_ADMIN among the capabilities that HostConfig.CapAdd and CapDrop leave. Two steps less inside a user namespace, one for a user other than root under no-new-privileges. container-capabilities reports the same right, and is the cause.',
  needs: ['containers'],
  parameters: capabilityParameters({
    '*/cadvisor': 'it does not need this; read-only mounts are enough',
    'rclone/rclone': 'it mounts by FUSE: give it /dev/fuse on a host with AppArmor, or mount on the host',
    '*s3fs*': 'it mounts by FUSE: give it /dev/fuse on a host with AppArmor, or mount on the host',
    '*sshfs*': 'it mounts by FUSE: give it /dev/fuse on a host with AppArmor, or mount on the host',
    '*/nfs-server*': 'it mounts what it serves',
  }),
  sources: ['man 7 capabilities', 'moby/profiles seccomp/default_linux.go', 'moby/profiles apparmor/template.go'],
  *evaluate({ snapshot, context, parameters: { explainedImages, ...parameters } }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, (judged) =>
      judgeCapabilities(context, judged, (names) =>
        names.has('SYS_ADMIN')
          ? failHolding(context, judged, {
              reason: 'The container holds SYS_ADMIN: it may mount, join namespaces and change control groups',
              severity: 'high',
              explainedImages,
              causedBy: causeOfHolding(['SYS_ADMIN']),
            })
          : pass('The container does not hold SYS_ADMIN', capabilityEvidence(judged)),
      ),
    );
  },
});
