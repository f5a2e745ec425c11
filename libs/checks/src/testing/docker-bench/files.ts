import type { HostFiles, HostPath } from '@plimsoll/snapshot';
import { aSnapshot } from '../builders.ts';
import { aFile, aFolder, aSocket, aTidyHost, aUnit, dockerService, units } from '../host-file-builders.ts';
import { type DockerBenchError, heldIn } from './docker-bench-error.ts';

const hostOf = (given: HostFiles) => aSnapshot({ hostFiles: aTidyHost(given) });
const at = (path: string, file: HostPath): HostFiles => ({ paths: { [path]: file } });
const permissions = 'daemon-attack-surface/host-file-permissions';
const sockets = 'daemon-attack-surface/host-sockets';
const certificates = 'registry-and-accounts/registry-certificates';
const registry = '/etc/docker/certs.d/registry.example:5000';

const blank = (path: string, file: HostPath): HostFiles => ({
  units: {
    'docker.service': dockerService(
      '--tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/cert.pem --tlskey /etc/docker/key.pem',
    ),
  },
  paths: { [path]: file },
});

/** Files whose mode is compared as if its digits were a decimal number. */
const compared: readonly [check: string, path: string, tooWide: number, sound: number][] = [
  ['docker-service-unit-mode', `${units}/docker.service`, 0o606, 0o444],
  ['docker-socket-unit-mode', `${units}/docker.socket`, 0o426, 0o600],
  ['docker-configuration-folder-mode', '/etc/docker', 0o722, 0o1755],
  ['daemon-json-mode', '/etc/docker/daemon.json', 0o622, 0o600],
  ['default-docker-file-mode', '/etc/default/docker', 0o606, 0o640],
  ['sysconfig-docker-file-mode', '/etc/sysconfig/docker', 0o426, 0o444],
];
const tlsFiles: readonly [check: string, path: string][] = [
  ['tls-ca-file', '/etc/docker/ca.pem'],
  ['tls-certificate', '/etc/docker/cert.pem'],
  ['tls-key', '/etc/docker/key.pem'],
];

const unitElsewhere = (name: string, file: HostPath): HostFiles => {
  const path = `/usr/local/lib/systemd/system/${name}`;
  const unit = name === 'docker.service' ? dockerService('', [], { path }) : aUnit(path);
  return { units: { [name]: unit }, paths: { [path]: file } };
};

