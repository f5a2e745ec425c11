import type { HostFiles, HostPath, HostUnit } from '@plimsoll/snapshot';

/** A file of root; name only what matters. */
export const aFile = (given: HostPath = {}): HostPath => ({
  exists: true,
  kind: 'file',
  mode: 0o644,
  uid: 0,
  gid: 0,
  ...given,
});
export const aFolder = (given: HostPath = {}): HostPath => aFile({ kind: 'folder', mode: 0o755, ...given });
/** The ids of a socket never show. */
export const aSocket = (mode = 0o660): HostPath => ({ exists: true, kind: 'socket', mode });
export const aLink = (linkTarget: string): HostPath => aFile({ kind: 'link', mode: 0o777, linkTarget });
export const nothing: HostPath = { exists: false };

/** A unit file with assignments such as `Service.ExecStart=/usr/bin/dockerd`. */
export const aUnit = (path: string | null, assignments: readonly string[] = [], given: HostUnit = {}): HostUnit => ({
  path,
  masked: false,
  dropIns: [],
  assignments: assignments.map((assignment) => {
    const [, section = '', key = '', value = ''] = /^(\w+)\.(\w+)=(.*)$/.exec(assignment) ?? [];
    return { file: path ?? '', section, key, value };
  }),
  ...given,
});

export const units = '/usr/lib/systemd/system';
/** docker.service as packages bring it, with more words on the command line. */
export const dockerService = (words = '', more: readonly string[] = [], given: HostUnit = {}): HostUnit =>
  aUnit(
    `${units}/docker.service`,
    [
      `Service.ExecStart=/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock ${words}`.trim(),
      ...more,
    ],
    given,
  );

/** A whole and tidy Debian host on which nothing is audited; name only what matters. */
export const aTidyHost = ({ paths, units: givenUnits, ...given }: HostFiles = {}): HostFiles => ({
  paths: {
    '/usr/bin/dockerd': aFile({ mode: 0o755 }),
    '/usr/bin/containerd': aFile({ mode: 0o755 }),
    '/usr/bin/containerd-shim': nothing,
    '/usr/bin/containerd-shim-runc-v1': nothing,
    '/usr/bin/containerd-shim-runc-v2': aFile({ mode: 0o755 }),
    '/usr/local/sbin/runc': nothing,
    '/usr/local/bin/runc': nothing,
    '/usr/sbin/runc': nothing,
    '/usr/bin/runc': aFile({ mode: 0o755 }),
    '/run/containerd': aFolder({ mode: 0o711 }),
    '/run/containerd/containerd.sock': aSocket(),
    '/run/docker.sock': aSocket(),
    '/var/lib/docker': aFolder({ mode: 0o710 }),
    '/etc/docker': aFolder(),
    '/etc/docker/daemon.json': aFile(),
    '/etc/containerd/config.toml': aFile(),
    '/etc/default/docker': aFile(),
    '/etc/sysconfig/docker': nothing,
    [`${units}/docker.service`]: aFile(),
    [`${units}/docker.socket`]: aFile(),
    ...paths,
  },
  units: {
    'docker.service': dockerService(),
    'docker.socket': aUnit(`${units}/docker.socket`, [
      'Socket.ListenStream=/run/docker.sock',
      'Socket.SocketMode=0660',
      'Socket.SocketUser=root',
      'Socket.SocketGroup=docker',
    ]),
    'containerd.service': aUnit(`${units}/containerd.service`, ['Service.ExecStart=/usr/bin/containerd']),
    'auditd.service': aUnit(`${units}/auditd.service`, ['Service.ExecStartPost=-/sbin/augenrules --load']),
    'audit-rules.service': aUnit(null),
    ...givenUnits,
  },
  environmentFiles: {},
  daemonConfig: { path: '/etc/docker/daemon.json', state: 'read', settings: {} },
  containerdConfig: { path: '/etc/containerd/config.toml', state: 'read', grpc: { uid: 0, gid: 0 }, imports: [] },
  audit: { installed: true, files: [] },
  mounts: [],
  users: [{ name: 'root', uid: 0, gid: 0 }],
  groups: [{ name: 'docker', gid: 999, members: [] }],
  groupSources: ['files', 'systemd'],
  enabledUnits: [],
  sysctls: {},
  kernelCommandLine: [],
  kernelOptions: {},
  registryCertificates: [],
  clientFolders: [],
  ...given,
});

/** Rules in a file below rules.d, as a host with augenrules has them. */
export const auditing = (...lines: string[]): Required<Pick<HostFiles, 'audit'>> => ({
  audit: { installed: true, files: [{ path: '/etc/audit/rules.d/docker.rules', lines }] },
});
