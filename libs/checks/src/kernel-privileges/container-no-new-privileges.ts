import { defineCheck } from '../engine/check.ts';
import { judgeConfigured } from '../engine/configured-option.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { securityOptionsEvidence } from '../engine/daemon.ts';
import { switchOf } from '../engine/daemon-flags.ts';
import { hasNoNewPrivileges, noNewPrivilegesOption as option } from '../engine/no-new-privileges.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const mayGain = 'A program with the setuid bit gains privileges in the container';
const byDefault =
  "Processes in the container can not gain privileges by the daemon's default; a container made before that was set keeps the old one";

export default defineCheck({
  id: 'container-no-new-privileges',
  theme: 'kernel-privileges',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.25', '1.6.0': '5.26', '1.7.0': '5.26', '1.8.0': '5.26' },
  cisLevel: 1,
  title: 'Processes in containers can not gain new privileges',
  rationale:
    'A program with the setuid bit, such as su or a forgotten helper, makes an ordinary user root inside the container. With no-new-privileges the kernel refuses that, and with it a usual second step of a break-in.',
  remediation:
    'docker run --security-opt no-new-privileges=true … (compose: security_opt: ["no-new-privileges=true"]). For all new containers: "no-new-privileges": true in daemon.json, restart the daemon, and create the containers again. sudo and su inside stop working.',
  decidedBy:
    "The last no-new-privileges entry of HostConfig.SecurityOpt, else the daemon's default in info.SecurityOptions, which engines show from 24.0 on. On an older one without an entry the option of that name decides, on the command line of docker.service and in daemon.json.",
  needs: ['containers'],
  parameters: containerParameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.26',
    'https://docs.docker.com/reference/cli/docker/container/run/#security-opt',
    'moby/moby daemon/daemon_unix.go (parseSecurityOpt)',
    'moby/moby#45311',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => {
      if (context.isWindows === true) return notApplicable('Windows has no such option');
      const options = inspect.HostConfig?.SecurityOpt;
      if (options === undefined) return fieldNotSeen('HostConfig.SecurityOpt');
      const own = options?.findLast((entry) => /^no-new-privileges(?:$|[=:])/.test(entry));
      const holds = hasNoNewPrivileges(context, inspect.HostConfig);
      if (own !== undefined) {
        const evidence = [{ source: 'HostConfig.SecurityOpt', value: own }];
        if (holds === undefined)
          return unknown(`"${own}" is no value that the engine takes`, 'A look at the container', evidence);
        return holds
          ? pass('Processes in the container can not gain privileges', evidence)
          : fail('The container switches no-new-privileges off', evidence);
      }
      const evidence = [
        { source: 'HostConfig.SecurityOpt', value: null },
        ...(context.info === undefined ? [] : securityOptionsEvidence(context.info)),
      ];
      if (holds === true) return pass(byDefault, evidence);
      // Podman writes the option into the container whatever set it.
      if (holds === false || context.isPodman === true) return fail(mayGain, evidence);
      if (context.info?.SecurityOptions === undefined) return fieldNotSeen('info.SecurityOptions');
      const untold = 'The container says nothing, and engines before 24.0 do not show the default of the daemon';
      return judgeConfigured({ snapshot, context, option, untold, evidence }, (values, all) => {
        const isOn = values === undefined ? false : switchOf(values.at(-1));
        if (isOn === undefined) return unknown('The option is not understood', 'A look at daemon.json', all);
        return isOn ? pass(byDefault, all) : fail(mayGain, all);
      });
    });
  },
});
