import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerPrivileged from './container-privileged.ts';

test.for([
  ['fails when the flag is set', true, 'running', 'fail', 'critical'],
  ['passes when the flag is off', false, 'running', 'pass', 'critical'],
  ['counts a paused container in full', true, 'paused', 'fail', 'critical'],
  ['counts a stopped container one step lower', true, 'exited', 'fail', 'high'],
  ['can not tell when the field is missing', undefined, 'running', 'unknown', 'critical'],
] as const)('%s', ([, Privileged, state, outcome, severity]) => {
  const snapshot = aSnapshot({ containers: [aContainer({ state, hostConfig: { Privileged } })] });
  expect(resultsOf(containerPrivileged, snapshot)).toMatchObject([{ outcome, severity }]);
});

test('weighs less on a rootless daemon', () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'] },
    containers: [aContainer({ hostConfig: { Privileged: true } })],
  });
  expect(resultsOf(containerPrivileged, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
});

test('weighs less inside a sandboxing runtime, also where that is the default', () => {
  const explicit = aSnapshot({ containers: [aContainer({ hostConfig: { Privileged: true, Runtime: 'runsc' } })] });
  const inherited = aSnapshot({
    info: { DefaultRuntime: 'runsc' },
    containers: [aContainer({ hostConfig: { Privileged: true, Runtime: '' } })],
  });
  expect([...resultsOf(containerPrivileged, explicit), ...resultsOf(containerPrivileged, inherited)]).toMatchObject([
    { severity: 'high' },
    { severity: 'high' },
  ]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(containerPrivileged, snapshot)).toEqual(['not-applicable']);
});

test('skips a container that is being removed, and stopped ones where a parameter says so', () => {
  const removing = aSnapshot({ containers: [aContainer({ state: 'removing', hostConfig: { Privileged: true } })] });
  const exited = aSnapshot({ containers: [aContainer({ state: 'exited', hostConfig: { Privileged: true } })] });
  expect(outcomesOf(containerPrivileged, removing)).toEqual([]);
  expect(outcomesOf(containerPrivileged, exited, { stoppedContainers: 'skip' })).toEqual([]);
});

test('can not tell when the container could not be inspected', () => {
  const container = aContainer({ inspect: { missing: 'timed-out', detail: 'after 5 s' } });
  expect(resultsOf(containerPrivileged, aSnapshot({ containers: [container] }))).toMatchObject([
    { outcome: 'unknown', reason: expect.stringContaining('timed-out') },
  ]);
});

test('can not tell when no container could be listed', () => {
  const snapshot = aSnapshot({ containers: { missing: 'denied', detail: '403' } });
  expect(resultsOf(containerPrivileged, snapshot)).toMatchObject([
    { outcome: 'unknown', reason: expect.stringContaining('denied by the host') },
  ]);
});
