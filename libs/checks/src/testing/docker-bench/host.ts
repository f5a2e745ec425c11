import type { HostFiles } from '@plimsoll/snapshot';
import { aSnapshot } from '../builders.ts';
import { aFile, aSocket, aTidyHost, auditing, dockerService, units } from '../host-file-builders.ts';
import { type DockerBenchError, heldIn } from './docker-bench-error.ts';

const info = { Runtimes: { runc: { path: 'runc' } }, Containerd: { Address: '/run/containerd/containerd.sock' } };
const hostOf = (given: HostFiles) => aSnapshot({ hostFiles: aTidyHost(given), info });
const watches = 'logging-and-operations/audit-watches';
const accounts = 'daemon-attack-surface/accounts-and-keys';
const setUp = 'host/host-set-up';

/** What the audit tests share: they look for the text of a path in any line, and in one file only. */
const audited: readonly [check: string, path: string, longer: string][] = [
  ['audit-dockerd-binary', '/usr/bin/dockerd', '/usr/bin/dockerd-rootless.sh'],
  ['audit-containerd-runtime-folder', '/run/containerd', '/run/containerd/containerd.sock'],
  ['audit-docker-data-folder', '/var/lib/docker', '/var/lib/docker/volumes'],
  ['audit-docker-configuration-folder', '/etc/docker', '/etc/docker/daemon.json'],
  ['audit-docker-service-unit', `${units}/docker.service`, `${units}/docker.service.d`],
  ['audit-containerd-socket', '/run/containerd/containerd.sock', '/run/containerd/containerd.sock.ttrpc'],
  ['audit-docker-socket', '/run/docker.sock', '/run/docker.sock.old'],
  ['audit-default-docker-file', '/etc/default/docker', '/etc/default/docker-storage'],
  ['audit-daemon-json', '/etc/docker/daemon.json', '/etc/docker/daemon.json.bak'],
  ['audit-containerd-configuration', '/etc/containerd/config.toml', '/etc/containerd/config.toml.bak'],
  ['audit-sysconfig-docker-file', '/etc/sysconfig/docker', '/etc/sysconfig/docker-storage'],
  ['audit-containerd-binary', '/usr/bin/containerd', '/usr/bin/containerd-shim-runc-v2'],
  ['audit-containerd-shim', '/usr/bin/containerd-shim', '/usr/bin/containerd-shim-runc-v2'],
  ['audit-containerd-shim-runc-v1', '/usr/bin/containerd-shim-runc-v1', '/usr/bin/containerd-shim-runc-v1.old'],
  ['audit-containerd-shim-runc-v2', '/usr/bin/containerd-shim-runc-v2', '/usr/bin/containerd-shim-runc-v2.old'],
  ['audit-runc-binary', '/usr/bin/runc', '/usr/bin/runc-1.1'],
];

const auditErrors = audited.flatMap(([check, path, longer]): DockerBenchError[] => {
  const paths = { [path]: path.endsWith('.sock') ? aSocket() : path === '/run/containerd' ? {} : aFile() };
  const host = (...rules: string[]) =>
    hostOf({ ...(path === '/run/containerd' ? {} : { paths }), ...auditing(...rules) });
  return [
    {
      check,
      error: `takes a rule on ${longer} for one on ${path}, whose text it holds`,
      heldBy: { snapshot: host(`-w ${longer} -p wa -k docker`), outcomes: ['fail'] },
    },
    {
      check,
      error: 'passes with a rule that records reads alone, or keeps records from being made',
      heldBy: {
        snapshot: host(`-a never,exit -F path=${path} -F perm=wa`, `-w ${path} -p r`, `-w ${path} -p wa`),
        outcomes: ['fail'],
      },
    },
    {
      check,
      error: 'sees no rule that stands in rules.d where auditctl is not at hand, or prints nothing in its container',
      heldBy: { snapshot: host(`-a always,exit -F path=${path} -F perm=wa -k docker`), outcomes: ['pass'] },
    },
  ];
});

