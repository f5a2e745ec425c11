/** What the compared host is set up with: good and bad on purpose. Pure; `compared-host.ts` puts it in place. */

/** A file or folder of the host's own /etc, as it lies over the machine's. */
export interface SettingsFile {
  /** Below /etc, no leading slash. */
  readonly path: string;
  /** Absent: a folder. */
  readonly content?: string;
  /** Default: 0644 for a file, 0755 for a folder, of root. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Where the daemon's API is, as seen from inside the host's own network. */
export const apiPort = 2376;
export const daemonProgram = '/usr/sbin/dockerd';
export const containerdAddress = '/run/containerd/containerd.sock';
/** An ordinary account that may use the API's socket. */
const dockerGroupMember = 'deploy';
/** All containers of the daemon go below the first, and one of them below the second. */
export const cgroupParents = { ofDaemon: '/compared', ofContainer: '/compared-elsewhere' };
const stranger = 1000;

/** Switches that are written so that their value has to be understood, not searched for. */
const daemonOptions = [
  '--icc=0',
  '--log-level=debug',
  '--userland-proxy=0',
  '--no-new-privileges=false',
  '--live-restore=false',
  '--userns-remap=',
];

const daemonCommand = [
  daemonProgram,
  '-H',
  'unix:///run/docker.sock',
  '-H',
  `tcp://127.0.0.1:${apiPort}`,
  '--tlsverify',
  '--tlscacert=/etc/docker/tls/ca.pem',
  '--tlscert=/etc/docker/tls/cert.pem',
  '--tlskey',
  '/etc/docker/tls/key.pem',
  `--containerd=${containerdAddress}`,
];

/** The words that systemd would start the daemon with after the drop-in and the environment file. */
export const daemonWords: readonly string[] = [...daemonCommand.slice(1), ...daemonOptions];

const daemonSettings = {
  'insecure-registries': ['registry.test.example:5000'],
  'cgroup-parent': cgroupParents.ofDaemon,
  'default-ulimits': { nofile: { Name: 'nofile', Soft: 4096, Hard: 8192 } },
  experimental: true,
  'log-driver': 'local',
};

const unit = (section: string, lines: readonly string[], wantedBy: string): string =>
  [`[Unit]\nDescription=Of the compared host`, `[${section}]`, ...lines, '[Install]', `WantedBy=${wantedBy}`, ''].join(
    '\n',
  );

export interface TlsMaterial {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** The group keeps its id where the machine has one; else it takes the highest that is free for system groups. */
const withDockerGroup = (groups: string): string => {
  const lines = groups.split('\n').filter((line) => line !== '');
  const idOf = (line: string): number => Number(line.split(':')[2]);
  const own = lines.find((line) => line.startsWith('docker:'));
  const taken = new Set(lines.map(idOf));
  let id = 999;
  while (taken.has(id)) id -= 1;
  return [
    ...lines.filter((line) => line !== own),
    `docker:x:${own === undefined ? id : idOf(own)}:${dockerGroupMember}`,
    '',
  ].join('\n');
};

/** @param groups the machine's own /etc/group, whose line for docker is replaced */
export const settingsFiles = (tls: TlsMaterial, groups: string): readonly SettingsFile[] => [
  {
    path: 'group',
    content: withDockerGroup(groups),
  },
  // A mount point, and yet no file system of its own.
  { path: 'fstab', content: '/dev/vda1 / ext4 defaults 0 1\n/srv/docker /var/lib/docker none bind 0 0\n' },
  // Writable by everyone in the group and others, with digits that are small as a decimal number.
  { path: 'docker', mode: 0o733 },
  { path: 'docker/daemon.json', content: `${JSON.stringify(daemonSettings, null, 2)}\n` },
  { path: 'docker/tls', mode: 0o700 },
  { path: 'docker/tls/ca.pem', content: tls.ca, mode: 0o644 },
  { path: 'docker/tls/cert.pem', content: tls.certificate, mode: 0o444, gid: stranger },
  { path: 'docker/tls/key.pem', content: tls.key, mode: 0o440 },
  { path: 'docker/certs.d' },
  { path: 'docker/certs.d/registry.test.example:5000' },
  { path: 'docker/certs.d/registry.test.example:5000/ca.crt', content: tls.ca, mode: 0o424 },
  { path: 'docker/certs.d/registry.test.example:5000/client.cert', content: tls.certificate, uid: stranger },
  { path: 'containerd' },
  { path: 'containerd/config.toml', content: 'version = 2\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n' },
  { path: 'default' },
  { path: 'default/docker', content: `DOCKER_OPTS="${daemonOptions.join(' ')}"\n`, mode: 0o664 },
  { path: 'sysconfig' },
  { path: 'sysconfig/docker', content: '# not read by any unit\n', mode: 0o622 },
  { path: 'systemd' },
  { path: 'systemd/system' },
  {
    path: 'systemd/system/docker.service',
    content: unit(
      'Service',
      ['EnvironmentFile=-/etc/default/docker', `ExecStart=${daemonProgram} -H fd:// $DOCKER_OPTS`],
      'multi-user.target',
    ),
    mode: 0o606,
  },
  { path: 'systemd/system/docker.service.d' },
  {
    path: 'systemd/system/docker.service.d/10-remote.conf',
    content: `[Service]\nExecStart=\nExecStart=${daemonCommand.join(' ')} $DOCKER_OPTS\n`,
  },
  {
    path: 'systemd/system/docker.socket',
    content: unit(
      'Socket',
      ['ListenStream=/run/docker.sock', 'SocketMode=0660', 'SocketUser=root', 'SocketGroup=docker'],
      'sockets.target',
    ),
    gid: stranger,
  },
  {
    path: 'systemd/system/containerd.service',
    content: unit('Service', ['ExecStart=/usr/bin/containerd'], 'multi-user.target'),
  },
  {
    path: 'systemd/system/auditd.service',
    content: unit('Service', ['ExecStart=/sbin/auditd', 'ExecStartPost=-/sbin/augenrules --load'], 'multi-user.target'),
  },
  { path: 'audit', mode: 0o750 },
  { path: 'audit/audit.rules', content: auditRules(), mode: 0o640 },
  { path: 'audit/rules.d', mode: 0o750 },
  // augenrules makes the one from the other: what it has not merged yet is configured all the same.
  {
    path: 'audit/rules.d/docker.rules',
    content: `${auditRules()}-w /etc/systemd/system/docker.service -p wa -k docker\n`,
    mode: 0o640,
  },
];

/** Rules of which some name the thing, some a neighbour whose path begins alike, and some a file that does not exist. */
function auditRules(): string {
  return [
    '-D',
    '-c',
    '-w /usr/bin/dockerd -k docker',
    '-w /var/lib/docker -p wa -k docker',
    '-w /etc/docker/daemon.json -p wa -k docker',
    '-w /etc/default/docker -p r -k docker',
    '-w /usr/bin/containerd-shim-runc-v2 -p wa -k docker',
    '-w /run/containerd/containerd.sock -p wa -k docker',
    '-w /run/docker.sock -p wa -k docker',
    '-a never,exit -F path=/etc/containerd/config.toml -F perm=wa',
    '-w /etc/containerd/config.toml -p wa -k docker',
    '-w /usr/sbin/runc -p wa -k docker',
    '',
  ].join('\n');
}
