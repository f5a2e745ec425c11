import type { EngineVolume, MountPoint } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-mount-propagation.ts';

const aBind = (Propagation: string | undefined, Source = '/srv/data'): MountPoint => ({
  Type: 'bind',
  Source,
  Destination: '/data',
  RW: true,
  Propagation,
});
const aVolume: MountPoint = { Type: 'volume', Name: 'data', Driver: 'local', Destination: '/data', Propagation: '' };
const withMounts = (Mounts: MountPoint[] | null | undefined, given: GivenContainer = {}) =>
  aSnapshot({ containers: [aContainer({ ...given, inspect: { Mounts } })] });
const withVolume = (Options: EngineVolume['Options'], Driver = 'local') =>
  aSnapshot({
    containers: [aContainer({ inspect: { Mounts: [{ ...aVolume, Driver }] } })],
    volumes: { value: [{ Name: 'data', Driver, Options }] },
  });

test.for([
  ['fails for shared', 'shared', 'fail'],
  ['fails for rshared', 'rshared', 'fail'],
  ['passes for the default', 'rprivate', 'pass'],
  ['passes for private', 'private', 'pass'],
  ['passes for rslave, which the engine sets by itself over its own data', 'rslave', 'pass'],
  ['passes for slave', 'slave', 'pass'],
  ['passes for a bind without any', '', 'pass'],
  ['can not tell for a word it does not know', 'unbindable', 'unknown'],
  ['can not tell when it was not seen', undefined, 'unknown'],
] as const)('%s', ([, propagation, outcome]) => {
  expect(outcomesOf(check, withMounts([aBind(propagation)]))).toEqual([outcome]);
});

test('reads Propagation and not the words of Mode', () => {
  expect(outcomesOf(check, withMounts([{ ...aBind('rprivate'), Mode: 'ro,shared' }]))).toEqual(['pass']);
});

test.for([
  ['shared among the options', { type: 'none', o: 'bind,shared', device: '/srv' }, 'fail'],
  ['rshared among the options', { type: 'none', o: 'rbind,rshared', device: '/srv' }, 'fail'],
  ['a word that only holds it', { type: 'none', o: 'bind,unshared', device: '/srv' }, 'pass'],
  ['no options', null, 'pass'],
  ['options that were not seen', undefined, 'unknown'],
] as const)('looks into a local volume: %s', ([, options, outcome]) => {
  expect(outcomesOf(check, withVolume(options))).toEqual([outcome]);
});

test('can not tell for a local volume that is not listed, and does not ask that of a plugin', () => {
  expect(outcomesOf(check, withMounts([aVolume]))).toEqual(['unknown']);
  expect(outcomesOf(check, withVolume(undefined, 'rexray'))).toEqual(['pass']);
});

test.for([
  ['is privileged', { Privileged: true }],
  ['holds SYS_ADMIN', { Privileged: false, CapAdd: ['SYS_ADMIN'], CapDrop: null }],
] as const)('weighs more when the container %s and may mount', ([, hostConfig]) => {
  const given = { hostConfig: { ...hostConfig, CapAdd: 'CapAdd' in hostConfig ? [...hostConfig.CapAdd] : null } };
  expect(resultsOf(check, withMounts([aBind('shared')], given))).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
  expect(resultsOf(check, withMounts([aBind('shared')]))).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
});

test('lets a source pass that a parameter allows, with all inside and nothing beside', () => {
  const parameters = { allowedSources: ['/var/lib/kubelet/'] };
  const judged = (source: string) => outcomesOf(check, withMounts([aBind('rshared', source)]), parameters);
  expect([judged('/var/lib/kubelet/pods'), judged('/var/lib/kubelets')]).toEqual([['pass'], ['fail']]);
});

test('names source and destination, and counts the rest', () => {
  const [result] = resultsOf(check, withMounts([aBind('rprivate'), aBind('shared'), aBind('rshared', '/srv/other')]));
  expect(result).toMatchObject({
    reason: '/srv/data at /data is mounted shared, and 1 more',
    evidence: [
      { source: 'Mounts[1].Propagation', value: 'shared' },
      { source: 'Mounts[2].Propagation', value: 'rshared' },
    ],
  });
});

test('sees what came by --volumes-from or a swarm service, for Mounts has it', () => {
  const given = { hostConfig: { Binds: null, VolumesFrom: ['donor'] } };
  expect(outcomesOf(check, withMounts([aBind('rshared')], given))).toEqual(['fail']);
});

test('counts a container that was only created one step lower: it may never have worked', () => {
  expect(resultsOf(check, withMounts([aBind('shared')], { state: 'created' }))).toMatchObject([
    { outcome: 'fail', severity: 'low' },
  ]);
});

test('can not tell when the mounts were not seen; none are none', () => {
  expect([outcomesOf(check, withMounts(undefined)), outcomesOf(check, withMounts(null))]).toEqual([
    ['unknown'],
    ['pass'],
  ]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(check, snapshot)).toEqual(['not-applicable']);
});
