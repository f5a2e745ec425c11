import type { HostFiles } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aFolder, aLink, aTidyHost } from '../testing/host-file-builders.ts';
import aloneOnHost from './docker-alone-on-host.ts';
import ownFilesystem from './docker-data-own-filesystem.ts';

const hostOf = (given: HostFiles, more: GivenSnapshot = {}) => aSnapshot({ hostFiles: aTidyHost(given), ...more });
const info = (...DriverStatus: string[][]): GivenSnapshot => ({ info: { DriverStatus } });
const mount = (where: string, type = 'ext4', ...options: string[]) => ({ source: '/dev/sda1', where, type, options });
const root = mount('/');

describe('docker-data-own-filesystem', () => {
  const ext = info(['Backing Filesystem', 'extfs']);
  const containerd = info(['driver-type', 'io.containerd.snapshotter.v1']);
  const elsewhere = mount('/var/lib/docker');
  test.for<[string, string, HostFiles, GivenSnapshot]>([
    ['an entry of its own', 'pass', { mounts: [root, elsewhere] }, ext],
    ['only the root', 'fail', { mounts: [root] }, ext],
    ['a folder above', 'fail', { mounts: [root, mount('/var')] }, ext],
    [
      'an entry that is not mounted by itself',
      'fail',
      { mounts: [root, mount('/var/lib/docker', 'ext4', 'noauto')] },
      ext,
    ],
    ['a neighbour', 'fail', { mounts: [root, mount('/var/lib/docker2')] }, ext],
    ['another type than every entry', 'pass', { mounts: [root] }, info(['Backing Filesystem', 'xfs'])],
    ['no entry at all', 'unknown', { mounts: [] }, ext],
    ['mounts not seen', 'unknown', { mounts: undefined }, ext],
    ['the folder not looked at', 'unknown', { mounts: [root, elsewhere], paths: { '/var/lib/docker': {} } }, ext],
    [
      'a bind mount of a folder on the root',
      'fail',
      { mounts: [root, { source: '/srv/docker', where: '/var/lib/docker', type: 'none', options: ['bind'] }] },
      ext,
    ],
    [
      'a bind mount of a file system of its own',
      'pass',
      {
        mounts: [
          root,
          mount('/srv/docker'),
          { source: '/srv/docker', where: '/var/lib/docker', type: 'none', options: ['bind'] },
        ],
      },
      ext,
    ],
    [
      'a link to a file system of its own',
      'pass',
      { mounts: [root, mount('/data')], paths: { '/var/lib/docker': aLink('/data'), '/data': aFolder() } },
      ext,
    ],
    ["containerd's images on the root", 'unknown', { mounts: [root, elsewhere] }, containerd],
    [
      "containerd's images on a file system of its own",
      'pass',
      {
        mounts: [root, elsewhere, mount('/var/lib/containerd')],
        paths: { '/var/lib/containerd': aFolder() },
        containerdConfig: { state: 'absent' },
      },
      containerd,
    ],
    [
      "containerd's images below the root",
      'fail',
      {
        mounts: [root, elsewhere],
        paths: { '/var/lib/containerd': aFolder() },
        containerdConfig: { state: 'read', root: '/var/lib/containerd' },
      },
      containerd,
    ],
    ['the store not seen', 'unknown', { mounts: [root, elsewhere] }, {}],
    ['Docker Desktop', 'not-applicable', {}, { info: { OperatingSystem: 'Docker Desktop' } }],
    [
      'remapped users',
      'pass',
      { mounts: [root, elsewhere] },
      { info: { DockerRootDir: '/var/lib/docker/1.1', SecurityOptions: ['name=userns'], DriverStatus: [] } },
    ],
  ])('%s: %s', ([, outcome, given, more]) => {
    expect(outcomesOf(ownFilesystem, hostOf(given, more))).toEqual([outcome]);
  });
  test('a mount above can be told to be enough', () => {
    const snapshot = hostOf({ mounts: [root, mount('/var')] }, ext);
    expect(outcomesOf(ownFilesystem, snapshot, { acceptParentMount: true })).toEqual(['pass']);
    expect(outcomesOf(ownFilesystem, aSnapshot())).toEqual(['unknown']);
  });
});

describe('docker-alone-on-host', () => {
  const enabled = (...names: string[]): HostFiles => ({
    enabledUnits: names.map((unit) => ({ unit, wantedBy: 'multi-user.target' })),
  });
  test.for<[string, string, string, HostFiles]>([
    ['Docker and what runs the host', 'pass', 'medium', enabled('docker.service', 'ssh.service', 'S01cron')],
    ['a service of another kind', 'fail', 'medium', enabled('docker.service', 'shop.service')],
    ['a web server', 'fail', 'high', enabled('docker.service', 'nginx.service')],
    ['a web server of older start scripts', 'fail', 'high', enabled('S20apache2')],
    ['a mailer that may listen on loopback alone', 'unknown', 'medium', enabled('docker.service', 'postfix.service')],
    ['network storage', 'pass', 'medium', enabled('docker.service', 'nfs-client.target', 'rpcbind.target')],
    ['nothing enabled was seen', 'unknown', 'medium', enabled()],
    ['not seen', 'unknown', 'medium', { enabledUnits: undefined }],
  ])('%s: %s', ([, outcome, severity, given]) => {
    expect(resultsOf(aloneOnHost, hostOf(given))).toMatchObject([{ outcome, severity }]);
  });
  test('a kubelet shows in the labels of its containers', () => {
    const containers = [aContainer({ labels: { 'io.kubernetes.pod.name': 'web' } })];
    expect(resultsOf(aloneOnHost, hostOf(enabled('docker.service'), { containers }))).toMatchObject([
      { outcome: 'fail', severity: 'high' },
    ]);
  });
  test('containers in the network of the host belong in the picture', () => {
    const containers = [aContainer({ name: 'dns', hostConfig: { NetworkMode: 'host' } })];
    const [result] = resultsOf(aloneOnHost, hostOf(enabled('docker.service'), { containers }));
    expect(result?.evidence).toContainEqual({ source: 'containers in the network of the host', value: ['dns'] });
  });
  test('units can be allowed, Windows is not judged', () => {
    const snapshot = hostOf(enabled('shop.service'));
    expect(outcomesOf(aloneOnHost, snapshot, { allowedUnits: ['shop*'] })).toEqual(['pass']);
    expect(outcomesOf(aloneOnHost, hostOf({}, { info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
    expect(outcomesOf(aloneOnHost, aSnapshot())).toEqual(['unknown']);
  });
});
