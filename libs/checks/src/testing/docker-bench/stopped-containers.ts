import { type GivenContainer, type GivenSnapshot, aContainer, aSnapshot } from '../builders.ts';
import { bind, sane } from './container-cases.ts';
import type { DockerBenchError } from './docker-bench-error.ts';

const selinux = { SecurityOptions: ['name=seccomp,profile=builtin', 'name=selinux'] };
const apparmor = { SecurityOptions: ['name=seccomp,profile=builtin', 'name=apparmor'] };

/**
 * What every one of its container tests misses: containers that do not run. The benchmark asks of all, and a start is
 * one command away. How each check fails:
 */
const whileStopped: readonly [check: string, container: GivenContainer, more?: GivenSnapshot][] = [
  ['container-apparmor-profile', { inspect: { AppArmorProfile: 'unconfined' } }, { info: apparmor }],
  ['container-selinux-label', { inspect: { ProcessLabel: '' } }, { info: selinux }],
  ['container-capabilities', { hostConfig: { ...sane, CapAdd: ['SYS_ADMIN'] } }],
  ['container-privileged', { hostConfig: { Privileged: true } }],
  ['container-sensitive-host-mounts', bind('/etc')],
  ['container-host-network', { hostConfig: { NetworkMode: 'host' }, inspect: { NetworkSettings: { Networks: {} } } }],
  ['container-memory-limit', { hostConfig: { Memory: 0 } }],
  ['container-cpu-limit', { hostConfig: { NanoCpus: 0, CpuQuota: 0, CpuShares: 0 } }],
  ['container-read-only-root', { hostConfig: { ReadonlyRootfs: false } }],
  ['container-host-pid', { hostConfig: { PidMode: 'host' } }],
  ['container-host-ipc', { hostConfig: { IpcMode: 'host' } }],
  ['container-host-devices', { hostConfig: { Privileged: true } }],
  ['container-mount-propagation', bind('/srv', { Propagation: 'rshared' })],
  ['container-host-uts', { hostConfig: { UTSMode: 'host' } }],
  ['container-seccomp-profile', { hostConfig: { SecurityOpt: ['seccomp=unconfined'] } }],
  ['container-cgroup-parent', { hostConfig: { CgroupParent: '/system.slice' } }],
  ['container-no-new-privileges', { hostConfig: { SecurityOpt: ['no-new-privileges=false'] } }],
  ['container-process-limit', { hostConfig: { PidsLimit: null } }],
  ['container-host-user-namespace', { hostConfig: { UsernsMode: 'host' } }],
  ['container-docker-socket', bind('/var/run/docker.sock')],
];

export const stoppedContainerErrors = whileStopped.map(([check, container, more = {}]): DockerBenchError => ({
  check,
  error: 'looks at running containers alone, and says nothing at all where none runs',
  heldBy: {
    snapshot: aSnapshot({ ...more, containers: [aContainer({ state: 'exited', ...container })] }),
    outcomes: ['fail'],
  },
}));
