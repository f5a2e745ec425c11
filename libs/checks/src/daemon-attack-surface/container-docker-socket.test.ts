import type { EngineVolume, MountPoint } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-docker-socket.ts';

const aBind = (Source: string | undefined, RW = true): MountPoint => ({ Type: 'bind', Source, Destination: '/x', RW });
const aVolume: MountPoint = {
  Type: 'volume',
  Name: 'data',
  Driver: 'local',
  Source: '/var/lib/docker/volumes/data/_data',
  Destination: '/x',
  RW: true,
};
const withMounts = (Mounts: MountPoint[] | null | undefined) =>
  aSnapshot({ containers: [aContainer({ inspect: { Mounts } })] });
const withVolume = (Options: EngineVolume['Options']) =>
  aSnapshot({
    containers: [aContainer({ inspect: { Mounts: [aVolume] } })],
    volumes: { value: [{ Name: 'data', Driver: 'local', Options }] },
  });

test.for([
  ['the socket itself', '/var/run/docker.sock', 'critical'],
  ['its other spelling', '/run/docker.sock', 'critical'],
  ['the folder above it', '/var/run', 'critical'],
  ['the root folder, for binds are recursive', '/', 'critical'],
  ['/run', '/run', 'critical'],
  ['a path that is not clean', '/srv/../var//run/docker.sock', 'critical'],
  ['a socket of the same name in another folder', '/opt/engine/docker.sock', 'critical'],
  ["containerd's socket", '/run/containerd/containerd.sock', 'critical'],
  ["the folder of containerd's socket", '/run/containerd', 'critical'],
  ["the folder of the engine's own containerd", '/run/docker', 'critical'],
  ["Podman's folder", '/run/podman', 'critical'],
  ["CRI-O's socket", '/var/run/crio/crio.sock', 'critical'],
  ['the socket of a rootless engine', '/run/user/1000/docker.sock', 'high'],
  ['the folder of a rootless engine', '/run/user/1000', 'high'],
  ['the folder of all rootless engines', '/run/user', 'high'],
] as const)('fails for %s', ([, source, severity]) => {
  expect(resultsOf(check, withMounts([aBind(source)]))).toMatchObject([
    { outcome: 'fail', severity, evidence: [{ source: 'Mounts[0].Source', value: source }] },
  ]);
});

test('fails for a read-only mount just the same, for connecting is not writing', () => {
  expect(resultsOf(check, withMounts([aBind('/var/run/docker.sock', false)]))).toMatchObject([
    { outcome: 'fail', severity: 'critical', reason: expect.stringContaining('read-only does not hinder it') },
  ]);
});

test.for([
  ['nothing is mounted', []],
  [
    'a named volume is mounted where a socket would be',
    [{ ...aVolume, Type: 'tmpfs', Destination: '/var/run/docker.sock' }],
  ],
  ['a folder only begins like a socket', [aBind('/opt/docker.sock.d')]],
  ['a sibling of the socket is mounted', [aBind('/var/run/app.pid')]],
  ["another of the user's sockets is mounted", [aBind('/run/user/1000/bus')]],
  ['a folder only begins like /run', [aBind('/runner')]],
] as const)('passes when %s', ([, mounts]) => {
  expect(outcomesOf(check, withMounts([...mounts]))).toEqual(['pass']);
});

test('passes for an ordinary volume, whatever its destination is called', () => {
  expect(outcomesOf(check, withVolume(null))).toEqual(['pass']);
});

test('sees through a local volume that is a bind of /run in disguise', () => {
  expect(outcomesOf(check, withVolume({ type: 'none', o: 'bind', device: '/run' }))).toEqual(['fail']);
  expect(outcomesOf(check, withVolume({ type: 'none', o: 'rbind', device: '/' }))).toEqual(['fail']);
});

test('fails for a volume whose device is the socket, though such a container can not start', () => {
  expect(outcomesOf(check, withVolume({ type: 'none', o: 'bind', device: '/run/docker.sock' }))).toEqual(['fail']);
});

test('sees what came by --volumes-from or --use-api-socket, for Mounts has it', () => {
  const container = aContainer({
    hostConfig: { Binds: null, VolumesFrom: ['donor'] },
    inspect: { Mounts: [aBind('/var/run/docker.sock')] },
  });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }))).toEqual(['fail']);
});

test.for([
  ['the root folder, mounted without what is mounted below', '/', 'unknown'],
  ['the folder that holds the socket, mounted without what is mounted below', '/run', 'fail'],
  ['the folder above the folders of rootless engines, likewise', '/run/user', 'unknown'],
] as const)('judges %s', ([, Source, outcome]) => {
  const container = aContainer({
    hostConfig: { Mounts: [{ Type: 'bind', Target: '/x', BindOptions: { NonRecursive: true } }] },
    inspect: { Mounts: [aBind(Source)] },
  });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }))).toEqual([outcome]);
});

test.for([
  ['/var is mounted and may hold /var/run', [aBind('/var')]],
  ['a bind volume of / is mounted, which is not recursive', undefined],
  ['a volume is not in the list of volumes', [aVolume]],
  ['a volume belongs to another driver', [{ ...aVolume, Driver: 'rexray' }]],
  ['the source of a bind was not seen', [aBind(undefined)]],
] as const)('can not tell when %s', ([, mounts]) => {
  const snapshot =
    mounts === undefined ? withVolume({ type: 'none', o: 'bind', device: '/' }) : withMounts([...mounts]);
  expect(outcomesOf(check, snapshot)).toEqual(['unknown']);
});

test('can not tell when the mounts were not seen', () => {
  expect(outcomesOf(check, withMounts(undefined))).toEqual(['unknown']);
  expect(outcomesOf(check, withMounts(null))).toEqual(['pass']);
});

test('knows the socket of containerd that the engine names, and the one that it was asked through', () => {
  const snapshot = aSnapshot({
    info: { Containerd: { Address: '/opt/containerd/api' } },
    endpoint: { transport: 'unix', address: 'unix:///opt/engine/api' },
    containers: [
      aContainer({ name: 'a', inspect: { Mounts: [aBind('/opt/containerd')] } }),
      aContainer({ name: 'b', inspect: { Mounts: [aBind('/opt/engine/api')] } }),
      aContainer({ name: 'c', inspect: { Mounts: [aBind('/opt/other')] } }),
    ],
  });
  expect(outcomesOf(check, snapshot)).toEqual(['fail', 'fail', 'pass']);
});

test('compares a named pipe of Windows without case', () => {
  const snapshot = aSnapshot({
    info: { OSType: 'windows' },
    containers: [
      aContainer({ inspect: { Mounts: [{ Type: 'npipe', Source: '\\\\.\\pipe\\Docker_Engine', RW: true }] } }),
    ],
  });
  expect(outcomesOf(check, snapshot)).toEqual(['fail']);
});

test('weighs less on a rootless daemon', () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=rootless'] },
    containers: [aContainer({ inspect: { Mounts: [aBind('/')] } })],
  });
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
});

test('the worst of several mounts decides', () => {
  const snapshot = withMounts([aBind('/run/user/1000/docker.sock'), aBind('/run/docker.sock')]);
  expect(resultsOf(check, snapshot)).toMatchObject([{ severity: 'critical', evidence: [{}, {}] }]);
});

test('counts a stopped container as high', () => {
  const container = aContainer({ state: 'exited', inspect: { Mounts: [aBind('/var/run/docker.sock')] } });
  expect(resultsOf(check, aSnapshot({ containers: [container] }))).toMatchObject([
    { outcome: 'fail', severity: 'high' },
  ]);
});
