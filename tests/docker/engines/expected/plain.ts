import { depends, type ExpectedResults } from './row.ts';

/** Docker Engine 20.10 as root, as Debian installs it: the other tables say only where they differ. */
export const plain: ExpectedResults = {
  // The daemon and its endpoint
  'api-authorization-plugin': 'fail daemon',
  'api-client-authority': 'pass endpoint',
  'api-listen-scope': 'unknown daemon',
  'authorization-plugin-sound': 'not-applicable daemon',
  'builder-entitlements': 'unknown daemon',
  'container-logs-leave-host': 'fail daemon',
  'daemon-default-ulimits': 'fail daemon',
  'daemon-log-level': 'unknown daemon',
  'daemon-manages-firewall': 'unknown daemon',
  'daemon-no-new-privileges': 'unknown daemon',
  'daemon-rootless': 'fail daemon',
  'debug-mode': 'pass daemon',
  'default-bridge-isolated': 'fail daemon',
  'default-cgroup-parent': 'unknown daemon',
  'default-seccomp-profile': 'pass daemon',
  'devicemapper-base-size': 'not-applicable daemon',
  'engine-supported-release': 'unknown daemon',
  'engine-warnings': depends('the kernel decides what the engine warns of', 'pass daemon', 'fail daemon'),
  // Fixed before this number, or a number of Debian's own build, which may carry the fix: nothing is claimed.
  'known-vulnerability': 'pass records | unknown records',
  'limit-support-missing': depends('control groups of version 1 weigh less, but fail', 'fail daemon', 'pass daemon'),
  'live-restore': 'fail daemon',
  'mirror-unencrypted': 'not-applicable daemon',
  'no-aufs-storage-driver': 'pass daemon',
  'no-experimental-features': 'pass daemon',
  'no-insecure-registries': 'pass daemon',
  'no-security-module': depends('AppArmor or SELinux of the machine', 'fail daemon', 'pass daemon'),
  'no-userland-proxy': 'unknown daemon',
  'plugin-privileges': 'not-applicable daemon',
  'remote-api-mutual-tls': 'pass endpoint',
  'runtime-unknown': 'pass daemon',
  'swarm-mode-wanted': 'pass daemon',
  'tls-certificate': 'pass endpoint',
  'tls-expiry': 'pass endpoint',
  // True of every Docker of that time: its list of suites for servers holds CBC with SHA-1 (go-connections).
  'tls-protocol': 'fail endpoint',
  'userns-remap': 'fail daemon',

  // The host
  'clock-skew': 'pass host',
  'content-trust': 'unknown host',
  'end-of-life-component': depends(
    'the day, and the distribution of the machine; its builds of the other two are kept by itself',
    'pass operating-system | unknown containerd runc',
    'fail operating-system | unknown containerd runc',
    'unknown containerd operating-system runc',
  ),
  'host-hardening-standard': 'unknown host',
  'memory-overcommit': 'fail host',
  'registry-credentials': 'unknown host',
  'stopped-containers': 'pass host',
  'unused-images': 'pass host',

  // Containers: namespaces and networks
  // On the network of the host nothing is published: what listens there is not in the API.
  'admin-port-exposed': 'pass good | fail open | unknown host | not-applicable privileged',
  'cgroupns-host': depends('the version of control groups', 'not-applicable all', 'pass all'),
  'container-default-bridge': 'pass good | fail open privileged | not-applicable host',
  'container-host-ipc': 'pass all',
  'container-host-network': 'pass good open privileged | fail host',
  'container-host-pid': 'pass good open privileged | fail host',
  'container-host-user-namespace': 'pass all',
  'container-host-uts': 'pass good open privileged | fail host',
  'container-mount-propagation': 'pass all',
  'container-needless-ports': 'pass privileged | fail host | unknown good open',
  'container-ports-on-all-addresses': 'pass good | fail open | not-applicable host privileged',
  'container-privileged-host-ports': 'pass good open | not-applicable host privileged',
  'host-network-with-root': 'fail host | not-applicable good open privileged',
  'joined-container-namespaces': 'not-applicable all',
  'network-errors': 'unknown good open | not-applicable host privileged',
  'published-without-need': 'pass good open | not-applicable host privileged',

  // Containers: control groups
  'container-cgroup-parent': 'pass all',
  'container-cpu-limit': 'pass good | fail open host privileged',
  'container-endless-restarts': 'pass good host privileged | fail open',
  'container-memory-limit': 'pass good | fail open host privileged',
  'container-process-limit': 'pass good | fail open host privileged',
  'container-ulimit-overrides': 'pass all',
  'cpu-unbounded': 'pass good | fail open host | not-applicable privileged',
  'crash-history': 'pass up | not-applicable privileged',
  'disk-growth': 'unknown open host privileged | not-applicable good',
  // Rates take two samples of the same run, and this is the first scan.
  'io-unbounded': 'unknown up | not-applicable privileged',
  // How often a processor limit held it back takes a second sample.
  'near-limits': 'unknown good | not-applicable open host privileged',
  'swap-and-oom-killer': 'pass good | not-applicable open host privileged',

  // Containers: what leads to the host
  'container-docker-socket': 'pass good host privileged | fail open',
  'container-sensitive-host-mounts': 'pass good open privileged | fail host',
  // The engine's own socket in open is container-docker-socket's.
  'host-control-socket': 'pass open host | not-applicable good privileged',
  'management-container': 'fail open | not-applicable good host privileged',
  'mount-credentials': 'pass open | fail host | not-applicable good privileged',
  'read-only-not-recursive': 'not-applicable all',
  'socket-proxy': 'not-applicable all',
  'writable-kernel-interface': 'not-applicable all',

  // Containers: privileges
  'cap-all': 'pass up | not-applicable privileged',
  'cap-bpf-perfmon': 'pass up | not-applicable privileged',
  'cap-dac-read-search': 'pass up | not-applicable privileged',
  'cap-host-wide': 'pass up | not-applicable privileged',
  'cap-net-admin': 'pass up | not-applicable privileged',
  'cap-net-raw': 'pass good | fail open host | not-applicable privileged',
  'cap-sys-admin': 'pass good open | fail host | not-applicable privileged',
  'cap-sys-module': 'pass up | not-applicable privileged',
  'cap-sys-ptrace': 'pass up | not-applicable privileged',
  // The engine's own default set is allowed; what NET_RAW in it can do among neighbours is judged by cap-net-raw.
  'container-capabilities': 'pass good open | fail host privileged',
  'container-host-devices': 'pass up | fail privileged',
  'container-no-new-privileges': 'pass good | unknown open host privileged',
  'container-privileged': 'pass up | fail privileged',
  'exec-as-root': 'unknown good | not-applicable open host privileged',
  // The engine forgets commands that have ended: none seen is no proof.
  'exec-privileged': 'unknown up | not-applicable privileged',
  'explicit-root-user': 'pass good | fail host | not-applicable open privileged',
  'kernel-memory-access': 'pass up | not-applicable privileged',
  'mknod-with-device-rule': 'pass up | not-applicable privileged',
  'privileged-group': 'not-applicable all',
  // Root with SYS_ADMIN among the processes of the host.
  'privileged-host-namespace': 'fail host | not-applicable good open privileged',
  'root-processes': 'pass good | fail open host | not-applicable privileged',
  'setuid-return': 'pass good | not-applicable open host privileged',

  // Containers: security modules
  'container-apparmor-profile': depends(
    'AppArmor of the machine',
    'not-applicable all-containers',
    'pass up | fail privileged',
  ),
  'container-seccomp-profile': 'pass good open | fail host privileged',
  'container-selinux-label': depends(
    'SELinux of the machine, and whether its distribution comes with it',
    'not-applicable all-containers',
    'unknown all-containers',
    'pass up | fail privileged',
  ),
  'masked-paths': 'pass up | not-applicable privileged',
  'seccomp-custom-profile': 'pass good open | not-applicable host privileged',
  'sys-admin-unconfined': depends(
    'AppArmor of the machine',
    'pass good open | fail host | not-applicable privileged',
    'pass up | not-applicable privileged',
  ),

  // Containers: files, logs, secrets
  'container-changed-files': 'unknown open host | not-applicable good privileged',
  // Imported here: no registry has another build.
  'container-current-image': 'not-applicable all',
  'container-health-check': 'pass good host | fail open | not-applicable privileged',
  'container-read-only-root': 'pass good | fail open host privileged',
  'container-ssh-server': 'pass up | not-applicable privileged',
  'exited-container-holds-secrets': 'pass privileged | not-applicable up',
  // A version passes wherever it comes from; latest of an image that no registry knows can not move.
  'image-not-pinned': 'pass good host | not-applicable open privileged',
  'log-rotation': 'pass good | fail open host privileged',
  'logging-off': 'pass up | not-applicable privileged',
  'secret-in-container-config': 'pass good host privileged | fail open',
  'suspicious-command': 'pass all',

  // Images
  'image-age': 'pass app root',
  'image-artifacts-verified': 'unknown app root',
  // An import keeps no build steps, so there is nothing that could be in order.
  'image-copy-not-add': 'unknown app root',
  'image-health-check': 'pass app | fail root',
  'image-no-secrets': 'pass app root',
  'image-no-unneeded-tools': 'unknown app root',
  'image-origin-unknown': 'fail app root',
  'image-package-update-not-alone': 'unknown app root',
  'image-packages-authenticated': 'unknown app root',
  'image-patched': 'unknown app root',
  'image-setuid-programs': 'unknown app root',
  'image-trusted-source': 'unknown app root',
  'image-user-not-root': 'pass app | fail root',

  // Networks and volumes
  'flat-network': 'not-applicable app bridge host none',
  'ipv6-publish': 'not-applicable app bridge host none',
  'macvlan-ipvlan': 'not-applicable app bridge host none',
  // Before 28.0 no engine kept neighbours of the host from unpublished ports.
  'network-direct-routing': 'pass app bridge | fail daemon | not-applicable host none',
  'orphan-volume': 'pass data hidden',
  'shared-writable-data': 'not-applicable data hidden',
  'swarm-encrypted-overlays': 'not-applicable all-networks',
  'volume-hidden-bind': 'fail hidden | not-applicable data',
  'volume-network-storage': 'not-applicable data hidden',

  // Swarm: there is none
  'swarm-autolock': 'not-applicable swarm',
  'swarm-ca-rotation': 'not-applicable swarm',
  'swarm-listen-address': 'not-applicable swarm',
  'swarm-manager-count': 'not-applicable swarm',
  'swarm-manager-workload': 'not-applicable swarm',
  'swarm-node-certificate-lifetime': 'not-applicable swarm',
  'swarm-nodes-covered': 'not-applicable swarm',
  'swarm-secret-hygiene': 'not-applicable all-secrets',
  'swarm-secrets-used': 'not-applicable all-services',
  'swarm-separate-planes': 'not-applicable swarm',
  'swarm-service-privileges': 'not-applicable all-services',
  'swarm-unlock-key-rotation': 'not-applicable swarm',
};
