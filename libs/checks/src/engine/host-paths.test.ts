import { type EngineVolume, hostFileReaderLabel, type MountPoint } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot } from '../testing/builders.ts';
import { contextOf } from './context.ts';
import { hostPathsOf, isHostFileReader } from './host-paths.ts';
import { baseName, cleanPath, foldersAbove, isAbove, isWithin } from './paths.ts';

const volume = (Options: EngineVolume['Options'], Driver = 'local'): EngineVolume[] => [
  { Name: 'data', Driver, Options },
];
const mount = (given: Partial<MountPoint>): MountPoint => ({
  Destination: '/x',
  RW: true,
  Propagation: '',
  Mode: '',
  ...given,
});
const aVolumeMount = mount({
  Type: 'volume',
  Name: 'data',
  Driver: 'local',
  Source: '/var/lib/docker/volumes/data/_data',
});

const behind = (
  mounts: MountPoint[] | null | undefined,
  volumes: EngineVolume[] = [],
  hostConfig: NonNullable<Parameters<typeof aContainer>[0]>['hostConfig'] = {},
) => {
  const container = aContainer({ hostConfig, inspect: { Mounts: mounts } });
  if ('missing' in container.inspect) throw new Error('an inspect is given');
  const snapshot = aSnapshot({ containers: [container], volumes: { value: volumes } });
  return hostPathsOf(container.inspect.value, contextOf(snapshot));
};

test.for([
  ['doubled and trailing slashes', '//etc//ssh/', '/etc/ssh'],
  ['parents', '/srv/../etc/./ssh', '/etc/ssh'],
  ['parents above the root', '/../../etc', '/etc'],
  ['the root', '/', '/'],
  ['nothing', '', '/'],
  ['/var/run', '/var/run/docker.sock', '/run/docker.sock'],
  ['/var/run itself', '/var/run', '/run'],
  ['a name that begins alike', '/var/runner', '/var/runner'],
  ['merged /bin', '/bin/sh', '/usr/bin/sh'],
  ['merged /lib64', '/lib64', '/usr/lib64'],
  ['a folder called lib elsewhere', '/srv/lib', '/srv/lib'],
  ['a named pipe', '\\\\.\\pipe\\Docker_Engine', '\\\\.\\pipe\\docker_engine'],
  ["Docker Desktop's prefix on another system", '/host_mnt/etc', '/host_mnt/etc'],
] as const)('spells one way: %s', ([, path, clean]) => {
  expect(cleanPath(path)).toBe(clean);
});

test('cuts the prefixes of Docker Desktop there', () => {
  const context = contextOf(aSnapshot({ info: { OperatingSystem: 'Docker Desktop' } }));
  expect(
    ['/host_mnt/etc', '/run/desktop/mnt/host/c/Users', '/host_mnt', '/host_mntx/etc', '/run/desktop'].map((path) =>
      cleanPath(path, context),
    ),
  ).toEqual(['/etc', '/c/Users', '/', '/host_mntx/etc', '/run/desktop']);
});

test('compares whole components', () => {
  expect(isWithin('/etcd', '/etc')).toBe(false);
  expect(isWithin('/etc/ssh', '/etc')).toBe(true);
  expect(isWithin('/etc', '/etc')).toBe(true);
  expect(isWithin('/anything', '/')).toBe(true);
  expect(isAbove('/', '/etc')).toBe(true);
  expect(isAbove('/etc', '/etc')).toBe(false);
  expect(isAbove('/et', '/etc')).toBe(false);
  expect(baseName('/run/docker.sock')).toBe('docker.sock');
  expect(foldersAbove('/run/user/1000')).toEqual(['/run/user', '/run', '/']);
  expect(foldersAbove('/run')).toEqual(['/']);
  expect(foldersAbove('/')).toEqual([]);
  expect(foldersAbove(`/etc${'/x'.repeat(100_000)}`)).toHaveLength(2048);
});

test('knows no host path behind tmpfs, images and ordinary volumes', () => {
  const mounts = [mount({ Type: 'tmpfs' }), mount({ Type: 'image', Source: '/x' }), aVolumeMount];
  expect(behind(mounts, volume(null))).toEqual({ paths: [], doubts: [] });
  expect(behind(null)).toEqual({ paths: [], doubts: [] });
});

