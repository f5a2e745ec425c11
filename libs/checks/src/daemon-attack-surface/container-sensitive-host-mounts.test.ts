import { type EngineVolume, hostFileReaderLabel, type MountPoint } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-sensitive-host-mounts.ts';

const aBind = (Source: string | undefined, RW: boolean | undefined = true): MountPoint => ({
  Type: 'bind',
  Source,
  Destination: '/x',
  RW,
  Propagation: 'rprivate',
});
const aVolume: MountPoint = {
  Type: 'volume',
  Name: 'data',
  Driver: 'local',
  Source: '/var/lib/docker/volumes/data/_data',
  Destination: '/x',
  RW: true,
  Propagation: '',
};
const withMounts = (Mounts: MountPoint[] | null | undefined, given: GivenContainer = {}) =>
  aSnapshot({ containers: [aContainer({ ...given, inspect: { Mounts } })] });
const volumes = (Options: EngineVolume['Options']) => ({ value: [{ Name: 'data', Driver: 'local', Options }] });

test.for([
  ['a writable root folder', '/', true, 'critical'],
  ['a writable /etc', '/etc', true, 'critical'],
  ['a writable /proc', '/proc', true, 'critical'],
  ['a writable /usr', '/usr', true, 'high'],
  ['a writable file that makes root', '/etc/passwd', true, 'high'],
  ['a writable path deeper inside', '/etc/nginx', true, 'medium'],
  ['a writable file that may only be read', '/etc/localtime', true, 'medium'],
  ['a read-only /etc', '/etc', false, 'medium'],
  ['a read-only path deeper inside', '/etc/nginx', false, 'low'],
  ['a folder above a sensitive one', '/var', true, 'high'],
  ['the data of the engine, which CIS does not name', '/var/lib/docker/volumes', true, 'medium'],
  ['/run as a whole, which CIS does not name', '/run', true, 'high'],
  ['/var/run, which is /run', '/var/run', true, 'high'],
  ['merged /bin as another spelling of /usr', '/bin', true, 'high'],
  ['/usr/lib as another spelling of /lib', '/usr/lib', true, 'high'],
  ['a socket below /dev, as all of /dev counts', '/dev/log', true, 'medium'],
  ["a user's own bind of /etc/hosts", '/etc/hosts', true, 'medium'],
  ['a path with doubled slashes and parents', '/srv/..//etc/', true, 'critical'],
  ['an access mode that was not seen, in the stricter reading', '/etc', undefined, 'critical'],
] as const)('fails for %s', ([, source, writable, severity]) => {
  const snapshot = withMounts([{ ...aBind(source), RW: writable }]);
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity, evidence: [{ value: source }] }]);
});

test.for([
  ['nothing is mounted', []],
  ['the list is null, which is how an empty one is sent', null],
  ['the time zone is read', [aBind('/etc/localtime', false)]],
  ['a file inside a folder that may be read is read', [aBind('/etc/ssl/certs/ca.pem', false)]],
  ['ordinary data is mounted', [aBind('/srv/data'), aBind('/home/app/data'), aBind('/var/log/app')]],
  ['a name only begins alike', [aBind('/etcd'), aBind('/usrdata')]],
  ['only the destination is sensitive', [{ ...aBind('/srv/etc'), Destination: '/etc' }]],
  ['it is a tmpfs', [{ Type: 'tmpfs', Source: '', Destination: '/run', RW: true }]],
  ['it is an image', [{ Type: 'image', Source: '/var/lib/docker/x', Destination: '/usr', RW: false }]],
  ['the socket is mounted, for that is container-docker-socket', [aBind('/var/run/docker.sock')]],
] as const)('passes when %s', ([, mounts]) => {
  expect(outcomesOf(check, withMounts(mounts === null ? null : [...mounts]))).toEqual(['pass']);
});

test('does not read the place of an ordinary volume as a mount of /var/lib', () => {
  const snapshot = aSnapshot({
    containers: [aContainer({ inspect: { Mounts: [aVolume] } })],
    volumes: volumes(null),
  });
  expect(outcomesOf(check, snapshot)).toEqual(['pass']);
});

test('sees through a local volume that is a bind of /etc in disguise', () => {
  const snapshot = aSnapshot({
    containers: [aContainer({ inspect: { Mounts: [aVolume] } })],
    volumes: volumes({ type: 'none', o: 'bind', device: '/etc' }),
  });
  expect(resultsOf(check, snapshot)).toMatchObject([
    { outcome: 'fail', severity: 'critical', evidence: [{ source: 'volumes["data"].Options.device', value: '/etc' }] },
  ]);
});

