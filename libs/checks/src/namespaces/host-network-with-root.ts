import { z } from 'zod';
import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { namespaceOrigin, networkModeOf, usualMaxChain } from '../engine/joined-namespaces.ts';
import { isInUserNamespace } from '../engine/user-namespaces.ts';
import { type Evidence, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { lowered } from '../engine/vocabulary.ts';

/** containerd before 1.3.9 and 1.4.3 listened on an abstract socket, which belongs to the network namespace (CVE-2020-15257). */
const listensToTheNetwork = (context: JudgingContext): boolean => {
  const containerd = context.version?.Components?.find(({ Name }) => Name === 'containerd')?.Version;
  const [, major, minor, patch] = /^v?(\d{1,3})\.(\d{1,3})\.(\d{1,3})/.exec(containerd ?? '') ?? [];
  if (major !== '1' || minor === undefined || patch === undefined) return false;
  return Number(minor) < 3 || (minor === '3' && Number(patch) < 9) || (minor === '4' && Number(patch) < 3);
};

export default defineCheck({
  id: 'host-network-with-root',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'container',
  title: 'Containers on the host’s network run without root and network capabilities',
  rationale:
    'Root on the network of the host opens any port, reads the host’s traffic, changes its firewall and speaks to services that trust whoever comes from loopback or an abstract socket. An ordinary user without network capabilities can do little of that.',
  remediation:
    'Publish the ports it needs instead: docker run -p 127.0.0.1:8080:80 … without --network host. Else take its rights: docker run --network host --user 65534 --cap-drop ALL … (compose: user, cap_drop: [ALL]). There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.NetworkMode followed to the host, and Config.User being root, or NET_ADMIN or NET_RAW (a default) among the effective capabilities. A step less on a rootless daemon or in a user namespace. In a privileged container it follows from that.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** What on loopback is worth naming to whoever reads the finding. */
    loopbackServicesToName: z
      .array(z.string())
      .default(['127.0.0.1:2375', '127.0.0.1:6379', '127.0.0.1:10250', '169.254.169.254']),
  }),
  sources: ['CVE-2020-15257', 'https://docs.docker.com/engine/network/drivers/host/'],
  *evaluate({ snapshot, context, parameters }) {
    const abstract = listensToTheNetwork(context)
      ? '; with this containerd (CVE-2020-15257) that alone leads out of the container'
      : '';
    const services = parameters.loopbackServicesToName.join(', ');
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows containers can not share the network of the host');
      const { HostConfig: hostConfig, Config: config } = inspect;
      const mode = hostConfig?.NetworkMode;
      if (mode === undefined) return fieldNotSeen('HostConfig.NetworkMode');
      const evidence: Evidence[] = [{ source: 'HostConfig.NetworkMode', value: mode }];
      const origin = namespaceOrigin(context, container, networkModeOf, usualMaxChain);
      if (origin.kind === 'other') return notApplicable('The container is not on the network of the host', evidence);
      if (origin.kind === 'not-traced')
        return unknown(
          `Whose network the container uses can not be told: ${origin.why}`,
          'A scan in which every container of the chain can be inspected',
          evidence,
        );
      const root = isRootUser(config?.User);
      const held = effectiveCapabilities(hostConfig)?.names;
      const rights = ['NET_ADMIN', 'NET_RAW'].filter((name) => held?.has(name) === true);
      const all: Evidence[] = [
        ...evidence,
        { source: 'Config.User', value: config?.User ?? null },
        { source: 'HostConfig.CapAdd', value: hostConfig?.CapAdd ?? null },
        { source: 'HostConfig.CapDrop', value: hostConfig?.CapDrop ?? null },
      ];
      if (root === true || rights.length > 0) {
        const milder = isInUserNamespace(context, hostConfig) === true;
        return fail(
          `The container is on the network of the host ${[...(root === true ? ['as root'] : []), ...(rights.length > 0 ? [`with ${rights.join(' and ')}`] : [])].join(' and ')}: it reaches what listens on loopback, such as ${services}${abstract}`,
          all,
          {
            severity: milder ? lowered('medium') : 'medium',
            ...(hostConfig?.Privileged === true ? { causedBy: 'container-privileged' } : {}),
          },
        );
      }
      if (root === undefined) return fieldNotSeen('Config.User');
      if (held === undefined) return fieldNotSeen('One of HostConfig.Privileged, CapAdd and CapDrop');
      return pass('The container is on the network of the host as an ordinary user without network capabilities', all);
    });
  },
});
