import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import liveRestore from './live-restore.ts';

test.for([
  ['passes when it is on', true, 'inactive', 'pass'],
  ['fails when it is off', false, 'inactive', 'fail'],
  ['does not apply to an active node of a swarm', false, 'active', 'not-applicable'],
  ['does not apply to a node that is joining', false, 'pending', 'not-applicable'],
  ['does not apply to a node whose swarm is locked', false, 'locked', 'not-applicable'],
  ['can not tell whether a swarm excludes it', false, undefined, 'unknown'],
  ['can not tell when the field is missing', undefined, 'inactive', 'unknown'],
] as const)('%s', ([, LiveRestoreEnabled, LocalNodeState, outcome]) => {
  const snapshot = aSnapshot({ info: { LiveRestoreEnabled, Swarm: { LocalNodeState } } });
  expect(outcomesOf(liveRestore, snapshot)).toEqual([outcome]);
});

test('does not apply to Podman, which always answers false, nor to Windows', () => {
  const off = { LiveRestoreEnabled: false, Swarm: { LocalNodeState: 'inactive' } };
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(liveRestore, aSnapshot({ info: off, version }))).toEqual(['not-applicable']);
  expect(outcomesOf(liveRestore, aSnapshot({ info: { ...off, OSType: 'windows' } }))).toEqual(['not-applicable']);
});
