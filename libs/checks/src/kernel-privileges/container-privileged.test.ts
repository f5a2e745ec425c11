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

test('knows a sandboxing runtime by its program or shim where daemon.json gives it another name', () => {
  const Runtimes = {
    gvisor: { path: '/usr/local/bin/runsc', runtimeArgs: null, runtimeType: undefined },
    vm: { path: undefined, runtimeArgs: null, runtimeType: 'io.containerd.kata.v2' },
  };
  const severities = ['gvisor', 'vm', 'runc'].map((Runtime) =>
    resultsOf(
      containerPrivileged,
      aSnapshot({ info: { Runtimes }, containers: [aContainer({ hostConfig: { Privileged: true, Runtime } })] }),
    ).map(({ severity }) => severity),
  );
  expect(severities).toEqual([['high'], ['high'], ['critical']]);
});

test('a stopped privileged container is high on a rootless daemon too: whoever may call the API can start it', () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=rootless'] },
    containers: [aContainer({ state: 'created', hostConfig: { Privileged: true } })],
  });
  expect(resultsOf(containerPrivileged, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'high' }]);
  expect(resultsOf(containerPrivileged, snapshot, { stoppedContainers: 'same' })).toMatchObject([{ severity: 'high' }]);
});

test('says that a privileged container on a remapped daemon opts out of the user namespace', () => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: ['name=userns'] },
    containers: [aContainer({ hostConfig: { Privileged: true, UsernsMode: 'host' } })],
  });
  expect(resultsOf(containerPrivileged, snapshot)).toMatchObject([
    { outcome: 'fail', severity: 'critical', reason: expect.stringContaining('opts out of the user namespace') },
  ]);
});

test('near-equivalents and a privileged exec are for other checks', () => {
  const container = aContainer({
    hostConfig: { Privileged: false, CapAdd: ['ALL'], SecurityOpt: ['seccomp=unconfined'] },
    execs: { value: [{ id: 'e1', running: true, privileged: true, user: 'root', entrypoint: 'sh' }] },
  });
  expect(outcomesOf(containerPrivileged, aSnapshot({ containers: [container] }))).toEqual(['pass']);
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
