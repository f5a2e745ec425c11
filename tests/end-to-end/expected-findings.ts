/**
 * What a scan of the twenty containers (tests/docker/twenty-containers.ts) must find on Docker 20.10, written by hand
 * from what each of them is, and nothing else. Grouped by check; a subject is a container unless it says otherwise.
 */
import { catalogue } from '@plimsoll/checks';
import type { Severity } from '@plimsoll/contracts';

/** A finding's three words: `check`, `kind/name`, severity. */
export type FindingLine = `${string} ${string} ${Severity}`;

/** What of a machine decides whether a check of the daemon fails: read from `docker info`, not by Plimsoll. */
export interface Machine {
  readonly cgroupVersion: string;
  readonly hasSecurityModule: boolean;
  readonly operatingSystem: string;
}

type Rows = Readonly<Record<string, Severity>>;
const daemon = 'daemon/Docker daemon';

/** By check: which thing, how bad. */
const always: Readonly<Record<string, Rows>> = {
  // The containers, each for the one thing that is wrong with it.
  'container-capabilities': {
    // SYS_ADMIN is critical; one step lower for a user other than root that can gain no privileges.
    capabilities: 'high',
  },
  'container-cpu-limit': { 'no-limits': 'low' },
  'container-docker-socket': { 'socket-direct': 'critical', 'socket-parent': 'critical' },
  // It is stopped: nothing restarts it, and nothing writes.
  'container-endless-restarts': { 'writable-root': 'info' },
  'container-read-only-root': { 'writable-root': 'info' },
  // The kernel's log, for reading only.
  'container-host-devices': { 'host-device': 'medium' },
  'container-host-ipc': { 'host-ipc': 'medium' },
  'container-host-network': { 'host-network': 'high' },
  'container-host-pid': { 'host-pid': 'high' },
  'container-host-uts': { 'host-uts': 'low' },
  'log-rotation': { 'no-limits': 'medium' },
  'container-memory-limit': { 'no-limits': 'medium' },
  'container-ports-on-all-addresses': { published: 'medium' },
  // Created but never started: one step below critical.
  'container-privileged': { privileged: 'high' },
  'container-process-limit': { 'no-limits': 'medium' },
  'container-seccomp-profile': { 'seccomp-off': 'high' },
  'container-sensitive-host-mounts': {
    // Writable /etc is root on the host.
    'host-etc': 'critical',
    // /var/run is the host's /run, writable, beside the socket that is in it.
    'socket-parent': 'high',
  },
  'container-ssh-server': { 'ssh-server': 'medium' },
  'secret-in-container-config': { 'secret-environment': 'high' },
  // The image of root-user. That of ssh-server and of the others names a user; busybox itself runs nowhere.
  'image-user-not-root': { 'image/registry.test.example/root-app:1.4.2': 'medium' },

  // The daemon, started with hardly any setting.
  'api-authorization-plugin': { [daemon]: 'medium' },
  'container-logs-leave-host': { [daemon]: 'low' },
  'daemon-default-ulimits': { [daemon]: 'low' },
  'daemon-rootless': { [daemon]: 'medium' },
  'default-bridge-isolated': { [daemon]: 'medium' },
  'live-restore': { [daemon]: 'low' },
  // Older than 28.0, on a host that forwards.
  'network-direct-routing': { [daemon]: 'medium' },
  'userns-remap': { [daemon]: 'medium' },

  // Its endpoint: mutual TLS, but the Go of that time still offers suites with CBC on TLS 1.2.
  'tls-protocol': { endpoint: 'medium' },
};

const onCgroup1: Readonly<Record<string, Rows>> = { 'limit-support-missing': { [daemon]: 'low' } };
const withoutSecurityModule: Readonly<Record<string, Rows>> = {
  'no-security-module': { [daemon]: 'high' },
  // SYS_ADMIN with nothing that stops a mount; one step lower for a user other than root that can gain no privileges.
  'sys-admin-unconfined': { capabilities: 'high' },
};
/** Security updates go on, by extended support alone. */
const onDebian12: Readonly<Record<string, Rows>> = {
  'end-of-life-component': { 'host/operating system': 'low' },
};

