import { plain } from './plain.ts';
import { depends, type ExpectedResults, nothing } from './row.ts';

/**
 * Engine 20.10 as the only manager of a swarm. One container, the task of the service `web`; `agent` and `setup` have
 * none. Services are judged by what they ask for, so that theirs are found all the same.
 */
export const swarm: ExpectedResults = {
  ...plain,

  // The daemon
  'live-restore': 'not-applicable daemon', // a node of a swarm can not have it
  'swarm-mode-wanted': 'fail daemon',

  // The swarm
  'swarm-autolock': 'fail swarm',
  'swarm-ca-rotation': 'pass swarm',
  'swarm-listen-address': 'unknown swarm',
  'swarm-manager-count': 'pass swarm', // one is right for one node
  'swarm-manager-workload': 'not-applicable swarm', // there are no workers to do the work
  'swarm-node-certificate-lifetime': 'pass swarm',
  'swarm-nodes-covered': 'pass swarm',
  'swarm-separate-planes': 'not-applicable swarm',
  'swarm-unlock-key-rotation': 'not-applicable swarm',
  // A secret that no service uses is left in peace while it is young.
  'swarm-secret-hygiene': 'pass config-settings in-use left | fail config-keys',
  'swarm-secrets-used': 'pass agent web | fail setup',
  'swarm-service-privileges': 'pass setup web | fail agent',
  'swarm-encrypted-overlays': 'pass sealed | fail front ingress',

  // The task
  'admin-port-exposed': 'fail web | not-applicable agent setup web-task',
  'cgroupns-host': depends('the version of control groups', 'not-applicable web-task', 'pass web-task'),
  'container-default-bridge': 'pass web-task',
  'container-host-ipc': 'pass web-task',
  'container-host-network': 'pass web-task',
  'container-host-pid': 'pass web-task',
  'container-host-user-namespace': 'pass web-task',
  'container-host-uts': 'pass web-task',
  'container-mount-propagation': 'pass web-task',
  'container-needless-ports': 'unknown web-task',
  // Ports of a service are judged once, by the service and not by its tasks.
  'container-ports-on-all-addresses': 'fail web | not-applicable agent setup web-task',
  'container-privileged-host-ports': 'pass web | not-applicable agent setup web-task',
  'host-network-with-root': 'not-applicable web-task',
  'joined-container-namespaces': 'not-applicable web-task',
  'network-errors': 'unknown web-task',
  'published-without-need': 'not-applicable web-task',
  'container-cgroup-parent': 'pass web-task',
  // Swarm knows no processor weight, so the limit alone has to do.
  'container-cpu-limit': 'pass web-task',
  'container-endless-restarts': 'pass web-task',
  'container-memory-limit': 'pass web-task',
  'container-process-limit': 'pass web-task',
  'container-ulimit-overrides': 'pass web-task',
  'cpu-unbounded': 'pass web-task',
  'crash-history': 'pass agent setup web web-task',
  'disk-growth': 'not-applicable web-task',
  'io-unbounded': 'unknown web-task',
  'near-limits': 'unknown web-task',
  // Not asked for, and there all the same: the engine allows as much swap as memory.
  'swap-and-oom-killer': 'pass web-task',
  'container-docker-socket': 'pass web-task',
  'container-sensitive-host-mounts': 'pass web-task',
  'host-control-socket': 'not-applicable web-task',
  'management-container': 'not-applicable web-task',
  'mount-credentials': 'not-applicable web-task',
  'read-only-not-recursive': 'not-applicable web-task',
  'socket-proxy': 'not-applicable web-task',
  'writable-kernel-interface': 'not-applicable web-task',
  'cap-all': 'pass web-task',
  'cap-bpf-perfmon': 'pass web-task',
  'cap-dac-read-search': 'pass web-task',
  'cap-host-wide': 'pass web-task',
  'cap-net-admin': 'pass web-task',
  'cap-net-raw': 'pass web-task',
  'cap-sys-admin': 'pass web-task',
  'cap-sys-module': 'pass web-task',
  'cap-sys-ptrace': 'pass web-task',
  'container-capabilities': 'pass web-task',
  'container-host-devices': 'pass web-task',
  // A service of 20.10 can not ask for it, and the default of the daemon is not in the API.
  'container-no-new-privileges': 'unknown web-task',
  'container-privileged': 'pass web-task',
  'exec-as-root': 'unknown web-task',
  'exec-privileged': 'unknown web-task',
  'explicit-root-user': 'pass web-task',
  'kernel-memory-access': 'pass web-task',
  'mknod-with-device-rule': 'pass web-task',
  'privileged-group': 'not-applicable web-task',
  'privileged-host-namespace': 'not-applicable web-task',
  'root-processes': 'pass web-task',
  'setuid-return': 'pass web-task', // nothing in its bounding set
  'container-apparmor-profile': depends('AppArmor of the machine', 'not-applicable all-containers', 'pass web-task'),
  'container-seccomp-profile': 'pass web-task',
  'container-selinux-label': depends(
    'SELinux of the machine, and whether its distribution comes with it',
    'not-applicable all-containers',
    'unknown all-containers',
    'pass web-task',
  ),
  'masked-paths': 'pass web-task',
  'seccomp-custom-profile': 'pass web-task',
  'sys-admin-unconfined': 'pass web-task',
  'container-changed-files': 'not-applicable web-task',
  'container-current-image': 'not-applicable web-task',
  'container-health-check': 'pass web-task',
  'container-read-only-root': 'pass web-task',
  'container-ssh-server': 'pass web-task',
  'exited-container-holds-secrets': 'not-applicable web-task',
  'image-not-pinned': 'pass web-task',
  // It was given --log-opt max-size, which the docker command leaves out of a service that names no --log-driver.
  'log-rotation': 'fail web-task',
  'logging-off': 'pass web-task',
  'secret-in-container-config': 'pass web-task',
  'suspicious-command': 'pass web-task',
  'memory-overcommit': 'pass host', // the only container has a limit

  // Images, networks and volumes: only app is in use
  'image-age': 'pass app | not-applicable root',
  'image-artifacts-verified': 'unknown app | not-applicable root',
  'image-copy-not-add': 'unknown app | not-applicable root',
  'image-health-check': 'pass app | not-applicable root',
  'image-no-secrets': 'pass app | not-applicable root',
  'image-no-unneeded-tools': 'unknown app | not-applicable root',
  'image-origin-unknown': 'fail app | not-applicable root',
  'image-package-update-not-alone': 'unknown app | not-applicable root',
  'image-packages-authenticated': 'unknown app | not-applicable root',
  'image-patched': 'unknown app | not-applicable root',
  'image-setuid-programs': 'unknown app | not-applicable root',
  'image-trusted-source': 'unknown app | not-applicable root',
  'image-user-not-root': 'pass app | not-applicable root',
  'flat-network': 'not-applicable bridge docker_gwbridge front host ingress none sealed',
  'ipv6-publish': 'not-applicable bridge docker_gwbridge front host ingress none sealed',
  'macvlan-ipvlan': 'not-applicable bridge docker_gwbridge front host ingress none sealed',
  'network-direct-routing': 'pass docker_gwbridge | fail daemon | not-applicable bridge front host ingress none sealed',
  'orphan-volume': nothing,
  'shared-writable-data': nothing,
  'volume-hidden-bind': nothing,
  'volume-network-storage': nothing,
};
