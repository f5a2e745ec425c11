import { bind, one, sane, see } from './container-cases.ts';
import type { DockerBenchError } from './docker-bench-error.ts';

const mounts = 'daemon-attack-surface/container-sensitive-host-mounts';
const socket = 'daemon-attack-surface/container-docker-socket';

/** What containers may do and see of the host. */
export const privilegeErrors: readonly DockerBenchError[] = [
  see(
    'swarm-mode-wanted',
    'can not be told that a swarm is meant',
    'orchestration/swarm-mode-wanted',
    'passes on the last known states where the policy wants a swarm',
  ),
  see(
    'container-apparmor-profile',
    'reports every container of a host that has no AppArmor',
    'security-modules/container-apparmor-profile',
    'a kernel without AppArmor',
  ),
  see(
    'container-selinux-label',
    'warns for the default label of an SELinux host, as no option is given',
    'security-modules/container-selinux-label',
    'passes with the default label and no option',
  ),
  see(
    'container-selinux-label',
    'takes any option for one of SELinux: label=disable, which the engine itself adds, passes',
    'security-modules/container-selinux-label',
    'fails without a label',
  ),
  see(
    'container-selinux-label',
    'reports nearly every container of a host without SELinux',
    'security-modules/container-selinux-label',
    'a system without SELinux',
  ),
  one(
    'container-capabilities',
    'passes a privileged container, which holds them all',
    { hostConfig: { ...sane, Privileged: true } },
    'fail',
  ),
  one(
    'container-capabilities',
    'never reads what is dropped',
    { hostConfig: { ...sane, CapAdd: ['SYS_TIME'], CapDrop: ['SYS_TIME'] } },
    'fail',
  ),
  see(
    'container-capabilities',
    'never asks about NET_RAW, the one that the benchmark names',
    'kernel-privileges/container-capabilities',
    'whether NET_RAW has to go',
  ),
  one('container-sensitive-host-mounts', 'passes the whole host mounted to be read', bind('/', { RW: false }), 'fail'),
  see(
    'container-sensitive-host-mounts',
    'passes a file such as /etc/passwd',
    mounts,
    'a writable file that makes root',
  ),
  see(
    'container-sensitive-host-mounts',
    'passes a volume whose device is /etc',
    mounts,
    'sees through a local volume that is a bind of /etc in disguise',
  ),
  see(
    'container-sensitive-host-mounts',
    'takes the place inside the container for the place on the host',
    mounts,
    'only the destination is sensitive',
  ),
  one(
    'container-sensitive-host-mounts',
    'reports a read-only mount as writable beside any other that is: one line holds all mounts',
    {
      inspect: {
        Mounts: [
          { Type: 'bind', Source: '/etc/localtime', Destination: '/etc', RW: false, Propagation: 'rprivate' },
          { Type: 'bind', Source: '/srv/data', Destination: '/data', RW: true, Propagation: 'rprivate' },
        ],
      },
    },
    'pass',
  ),
  one('container-sensitive-host-mounts', 'passes /run and /var', bind('/run'), 'fail'),
  see(
    'container-ssh-server',
    'passes a container without ps, and runs a command in every other',
    'unprivileged-processes/container-ssh-server',
    'a host without ps',
  ),
  one(
    'container-ssh-server',
    'reports a container among the processes of the host for the server of the host',
    {
      hostConfig: { PidMode: 'host' },
      processes: { value: [{ pid: 10, parentPid: 1, user: '0', command: 'nginx: master process nginx' }] },
    },
    'pass',
  ),
  one(
    'container-host-devices',
    'does not look at rules, which open whole classes of devices',
    { hostConfig: { Devices: [], DeviceRequests: null, DeviceCgroupRules: ['b *:* rwm'] } },
    'fail',
  ),
  see(
    'container-host-devices',
    'does not look at requests for devices',
    'kernel-privileges/container-host-devices',
    'graphics cards',
  ),
  see(
    'container-mount-propagation',
    'does not see the options of a volume',
    'namespaces/container-mount-propagation',
    'can not tell for a local volume that is not listed',
  ),
  one(
    'container-seccomp-profile',
    'passes a privileged container, which runs without',
    { hostConfig: { ...sane, Privileged: true } },
    'fail',
  ),
  see(
    'container-seccomp-profile',
    'passes a profile that allows everything',
    'security-modules/container-seccomp-profile',
    'fails for a profile that allows all',
  ),
  see(
    'container-seccomp-profile',
    'passes every container of a daemon whose default is unconfined',
    'security-modules/container-seccomp-profile',
    'unconfined, said once for the host',
  ),
  see(
    'exec-privileged',
    'decides nothing',
    'kernel-privileges/exec-privileged',
    'fails while a privileged command runs',
  ),
  see('exec-as-root', 'decides nothing', 'unprivileged-processes/exec-as-root', 'fails for root by name'),
  see(
    'container-no-new-privileges',
    'passes no-new-privileges=false, which holds the words',
    'kernel-privileges/container-no-new-privileges',
    'fails for false',
  ),
  see(
    'container-no-new-privileges',
    'passes all containers once the daemon says so, also one that switches it off',
    'kernel-privileges/container-no-new-privileges',
    'a container that switches it off fails on a daemon whose default is on',
  ),
  see(
    'container-health-check',
    'asks State.Health, which Podman sends without a check',
    'logging-and-operations/container-health-check',
    'judges the configuration, not State.Health',
  ),
  see(
    'container-current-image',
    'decides nothing',
    'images/container-current-image',
    'fails when the tag has moved to a newer build on the same host',
  ),
  see('container-docker-socket', 'passes a folder above the socket', socket, 'the folder above it'),
  see('container-docker-socket', 'passes sockets of other names', socket, "containerd's socket"),
  see(
    'container-docker-socket',
    'warns for a volume that is called like it',
    socket,
    'passes for an ordinary volume, whatever its destination is called',
  ),
  see(
    'container-docker-socket',
    'warns for a folder whose name holds its name',
    socket,
    'a folder only begins like a socket',
  ),
];
