import { SwarmInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenSnapshot, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import swarmModeWanted from './swarm-mode-wanted.ts';

const inState = (swarm: object | undefined, version: GivenSnapshot['version'] = {}) =>
  aSnapshot({ info: { Swarm: swarm === undefined ? undefined : SwarmInfo.parse(swarm) }, version });

test.for<[string, object | undefined, string]>([
  ['passes when it is off', { LocalNodeState: 'inactive' }, 'pass'],
  ['passes for an empty state', { LocalNodeState: '' }, 'pass'],
  [
    'fails on a worker, which shows neither managers nor nodes',
    { LocalNodeState: 'active', ControlAvailable: false },
    'fail',
  ],
  ['fails while it joins', { LocalNodeState: 'pending' }, 'fail'],
  ['fails when it is on and in error', { LocalNodeState: 'error', Error: 'no leader' }, 'fail'],
  ['fails when it is locked, which is not off', { LocalNodeState: 'locked' }, 'fail'],
  ['can not tell a state that no engine has', { LocalNodeState: 'sleeping' }, 'unknown'],
  ['can not tell without the state, whatever else is absent', { Managers: 0 }, 'unknown'],
  ['can not tell without the object', undefined, 'unknown'],
])('%s', ([, swarm, outcome]) => {
  expect(outcomesOf(swarmModeWanted, inState(swarm))).toEqual([outcome]);
});

test('names the role and the ports that swarm opens', () => {
  const manager = inState({ LocalNodeState: 'active', ControlAvailable: true, Cluster: { DataPathPort: 7789 } });
  const worker = inState({ LocalNodeState: 'active', ControlAvailable: false });
  expect(resultsOf(swarmModeWanted, manager)[0]?.reason).toMatch(/manager.*2377\/tcp.*7789\/udp/);
  expect(resultsOf(swarmModeWanted, worker)[0]?.reason).toMatch(/worker.*7946\/tcp.*4789\/udp/);
  expect(resultsOf(swarmModeWanted, worker)[0]?.reason).not.toContain('2377');
});

test('passes on the last known states where the policy wants a swarm, and can still not tell an unknown one', () => {
  for (const LocalNodeState of ['active', 'pending', 'error', 'locked'])
    expect(outcomesOf(swarmModeWanted, inState({ LocalNodeState }), { swarmExpected: true })).toEqual(['pass']);
  expect(outcomesOf(swarmModeWanted, inState({ LocalNodeState: '?' }), { swarmExpected: true })).toEqual(['unknown']);
});

test('does not apply to Podman, which always answers "inactive", nor to engines older than swarm mode', () => {
  const podman = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(swarmModeWanted, inState({ LocalNodeState: 'inactive' }, podman))).toEqual(['not-applicable']);
  expect(outcomesOf(swarmModeWanted, inState(undefined, { ApiVersion: '1.23' }))).toEqual(['not-applicable']);
  expect(outcomesOf(swarmModeWanted, inState(undefined, { ApiVersion: '1.24' }))).toEqual(['unknown']);
});
