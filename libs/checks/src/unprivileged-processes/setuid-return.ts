import { effectiveCapabilities } from '../engine/capabilities.ts';
import { defineCheck } from '../engine/check.ts';
import { isRootUser } from '../engine/container-user.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { hasNoNewPrivileges } from '../engine/no-new-privileges.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'setuid-return',
  theme: 'unprivileged-processes',
  severity: 'low',
  subject: 'container',
  title: 'Containers of ordinary users can not climb back to root',
  rationale:
    'A container that gave up root keeps su, mount or passwd with the set-uid bit, and the capabilities of its bounding set wait behind them. One flaw in one of these programs and it is root again.',
  remediation:
    'docker run --security-opt no-new-privileges=true (compose: security_opt), or "no-new-privileges": true in daemon.json for all new containers; or --cap-drop ALL (compose: cap_drop). In the image: RUN find / -xdev -perm /6000 -type f -exec chmod a-s {} +',
  decidedBy:
    "Config.User is not root; no-new-privileges is not in force, by the container's own option or the daemon's default; and the bounding set is not empty. What set-uid programs the image holds was not read. The failure follows from container-no-new-privileges.",
  needs: ['containers'],
  parameters: containerParameters,
  sources: [
    'https://docs.docker.com/reference/cli/docker/container/run/#security-opt',
    'moby/moby daemon/daemon_unix.go (parseSecurityOpt)',
    'CVE-2022-24769',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(
      snapshot,
      { ...parameters, severity: 'low' },
      ({ inspect: { Config: config, HostConfig: hostConfig } }) => {
        if (context.isWindows === true) return notApplicable('Windows has no set-uid programs');
        const isRoot = isRootUser(config?.User);
        if (isRoot === undefined) return fieldNotSeen('Config.User');
        const evidence = [
          { source: 'Config.User', value: config?.User ?? null },
          {
            source: 'HostConfig.SecurityOpt',
            value: (hostConfig?.SecurityOpt ?? []).filter((option) => option.startsWith('no-new-privileges')),
          },
        ];
        if (isRoot) return notApplicable('The container runs as root: there is nothing to climb to', evidence);
        const holds = hasNoNewPrivileges(context, hostConfig);
        if (holds === true) return pass('Programs gain nothing by their set-uid bit here', evidence);
        const effective = effectiveCapabilities(hostConfig);
        if (effective?.names.size === 0)
          return pass('The bounding set is empty: set-uid programs gain no capability', evidence);
        if (effective === undefined) return fieldNotSeen('One of HostConfig.Privileged, CapAdd and CapDrop');
        if (holds === undefined)
          return unknown(
            "Neither the container nor the engine tells whether no-new-privileges is the daemon's default",
            'Switch on reading host files for this host, or an engine from 24.0 on',
            evidence,
          );
        return fail('Set-uid programs of the image can make its user root again', evidence, {
          causedBy: 'container-no-new-privileges',
        });
      },
    );
  },
});