test('sees what came by --volumes-from, for it stands in Mounts and not in Binds', () => {
  const snapshot = withMounts([aBind('/etc')], { hostConfig: { Binds: null, VolumesFrom: ['donor'] } });
  expect(outcomesOf(check, snapshot)).toEqual(['fail']);
});

test.for([
  ['the mounts were not seen', undefined],
  ['a volume is not in the list of volumes', [aVolume]],
  ['a volume belongs to another driver', [{ ...aVolume, Driver: 'rexray' }]],
  ['the source of a bind was not seen', [aBind(undefined)]],
] as const)('can not tell when %s', ([, mounts]) => {
  expect(outcomesOf(check, withMounts(mounts === undefined ? undefined : [...mounts]))).toEqual(['unknown']);
});

test('names the worst of several and counts the rest', () => {
  const snapshot = withMounts([aBind('/etc/nginx', false), aBind('/'), aBind('/usr')]);
  const [result] = resultsOf(check, snapshot);
  expect(result?.severity).toBe('critical');
  expect(result?.reason).toBe('/ of the host is mounted writable, and 2 more such paths');
  expect(result?.evidence.map(({ source }) => source)).toEqual([
    'Mounts[1].Source',
    'Mounts[2].Source',
    'Mounts[0].Source',
  ]);
});

test.for([
  ['engines before 25.0 leave what is mounted below writable', '20.10.24', '6.1.0', 'critical'],
  ['kernels before 5.12 do too', '28.5.2', '5.10.0-28-amd64', 'critical'],
  ['newer ones do not', '28.5.2', '6.1.0', 'medium'],
] as const)('weighs a read-only root folder: %s', ([, Version, KernelVersion, severity]) => {
  const snapshot = aSnapshot({
    version: { Version },
    info: { KernelVersion },
    containers: [aContainer({ inspect: { Mounts: [aBind('/', false)] } })],
  });
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity }]);
});

test('weighs a read-only mount in full where it was asked not to be recursive, and not where it was forced', () => {
  const severityWith = (BindOptions: {
    ReadOnlyNonRecursive?: boolean;
    ReadOnlyForceRecursive?: boolean;
    NonRecursive?: boolean;
  }) =>
    resultsOf(
      check,
      withMounts([aBind('/', false)], { hostConfig: { Mounts: [{ Type: 'bind', Target: '/x', BindOptions }] } }),
    )[0]?.severity;
  expect(severityWith({ ReadOnlyNonRecursive: true })).toBe('critical');
  expect(severityWith({ ReadOnlyForceRecursive: true })).toBe('medium');
  expect(severityWith({ ReadOnlyNonRecursive: true, NonRecursive: true })).toBe('medium');
});

test.for([
  ['a rootless daemon', ['name=rootless'], '', 'high'],
  ['a remapped daemon', ['name=userns'], '', 'high'],
  ['a remapped daemon that the container opts out of', ['name=userns'], 'host', 'critical'],
] as const)('weighs by who root is on the host: %s', ([, SecurityOptions, UsernsMode, severity]) => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: [...SecurityOptions] },
    containers: [aContainer({ hostConfig: { UsernsMode }, inspect: { Mounts: [aBind('/etc')] } })],
  });
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity }]);
});

test("reads through Docker Desktop's prefix", () => {
  const snapshot = aSnapshot({
    info: { OperatingSystem: 'Docker Desktop' },
    containers: [aContainer({ inspect: { Mounts: [aBind('/host_mnt/etc')] } })],
  });
  expect(outcomesOf(check, snapshot)).toEqual(['fail']);
});

test('counts stopped containers one step lower, and leaves our own reader out', () => {
  expect(resultsOf(check, withMounts([aBind('/etc')], { state: 'exited' }))).toMatchObject([
    { outcome: 'fail', severity: 'high', reason: expect.stringMatching(/^If it were started: /) },
  ]);
  const reader = { state: 'created', labels: { [hostFileReaderLabel]: '1' } };
  expect(outcomesOf(check, withMounts([aBind('/etc', false)], reader))).toEqual([]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(check, snapshot)).toEqual(['not-applicable']);
});