export const fileErrors: readonly DockerBenchError[] = [
  ...compared.flatMap(([check, path, tooWide, sound]): DockerBenchError[] => {
    const like = path === '/etc/docker' ? aFolder : aFile;
    return [
      {
        check,
        error: `passes mode ${tooWide.toString(8)}, which others may write by, as its digits make a small number`,
        heldBy: { snapshot: hostOf(at(path, like({ mode: tooWide }))), outcomes: ['fail'] },
      },
      {
        check,
        error: `compares numbers, and so agrees to ${sound.toString(8)} or not by chance`,
        heldBy: { snapshot: hostOf(at(path, like({ mode: sound }))), outcomes: ['pass'] },
      },
    ];
  }),
  {
    check: 'docker-service-unit-owner',
    error: 'finds no unit outside the usual folders',
    heldBy: { snapshot: hostOf(unitElsewhere('docker.service', aFile({ uid: 1000 }))), outcomes: ['fail'] },
  },
  {
    check: 'docker-service-unit-owner',
    error: 'leaves drop-ins out, which say the last word',
    heldBy: heldIn(permissions, 'drop-ins count, unless told otherwise'),
  },
  {
    check: 'docker-socket-unit-owner',
    error: 'finds no unit outside the usual folders',
    heldBy: { snapshot: hostOf(unitElsewhere('docker.socket', aFile({ gid: 999 }))), outcomes: ['fail'] },
  },
  {
    check: 'registry-certificates-owner',
    error: 'does not look at the group, nor at any file but *.crt',
    heldBy: heldIn(certificates, 'fails when %s belongs to another'),
  },
  {
    check: 'registry-certificates-owner',
    error: 'skips links',
    heldBy: heldIn(certificates, 'links into the system are followed'),
  },
  {
    check: 'registry-certificates-owner',
    error: 'passes for an empty folder',
    heldBy: {
      snapshot: hostOf({ registryCertificates: [], paths: { '/etc/docker/certs.d': aFolder() } }),
      outcomes: ['not-applicable'],
    },
  },
  {
    check: 'registry-certificates-mode',
    error: 'passes mode 426, and never sees a key that all may read',
    heldBy: heldIn(certificates, 'a certificate that others may write, by a smaller number'),
  },
  {
    check: 'registry-certificates-mode',
    error: 'looks at *.crt alone: a key of mode 444 passes',
    heldBy: {
      snapshot: hostOf({
        registryCertificates: [`${registry}/client.key`],
        paths: {
          '/etc/docker/certs.d': aFolder(),
          [registry]: aFolder(),
          [`${registry}/client.key`]: aFile({ mode: 0o444 }),
        },
      }),
      outcomes: ['fail'],
    },
  },
  ...tlsFiles.flatMap(([file, path]): DockerBenchError[] => [
    {
      check: `${file}-owner`,
      error: 'finds no file where a blank and no equals sign stands before its path',
      heldBy: { snapshot: hostOf(blank(path, aFile({ mode: 0o400, uid: 1000 }))), outcomes: ['fail'] },
    },
    {
      check: `${file}-mode`,
      error: 'finds no file where a blank and no equals sign stands before its path',
      heldBy: { snapshot: hostOf(blank(path, aFile({ mode: 0o666 }))), outcomes: ['fail'] },
    },
    {
      check: `${file}-mode`,
      error: 'passes modes that others may write by, as their digits make a small number',
      heldBy: { snapshot: hostOf(blank(path, aFile({ mode: 0o377 }))), outcomes: ['fail'] },
    },
  ]),
  {
    check: 'tls-ca-file-owner',
    error: 'finds no file where none is named, though the daemon takes one from its own folder',
    heldBy: {
      snapshot: hostOf({
        units: { 'docker.service': dockerService('--tlsverify') },
        paths: { '/root/.docker/ca.pem': aFile({ mode: 0o444, uid: 1000 }) },
      }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'tls-key-mode',
    error: 'warns for mode 000, which is stricter than the 400 it wants',
    heldBy: { snapshot: hostOf(blank('/etc/docker/key.pem', aFile({ mode: 0 }))), outcomes: ['pass'] },
  },
  {
    check: 'docker-socket-owner',
    error: 'warns for root:root, which is stricter, and for a group that was chosen',
    heldBy: heldIn(sockets, 'a group left out is root'),
  },
  {
    check: 'docker-socket-mode',
    error: 'passes mode 646, by which every account is root',
    heldBy: { snapshot: hostOf(at('/run/docker.sock', aSocket(0o646))), outcomes: ['fail'] },
  },
  {
    check: 'docker-socket-mode',
    error: 'looks at /var/run/docker.sock, wherever the daemon listens',
    heldBy: heldIn(sockets, 'judges every socket that the daemon is told to open'),
  },
  {
    check: 'daemon-json-owner',
    error: 'looks at /etc/docker/daemon.json, whichever file the daemon is started with',
    heldBy: {
      snapshot: hostOf({
        units: { 'docker.service': dockerService('--config-file /srv/daemon.json') },
        paths: { '/srv/daemon.json': aFile({ uid: 1000 }) },
      }),
      outcomes: ['fail'],
    },
  },
  {
    check: 'containerd-socket-owner',
    error: 'looks at the usual path alone',
    heldBy: heldIn(sockets, 'takes --containerd, else what the engine tells, else the usual place'),
  },
  {
    check: 'containerd-socket-mode',
    error: 'passes mode 646',
    heldBy: { snapshot: hostOf(at('/run/containerd/containerd.sock', aSocket(0o646))), outcomes: ['fail'] },
  },
];
