import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import { apiIsAtLeast, podmanIsAtLeast } from '../engine/engine-version.ts';
import { MaxChain } from '../engine/joined-namespaces.ts';
import { notApplicable, pass, unknown } from '../engine/verdict.ts';
import { judgeHostNamespace } from './host-namespace.ts';

/** An empty mode, in records of old engines, is a namespace of its own that others may join. */
const ownModes = new Set(['', 'private', 'none', 'shareable']);

export default defineCheck({
  id: 'container-host-ipc',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.16', '1.6.0': '5.17', '1.7.0': '5.17', '1.8.0': '5.17' },
  cisLevel: 1,
  title: "Containers do not share the host's IPC namespace",
  rationale:
    'Shared memory, semaphores and message queues of the host are open to such a container: it can read and change what databases and other programs on the host keep there.',
  remediation:
    'Create the container again without --ipc host (compose: remove ipc: host). Containers that share memory with each other take docker run --ipc shareable --name NAME … on one and --ipc container:NAME on the others. daemon.json: "default-ipc-mode": "private".',
  decidedBy:
    'HostConfig.IpcMode, followed through container:<id> to the end. Podman before 4.4 shows "shareable" for the IPC namespace of the host, so there it can not be told.',
  needs: ['containers'],
  parameters: containerParameters.extend({ maxChain: MaxChain }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.17',
    'moby/moby api/types/container/hostconfig.go (IpcMode), daemon/daemon_unix.go (adaptContainerSettings)',
    'containers/podman commit 623ad2a636',
  ],
  *evaluate({ snapshot, context, parameters }) {
    // Podman always names its components; Docker before API 1.35 does not.
    const mayBePodman = context.isPodman ?? apiIsAtLeast(context, 1, 35) !== false;
    const hidesHost = mayBePodman && podmanIsAtLeast(context, 4, 4) !== true;
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no IPC namespace to share');
      return judgeHostNamespace(context, container, inspect.HostConfig, {
        field: 'HostConfig.IpcMode',
        namespace: 'IPC',
        modeOf: ({ IpcMode }) => IpcMode,
        maxChain: parameters.maxChain,
        ifShared: { consequence: 'it can read and change the shared memory in it', severity: 'medium' },
        ifOther: (mode, evidence) => {
          if (!ownModes.has(mode))
            return unknown(
              `No engine is known to use the IPC mode "${mode}"`,
              'A newer version of this check',
              evidence,
            );
          if (mode === 'shareable' && hidesHost)
            return unknown(
              'Podman before 4.4 shows "shareable" for the IPC namespace of the host as well',
              'Podman 4.4 or later, or a GET /version answer that says which engine this is',
              evidence,
            );
          const remark = mode === 'shareable' ? ', which other containers may join' : '';
          return pass(`The container does not use the IPC namespace of the host${remark}`, evidence);
        },
      });
    });
  },
});