/** Failures that follow from another: shown with their cause, never counted as findings of their own. */
const following: Readonly<Record<string, Rows>> = {
  'container-capabilities': { privileged: 'medium' },
  'cap-sys-admin': { capabilities: 'medium' },
  'cap-net-admin': { capabilities: 'low' },
  'container-host-devices': { privileged: 'medium' },
  'container-seccomp-profile': { privileged: 'medium' },
  'container-needless-ports': { 'host-network': 'low' },
  'cpu-unbounded': { 'no-limits': 'low' },
  // /var/run holds containerd's socket too, and folders of secrets.
  'host-control-socket': { 'socket-parent': 'critical' },
  'management-container': { 'socket-direct': 'critical', 'socket-parent': 'critical' },
  'mount-credentials': { 'host-etc': 'critical', 'socket-parent': 'high' },
  'kernel-memory-access': { 'host-device': 'low' },
  // 8080, on a port of the host that the engine picked.
  'admin-port-exposed': { published: 'low' },
  'published-without-need': { published: 'low' },
  'root-processes': { 'root-user': 'medium' },
};

const lines = (groups: Readonly<Record<string, Rows>>): FindingLine[] =>
  Object.entries(groups).flatMap(([check, rows]) =>
    Object.entries(rows).map(
      ([thing, severity]): FindingLine =>
        `${check} ${thing === 'endpoint' || thing.includes('/') ? thing : `container/${thing}`} ${severity}`,
    ),
  );

/** Sorted. */
export const expectedFindings = ({ cgroupVersion, hasSecurityModule, operatingSystem }: Machine): FindingLine[] =>
  [
    ...lines(always),
    ...(cgroupVersion === '1' ? lines(onCgroup1) : []),
    ...(hasSecurityModule ? [] : lines(withoutSecurityModule)),
    ...(operatingSystem.startsWith('Debian GNU/Linux 12') ? lines(onDebian12) : []),
  ].toSorted();

/** Sorted. */
export const expectedConsequences: readonly FindingLine[] = lines(following).toSorted();

const running = (...without: readonly string[]): string[] =>
  [
    'kept-web',
    'kept-api',
    'kept-worker',
    'socket-direct',
    'socket-parent',
    'host-network',
    'host-pid',
    'host-ipc',
    'host-uts',
    'no-limits',
    'root-user',
    'published',
    'capabilities',
    'host-etc',
    'seccomp-off',
    'host-device',
    'secret-environment',
    'ssh-server',
  ].filter((name) => !without.includes(name));

const images = ['app', 'root-app', 'ssh-app'].map((name) => `image/registry.test.example/${name}:1.4.2`);
const host = 'host/host';

/** What the API of Docker 20.10 can not tell, by check; as strictly as the findings, for nothing unseen may pass. */
const unknown: Readonly<Record<string, readonly string[]>> = {
  // Settings of the daemon that only its files show.
  'api-listen-scope': [daemon],
  'builder-entitlements': [daemon],
  'daemon-log-level': [daemon],
  'daemon-manages-firewall': [daemon],
  'daemon-no-new-privileges': [daemon],
  'default-cgroup-parent': [daemon],
  'no-userland-proxy': [daemon],
  'registry-credentials': [host],
  // Where it listens on the network of the host only a look at the sockets there would tell.
  'admin-port-exposed': ['host-network'],
  // Commands that have ended leave no trace. Where the container runs as root, exec as root takes nothing new.
  'exec-privileged': running(),
  'exec-as-root': running('root-user'),
  // Without a list of needed ports nobody can say.
  'container-needless-ports': ['kept-web', 'published'],
  // It says nothing itself, and the daemon's default is not shown.
  'container-no-new-privileges': ['writable-root'],
  // No list of trusted sources; an image that no container uses is not judged.
  'image-trusted-source': images,
  // Questions for a person.
  'content-trust': [host],
  'host-hardening-standard': [host],
  'image-artifacts-verified': images,
  // The files of an image are not read.
  'image-no-unneeded-tools': images,
  'image-patched': images,
  'image-setuid-programs': images,
  // Builds of Debian, which takes in fixes under an old number.
  'end-of-life-component': ['host/containerd', 'host/runc'],
  'engine-supported-release': [daemon],
  'known-vulnerability': ['Docker Engine', 'containerd', 'runc', 'BuildKit'].map((name) => `daemon/${name}`),
  // What shows between two scans: this is the first.
  'io-unbounded': running(),
  'near-limits': running('no-limits'),
  'network-errors': running('host-network'),
  // It is stopped, and sizes are asked for of none.
  'disk-growth': ['writable-root'],
};
/** Reading files of the host is not switched on. */
const byHostFilesAlone = catalogue.flatMap(({ id, needs }) => (needs.includes('hostFiles') ? [`${id} ${host}`] : []));

/** `check kind/name`, sorted. */
export const expectedUnknown: readonly string[] = Object.entries(unknown)
  .flatMap(([check, things]) => things.map((thing) => `${check} ${thing.includes('/') ? thing : `container/${thing}`}`))
  .concat(byHostFilesAlone)
  .toSorted();
