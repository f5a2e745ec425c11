import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { MaxChain, namespaceOrigin } from '../engine/joined-namespaces.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'container-host-uts',
  theme: 'namespaces',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.20', '1.6.0': '5.21', '1.7.0': '5.21', '1.8.0': '5.21' },
  cisLevel: 1,
  title: "Containers do not share the host's name",
  rationale:
    "In the host's UTS namespace a container that holds SYS_ADMIN renames the host itself, which misleads logs, monitoring and whatever trusts host names; any other one learns which machine it is on.",
  remediation:
    'Create the container again without --uts host (compose: remove "uts: host"); a name of its own is given by docker run --hostname NAME … (compose: "hostname").',
  decidedBy:
    'HostConfig.UTSMode; "container:…" (Podman) is followed. More severe where the container is privileged or holds SYS_ADMIN, and not only inside a user namespace.',
  needs: ['containers'],
  parameters: containerParameters.extend({ maxChain: MaxChain }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.21',
    'https://docs.docker.com/reference/cli/docker/container/run/#uts',
    'moby/moby api/types/container/hostconfig.go (UTSMode)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no UTS namespaces');
      const mode = inspect.HostConfig?.UTSMode;
      if (mode === undefined) return fieldNotSeen('HostConfig.UTSMode');
      const evidence = [{ source: 'HostConfig.UTSMode', value: mode }];
      const origin = namespaceOrigin(context, container, ({ UTSMode }) => UTSMode, parameters.maxChain);
      if (origin.kind === 'not-traced')
        return unknown(`The UTS namespace is not known: ${origin.why}`, 'An engine that reports this field', evidence);
      if (origin.kind === 'host') {
        // The kernel asks for SYS_ADMIN in the user namespace that owns the name, which is the host's.
        const canRename =
          isInUserNamespace(context, inspect.HostConfig) !== true &&
          effectiveCapabilities(inspect.HostConfig)?.names.has('SYS_ADMIN') === true;
        const through = origin.chain.length > 1 ? ` by way of ${origin.chain.slice(1).join(' → ')}` : '';
        return fail(
          `The container shares the host's UTS namespace${through}${canRename ? ' and can rename the host' : ''}`,
          evidence,
          canRename ? { severity: 'medium' } : {},
        );
      }
      if (origin.mode === '' || origin.mode === 'private')
        return pass('The container has a UTS namespace of its own', evidence);
      return unknown(`"${origin.mode}" is no UTS mode we know`, 'A newer catalogue of checks', evidence);
    });
  },
});