export const hostErrors: readonly DockerBenchError[] = [
  {
    check: 'docker-data-own-filesystem',
    error: 'warns for a data root that is a folder on a file system of its own, reached by a link',
    heldBy: heldIn(setUp, 'a link to a file system of its own'),
  },
  {
    check: 'docker-data-own-filesystem',
    error: "never looks at containerd's folder, which holds the images of its own store",
    heldBy: heldIn(setUp, "containerd's images below the root"),
  },
  {
    check: 'docker-data-own-filesystem',
    error: 'passes for any mount point, also for a bind mount of a folder on the root file system',
    heldBy: heldIn(setUp, 'a bind mount of a folder on the root'),
  },
  {
    check: 'docker-data-own-filesystem',
    error: 'goes one folder up wherever the engine prints the letters userns',
    heldBy: heldIn(setUp, 'remapped users'),
  },
  {
    check: 'docker-group-trusted-members',
    error: 'takes an account for trusted whose name is part of a trusted one',
    heldBy: {
      snapshot: hostOf({ groups: [{ name: 'docker', gid: 999, members: ['dep'] }] }),
      outcomes: ['fail'],
      parameters: { trustedUsers: ['deployer'] },
    },
  },
  {
    check: 'docker-group-trusted-members',
    error: 'misses accounts whose own group it is',
    heldBy: heldIn(accounts, 'an account whose own group it is'),
  },
  {
    check: 'docker-group-trusted-members',
    error: 'asks the group docker, whichever group owns the socket',
    heldBy: heldIn(accounts, 'another group of the socket'),
  },
  {
    check: 'docker-group-trusted-members',
    error: 'believes the local file where a directory service may add members',
    heldBy: heldIn(accounts, 'groups of a directory service'),
  },
  {
    check: 'docker-group-trusted-members',
    error: 'reports several untrusted accounts as the last of them, twice',
    heldBy: {
      snapshot: hostOf({ groups: [{ name: 'docker', gid: 999, members: ['eve', 'mallory', 'app'] }] }),
      outcomes: ['fail'],
      parameters: { trustedUsers: ['app'] },
    },
  },
  ...auditErrors,
  {
    check: 'audit-dockerd-binary',
    error: 'looks at /usr/bin/dockerd, where Debian has none',
    heldBy: heldIn(watches, 'the program is the one that the unit starts'),
  },
  {
    check: 'audit-containerd-runtime-folder',
    error: 'warns where there is no such folder',
    heldBy: heldIn(watches, '%s does not apply where there is no such thing'),
  },
  {
    check: 'audit-docker-data-folder',
    error: 'knows no data root but /var/lib/docker',
    heldBy: {
      snapshot: aSnapshot({
        info: { ...info, DockerRootDir: '/srv/docker' },
        hostFiles: aTidyHost({
          paths: { '/srv/docker': aFile({ kind: 'folder' }) },
          ...auditing('-w /var/lib/docker'),
        }),
      }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'audit-docker-service-unit',
    error: 'finds no unit that lies elsewhere than in the two usual folders',
    heldBy: {
      snapshot: hostOf({
        units: {
          'docker.service': dockerService('', [], { path: '/usr/local/lib/systemd/system/docker.service' }),
        },
        paths: { '/usr/local/lib/systemd/system/docker.service': aFile() },
      }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'audit-containerd-socket',
    error: "takes the first containerd.sock below /run, which may be the engine's private one",
    heldBy: { snapshot: hostOf(auditing('-w /run/docker/containerd/containerd.sock -p wa')), outcomes: ['fail'] },
  },
  {
    check: 'audit-docker-socket',
    error: 'looks for a rule on the unit docker.socket, while the benchmark means the socket',
    heldBy: heldIn(watches, 'the socket, its unit, either or both'),
  },
  {
    check: 'audit-daemon-json',
    error: 'looks at /etc/docker/daemon.json, whichever file the daemon is started with',
    heldBy: heldIn(watches, 'the configuration file is the one named on the command line'),
  },
  {
    check: 'audit-runc-binary',
    error: 'looks at /usr/bin/runc, where Debian has none',
    heldBy: {
      snapshot: hostOf({
        paths: { '/usr/bin/runc': { exists: false }, '/usr/sbin/runc': aFile() },
        ...auditing('-w /usr/bin/runc -p wa'),
      }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'host-hardening-standard',
    error: 'decides nothing, and there is nowhere to put an answer',
    heldBy: heldIn('host/host-hardening-standard', 'is a question for a person, whatever security modules are on'),
  },
  {
    check: 'engine-supported-release',
    error: 'compares with a version made of the date, and passes either way: it can not fail',
    heldBy: heldIn('host/engine-supported-release', 'fails on a line that has ended'),
  },
  {
    check: 'engine-supported-release',
    error: 'reads 20.10.24+dfsg1 as 20.10.24+1',
    heldBy: heldIn('host/engine-supported-release', "can not tell of Debian's build"),
  },
];
