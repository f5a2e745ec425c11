import type { HostConfig } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { allContainersSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

/** Types that SELinux lets do as they please. */
export const defaultUnconfinedTypes = [
  'spc_t',
  'unconfined_t',
  'unconfined_service_t',
  'container_runtime_t',
  'docker_t',
  'init_t',
  'kernel_t',
];

/** Distributions that ship SELinux, as their names begin or occur in `OperatingSystem`. */
const selinuxSystems =
  /red hat|rhel|centos|rocky|alma ?linux|oracle linux|fedora|amazon linux|suse|sle[s ]|sl-micro|bottlerocket|flatcar|azure linux|mariner|euler|anolis|scientific linux/i;

export default defineCheck({
  id: 'container-selinux-label',
  theme: 'security-modules',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.2', '1.6.0': '5.3', '1.7.0': '5.3', '1.8.0': '5.3' },
  cisLevel: 2,
  title: 'Containers are confined by SELinux where the host runs SELinux',
  rationale:
    'With a label of its own a container may touch nothing but its own files, even as root and even after it broke out. Without one, SELinux treats it like the daemon that started it.',
  remediation:
    'In daemon.json set "selinux-enabled": true, install container-selinux and restart the daemon; then create the containers again without --privileged, --pid host, --ipc host and --security-opt label=disable: docker run --security-opt label=type:container_t … (compose: security_opt).',
  decidedBy:
    'Where info.SecurityOptions has name=selinux: Privileged is false, and ProcessLabel holds a type other than unconfinedTypes. Elsewhere only a file of the host tells whether it runs SELinux and the daemon leaves it unused.',
  needs: ['containers', 'info'],
  parameters: containerParameters.extend({ unconfinedTypes: z.array(z.string()).default(defaultUnconfinedTypes) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.3',
    'moby/moby daemon/create.go (generateSecurityOpt), daemon/daemon_unix.go (parseSecurityOpt)',
    'https://docs.docker.com/reference/cli/dockerd/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const forAll = judgeHost(context);
    if (forAll !== undefined) {
      yield { subject: allContainersSubject, ...forAll };
      return;
    }
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ inspect }) => {
      const { HostConfig: hostConfig, ProcessLabel: label } = inspect;
      if (hostConfig?.Privileged === undefined) return fieldNotSeen('HostConfig.Privileged');
      if (hostConfig.Privileged)
        // A label may be given by hand and shown; the engine runs the container without one all the same.
        return fail(
          'The container is privileged, and so runs without a label',
          [{ source: 'HostConfig.Privileged', value: true }],
          { causedBy: 'container-privileged' },
        );
      if (label === undefined) return fieldNotSeen('ProcessLabel');
      const evidence: Evidence[] = [{ source: 'ProcessLabel', value: label }];
      if (label === '')
        return fail(
          'The container runs without an SELinux label',
          [...evidence, { source: 'HostConfig.SecurityOpt', value: hostConfig.SecurityOpt ?? null }],
          causeOfNoLabel(hostConfig),
        );
      const type = label.split(':')[2];
      if (type === undefined || type === '')
        return unknown(`"${label}" is no label of SELinux`, 'An engine that reports user:role:type:level', evidence);
      return parameters.unconfinedTypes.includes(type)
        ? fail(`SELinux does not confine the type ${type} of the container`, evidence)
        : pass(`SELinux confines the container by the type ${type}`, evidence);
    });
  },
});

/** The engine itself switches the label off for a container that shares one of these namespaces of the host. */
const causeOfNoLabel = ({ PidMode, IpcMode }: HostConfig): { causedBy?: string } => {
  if (PidMode === 'host') return { causedBy: 'container-host-pid' };
  return IpcMode === 'host' ? { causedBy: 'container-host-ipc' } : {};
};

/** One answer for the whole host where the daemon does not use SELinux. */
const judgeHost = ({ info, isWindows }: JudgingContext): Judgement | undefined => {
  if (isWindows === true) return notApplicable('Windows has no SELinux');
  const options = info?.SecurityOptions;
  if (options === undefined || options === null)
    return unknown('info.SecurityOptions was not seen', 'An engine that reports its security options');
  if (options.includes('name=selinux')) return undefined;
  const evidence: Evidence[] = [{ source: 'info.SecurityOptions', value: options }];
  if (options.includes('name=apparmor')) return notApplicable('The host runs AppArmor, not SELinux', evidence);
  const system = info?.OperatingSystem;
  if (system !== undefined && !selinuxSystems.test(system))
    return notApplicable(`${system} does not come with SELinux, and the daemon uses none`, [
      ...evidence,
      { source: 'info.OperatingSystem', value: system },
    ]);
  return unknown(
    `The daemon uses no SELinux; whether ${system ?? 'the host'} runs it all the same is not in the API`,
    'Switch on reading host files for this host',
    evidence,
  );
};
