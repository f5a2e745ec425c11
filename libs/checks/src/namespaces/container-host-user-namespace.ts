import type { HostConfig } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { MaxChain, namespaceOrigin } from '../engine/joined-namespaces.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

/** Podman's own; some carry options after a colon, e.g. `keep-id:uid=1000`. */
const podmanModes = new Set(['private', 'keep-id', 'auto', 'nomap']);

/** Flags with which a remapping daemon refuses a container unless it opts out. */
const reasonsToOptOut = ({ Privileged, NetworkMode, PidMode }: HostConfig): Evidence[] => [
  ...(Privileged === true ? [{ source: 'HostConfig.Privileged', value: true }] : []),
  ...(NetworkMode === 'host' ? [{ source: 'HostConfig.NetworkMode', value: NetworkMode }] : []),
  ...(PidMode === 'host' ? [{ source: 'HostConfig.PidMode', value: PidMode }] : []),
];

const optedOut = (context: JudgingContext, hostConfig: HostConfig, evidence: readonly Evidence[]): Judgement => {
  if (context.isRootless === true)
    return fail("The container shares the rootless daemon's user namespace, which is not the host's", evidence, {
      severity: 'info',
    });
  const reasons = reasonsToOptOut(hostConfig);
  if (context.isUserRemapped === false)
    return fail('The container opts out of a remapping that the daemon does not do yet', evidence, { severity: 'low' });
  const because =
    reasons.length === 0
      ? ''
      : ` (a remapping daemon asks for that with ${reasons.map(({ source }) => source).join(', ')})`;
  return fail(`Root in the container is root on the host: it opts out of remapping${because}`, [
    ...evidence,
    ...reasons,
  ]);
};

export default defineCheck({
  id: 'container-host-user-namespace',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.30', '1.6.0': '5.31', '1.7.0': '5.31', '1.8.0': '5.31' },
  cisLevel: 1,
  title: 'Containers do not opt out of user-namespace remapping',
  rationale:
    'Where the daemon remaps users, root in a container is nobody on the host. A container that opts out is root on both sides, so that whoever breaks out of it owns the machine.',
  remediation:
    'Create the container again without --userns host (compose: remove "userns_mode: host"), which also means without --privileged, --network host and --pid host. Where remapping is off, switch it on: "userns-remap": "default" in daemon.json.',
  decidedBy:
    'HostConfig.UsernsMode: host fails, in full on a daemon with name=userns in SecurityOptions, one step lower where nothing is remapped, as a note on a rootless daemon. "container:…" (Podman) is followed.',
  needs: ['containers'],
  parameters: containerParameters.extend({ maxChain: MaxChain }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.31',
    'https://docs.docker.com/engine/security/userns-remap/',
    'moby/moby daemon/daemon_unix.go (verifyPlatformContainerSettings)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no user namespaces');
      const mode = inspect.HostConfig?.UsernsMode;
      if (inspect.HostConfig === undefined || mode === undefined) return fieldNotSeen('HostConfig.UsernsMode');
      const evidence = [{ source: 'HostConfig.UsernsMode', value: mode }];
      const origin = namespaceOrigin(context, container, ({ UsernsMode }) => UsernsMode, parameters.maxChain);
      if (origin.kind === 'not-traced')
        return unknown(`The user namespace is not known: ${origin.why}`, 'An engine that reports this field', evidence);
      if (origin.kind === 'host') return optedOut(context, inspect.HostConfig, evidence);
      const [word] = origin.mode.split(':', 1);
      if (word !== undefined && podmanModes.has(word))
        return pass("The container has a user namespace other than the host's", evidence);
      if (origin.mode !== '')
        return unknown(`"${origin.mode}" is no user namespace mode we know`, 'A newer catalogue of checks', evidence);
      return pass(
        context.isUserRemapped === true || context.isRootless === true
          ? 'The container does not opt out: its root is another user on the host'
          : 'The container does not opt out; whether the daemon remaps at all is judged by userns-remap',
        evidence,
      );
    });
  },
});
