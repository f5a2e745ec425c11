import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import { MaxChain } from '../engine/joined-namespaces.ts';
import { notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, lowered } from '../engine/vocabulary.ts';
import { judgeHostNamespace } from './host-namespace.ts';

export default defineCheck({
  id: 'container-host-pid',
  theme: 'namespaces',
  severity: 'high',
  subject: 'container',
  cis: { '1.5.0': '5.15', '1.6.0': '5.16', '1.7.0': '5.16', '1.8.0': '5.16' },
  cisLevel: 1,
  title: "Containers do not share the host's process namespace",
  rationale:
    'A container in the process namespace of the host sees every process with its command line and, as root, its environment; it may signal them, and with SYS_PTRACE step into any of them and out of the container.',
  remediation:
    'Create the container again without --pid host (compose: remove pid: host). For monitoring run the exporter on the host itself. There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.PidMode, followed through container:<id> to the end; critical together with SYS_PTRACE or privileged, a step less on a rootless daemon.',
  needs: ['containers'],
  parameters: containerParameters.extend({ maxChain: MaxChain }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.16',
    'moby/moby api/types/container/hostconfig.go (PidMode), daemon/oci_linux.go (WithNamespaces)',
    'containers/podman libpod/container_inspect_linux.go',
    'https://docs.docker.com/reference/cli/docker/container/run/#pid',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers have no process namespace to share');
      const canTrace = effectiveCapabilities(inspect.HostConfig)?.names.has('SYS_PTRACE') === true;
      const severity: Severity = canTrace ? 'critical' : 'high';
      return judgeHostNamespace(context, container, inspect.HostConfig, {
        field: 'HostConfig.PidMode',
        namespace: 'process',
        modeOf: ({ PidMode }) => PidMode,
        maxChain: parameters.maxChain,
        ifShared: {
          consequence:
            (canTrace ? 'with SYS_PTRACE it can step into every process in it' : 'it sees every process in it') +
            (context.isRootless === true ? ', which are those the rootless daemon sees' : ''),
          severity: context.isRootless === true ? lowered(severity) : severity,
        },
        ifOther: (mode, evidence) =>
          mode === '' || (mode === 'private' && context.isPodman === true)
            ? pass('The container has a process namespace of its own or of an ordinary container', evidence)
            : unknown(
                `No engine is known to use the process mode "${mode}"`,
                'A newer version of this check',
                evidence,
              ),
      });
    });
  },
});
