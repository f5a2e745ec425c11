import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import daemonLogLevel from './daemon-log-level.ts';

test.for([
  ['can not tell the level from debug mode being off', false, {}, 'unknown'],
  ['can not tell when the field is missing', undefined, {}, 'unknown'],
  ['can not tell for sure where level debug is allowed', true, { allowedLevels: ['debug', 'info'] }, 'unknown'],
  ['fails in debug mode, which wins over any level', true, { allowedLevels: ['warn'] }, 'fail'],
] as const)('%s', ([, Debug, parameters, outcome]) => {
  expect(outcomesOf(daemonLogLevel, aSnapshot({ info: { Debug } }), { ...parameters })).toEqual([outcome]);
});

test('refers to debug mode as the one cause', () => {
  const results = resultsOf(daemonLogLevel, aSnapshot({ info: { Debug: true } }));
  expect(results).toMatchObject([{ outcome: 'fail', causedBy: 'debug-mode' }]);
});

test('asks for host files to tell the level', () => {
  const results = resultsOf(daemonLogLevel, aSnapshot({ info: { Debug: false } }));
  expect(results).toMatchObject([{ wouldTell: 'Switch on reading host files for this host' }]);
});

test('does not apply to Podman', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(daemonLogLevel, aSnapshot({ version, info: { Debug: true } }))).toEqual(['not-applicable']);
});