test('does not know the paths where the mounts were not seen', () => {
  expect(behind(undefined)).toBeUndefined();
});

test('sees the device of a local volume with bind options, and its read-only', () => {
  expect(behind([aVolumeMount], volume({ type: 'none', o: 'bind', device: '/etc/' }))).toMatchObject({
    paths: [{ path: '/etc', writable: true, recursive: false, evidence: { value: '/etc/' } }],
    doubts: [],
  });
  expect(behind([aVolumeMount], volume({ type: 'none', o: 'rbind,ro', device: '/etc' }))).toMatchObject({
    paths: [{ writable: false, recursive: true }],
  });
  expect(behind([aVolumeMount], volume({ type: 'nfs', o: 'addr=10.0.0.1', device: ':/etc' }))?.paths).toEqual([]);
});

test('sees the layers of a local overlay volume', () => {
  const options = { type: 'overlay', device: 'overlay', o: 'lowerdir=/etc:/usr,upperdir=/srv/up,workdir=/srv/work' };
  expect(behind([aVolumeMount], volume(options))?.paths).toMatchObject([
    { path: '/etc', writable: false },
    { path: '/usr', writable: false },
    { path: '/srv/up', writable: true },
  ]);
});

test('falls back to the options asked for inline where the volume is not listed, and stays in doubt', () => {
  const VolumeOptions = { DriverConfig: { Name: 'local', Options: { type: 'none', o: 'bind', device: '/etc' } } };
  const Mounts = [{ Type: 'volume', Target: '/x', VolumeOptions }];
  expect(behind([aVolumeMount], [], { Mounts })).toMatchObject({
    paths: [{ path: '/etc' }],
    doubts: [expect.stringContaining('data')],
  });
});

test.for([
  ['a volume that is not listed', aVolumeMount, []],
  ['a volume whose options were not seen', aVolumeMount, volume(undefined)],
  ['a volume of another driver', { ...aVolumeMount, Driver: 'rexray' }, volume(null, 'rexray')],
  ['a bind without a source', mount({ Type: 'bind' }), []],
  ['a mount of a type we do not know', mount({ Type: 'cluster', Source: '/x' }), []],
] as const)('is in doubt about %s', ([, given, volumes]) => {
  expect(behind([given], [...volumes])).toMatchObject({ paths: [], doubts: [expect.any(String)] });
});

test('reads a mount without a type, name and driver as a bind, and stays in doubt', () => {
  expect(behind([mount({ Source: '/etc' })])).toMatchObject({
    paths: [{ path: '/etc' }],
    doubts: [expect.any(String)],
  });
});

test('reads a mount without a type as a volume where it has a name, and stays in doubt', () => {
  const untyped = { ...aVolumeMount, Type: undefined };
  expect(behind([untyped], volume(null))).toMatchObject({ paths: [], doubts: [expect.any(String)] });
});

test('a bind that was made non-recursive does not show what is mounted below', () => {
  const Mounts = [{ Type: 'bind', Target: '/x', BindOptions: { NonRecursive: true } }];
  expect(behind([mount({ Type: 'bind', Source: '/' })], [], { Mounts })?.paths).toMatchObject([{ recursive: false }]);
});

test('takes only a never started container with read-only mounts for our own reader', () => {
  const labels = { [hostFileReaderLabel]: '1' };
  const Mounts = [mount({ Type: 'bind', Source: '/etc', RW: false })];
  expect(isHostFileReader(aContainer({ labels, state: 'created', inspect: { Mounts } }))).toBe(true);
  expect(isHostFileReader(aContainer({ labels, state: 'running', inspect: { Mounts } }))).toBe(false);
  expect(isHostFileReader(aContainer({ state: 'created', inspect: { Mounts } }))).toBe(false);
  const writable = [mount({ Type: 'bind', Source: '/etc', RW: true })];
  expect(isHostFileReader(aContainer({ labels, state: 'created', inspect: { Mounts: writable } }))).toBe(false);
});
