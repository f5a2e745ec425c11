import type { EngineInfo, EngineVersion, HostSnapshot } from '@plimsoll/snapshot';
import { type GivenContainer, aContainer, aSnapshot, anImage } from './builders.ts';

/** What differs between hosts that can not be had for a test: the rest is that of an ordinary Debian host. */
interface Special {
  readonly info?: Partial<EngineInfo>;
  readonly version?: Partial<EngineVersion>;
  readonly container?: GivenContainer;
  readonly swarm?: HostSnapshot['swarm'];
}

/** One running container of one image, with the fields that every engine of 28.5 sends. */
export const hostWith = ({ info = {}, version = {}, container = {}, swarm }: Special = {}): HostSnapshot =>
  aSnapshot({
    info: { Debug: false, Swarm: { LocalNodeState: 'inactive' }, LiveRestoreEnabled: true, SwapLimit: true, ...info },
    version,
    ...(swarm === undefined ? {} : { swarm }),
    images: [anImage({ config: { User: '1000' } })],
    containers: [
      aContainer({
        ...container,
        hostConfig: {
          CapAdd: null,
          CapDrop: null,
          SecurityOpt: null,
          PidsLimit: 100,
          CgroupnsMode: 'private',
          ...container.hostConfig,
        },
        inspect: {
          Image: 'sha256:0123456789abcdef',
          AppArmorProfile: '',
          ProcessLabel: '',
          MountLabel: '',
          ...container.inspect,
        },
      }),
    ],
  });

/**
 * Fedora and RHEL with SELinux on: `name=selinux` in SecurityOptions, a label with categories of its own on each process.
 * Origin: docker info and inspect of such hosts as docs.docker.com/engine/security and moby/moby daemon/info.go have them.
 */
export const selinuxHost = (ProcessLabel = 'system_u:system_r:container_t:s0:c12,c345'): HostSnapshot =>
  hostWith({
    info: {
      OperatingSystem: 'Fedora Linux 43 (Server Edition)',
      SecurityOptions: ['name=seccomp,profile=builtin', 'name=selinux', 'name=cgroupns'],
    },
    container: { inspect: { ProcessLabel } },
  });

/** Ubuntu with AppArmor: the engine loads docker-default and names it at each container. Origin: moby/moby daemon/info.go. */
export const appArmorHost = (AppArmorProfile = 'docker-default'): HostSnapshot =>
  hostWith({
    info: {
      OperatingSystem: 'Ubuntu 24.04.3 LTS',
      SecurityOptions: ['name=apparmor', 'name=seccomp,profile=builtin', 'name=cgroupns'],
    },
    container: { inspect: { AppArmorProfile } },
  });

/** Control groups of one version or the other. Origin: moby/moby pkg/sysinfo, daemon/info_unix.go. */
export const cgroupHost = (CgroupVersion: '1' | '2'): HostSnapshot =>
  hostWith({
    info: { CgroupVersion, CgroupDriver: CgroupVersion === '2' ? 'systemd' : 'cgroupfs' },
    container: { hostConfig: { CgroupnsMode: CgroupVersion === '2' ? 'private' : 'host' } },
  });

/** A worker: the engine answers 503 to whatever is about the swarm. Origin: moby/moby daemon/cluster (errNoManager). */
export const swarmWorker = (): HostSnapshot =>
  hostWith({
    info: {
      LiveRestoreEnabled: false,
      Swarm: { LocalNodeState: 'active', ControlAvailable: false, NodeID: 'worker-node', NodeAddr: '10.0.0.7' },
    },
    swarm: { missing: 'not-supported', detail: 'This node is not a swarm manager.' },
  });

/** The virtual machine of Docker Desktop 4. Origin: `docker info` as github.com/docker/for-mac/issues quotes it. */
export const dockerDesktop = (): HostSnapshot =>
  hostWith({
    info: {
      OperatingSystem: 'Docker Desktop',
      Name: 'docker-desktop',
      KernelVersion: '6.10.14-linuxkit',
      SecurityOptions: ['name=seccomp,profile=unconfined', 'name=cgroupns'],
    },
  });

/** A host on which nothing runs and nothing lies about. */
export const nothingThere = (): HostSnapshot =>
  aSnapshot({
    info: { Debug: false, Swarm: { LocalNodeState: 'inactive' }, LiveRestoreEnabled: true, SwapLimit: true },
  });
