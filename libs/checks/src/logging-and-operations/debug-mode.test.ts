import { expect, test } from 'vitest';
import { aSnapshot, resultsOf } from '../testing/builders.ts';
import debugMode from './debug-mode.ts';

test.for([
  ['passes while it is off', false, '28.5.2', false, 'pass', 'low'],
  ['fails while it is on', true, '28.5.2', false, 'fail', 'low'],
  ['weighs more on a manager whose engine may log secrets', true, '18.09.7', true, 'fail', 'medium'],
  ['knows the release that stopped that', true, '18.09.8', true, 'fail', 'low'],
  ['takes no worker for a manager', true, '18.09.7', false, 'fail', 'low'],
  ['can not tell when the field is missing', undefined, '28.5.2', false, 'unknown', 'low'],
] as const)('%s', ([, Debug, Version, ControlAvailable, outcome, severity]) => {
  const Swarm = { LocalNodeState: 'active', ControlAvailable };
  const snapshot = aSnapshot({ info: { Debug, Swarm }, version: { Version } });
  expect(resultsOf(debugMode, snapshot)).toMatchObject([{ outcome, severity }]);
});

test('notes open files, goroutines and listeners, whose growth is a sign of a leak', () => {
  const snapshot = aSnapshot({ info: { Debug: true, NFd: 30, NGoroutines: 90 } });
  expect(resultsOf(debugMode, snapshot)[0]?.evidence).toEqual([
    { source: 'info.Debug', value: true },
    { source: 'info.NGoroutines', value: 90 },
    { source: 'info.NFd', value: 30 },
  ]);
});
