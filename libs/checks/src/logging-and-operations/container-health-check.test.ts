import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-health-check.ts';

const judged = (Test: readonly string[] | null | undefined, state = 'running') =>
  outcomesOf(
    check,
    aSnapshot({ containers: [aContainer({ state, config: { Healthcheck: { Test: Test && [...Test] } } })] }),
  );

test.for([
  ['passes for a command', ['CMD', 'curl', 'localhost'], 'pass'],
  ['passes for a line of shell', ['CMD-SHELL', 'curl localhost || exit 1'], 'pass'],
  ['fails where it was switched off', ['NONE'], 'fail'],
  ['fails for an empty list', [], 'fail'],
  ['fails for null', null, 'fail'],
  ['fails where there is no test', undefined, 'fail'],
  ['fails for CMD without a command', ['CMD'], 'fail'],
  ['fails for CMD-SHELL without a line', ['CMD-SHELL', ''], 'fail'],
  ['fails for a first word the engine does not know', ['curl', 'localhost'], 'fail'],
] as const)('%s', ([, Test, outcome]) => {
  expect(judged(Test)).toEqual([outcome]);
});

test.for([
  ['null', null],
  ['absent, which is how the engine leaves it out', undefined],
] as const)('fails where the health check is %s', ([, Healthcheck]) => {
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer({ config: { Healthcheck } })] }))).toEqual(['fail']);
});

test('judges the configuration, not State.Health, which Podman sends without a check', () => {
  const inspect = { State: { Status: 'running', Health: { Status: '', FailingStreak: 0 } } };
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer({ inspect })] }))).toEqual(['fail']);
});

test.for([
  ['fails for an unhealthy container', 'running', 'unhealthy', 'fail'],
  ['passes for a healthy one', 'running', 'healthy', 'pass'],
  ['passes for one that starts', 'running', 'starting', 'pass'],
  ['does not believe "unhealthy" of a paused one, whose probes have stopped', 'paused', 'unhealthy', 'pass'],
  ['can not tell where the status was not seen', 'running', undefined, 'unknown'],
] as const)('with failOnUnhealthy %s', ([, Status, health, outcome]) => {
  const container = aContainer({
    config: { Healthcheck: { Test: ['CMD', 'probe'] } },
    inspect: { State: { Status, Health: { Status: health, FailingStreak: 0 } } },
  });
  const snapshot = aSnapshot({ containers: [container] });
  expect(outcomesOf(check, snapshot, { failOnUnhealthy: true })).toEqual([outcome]);
  expect(outcomesOf(check, snapshot)).toEqual(['pass']);
});

test('does not repeat the command, which may hold a secret', () => {
  const snapshot = aSnapshot({
    containers: [aContainer({ config: { Healthcheck: { Test: ['CMD', 'probe', '--token=abc'] } } })],
  });
  expect(JSON.stringify(resultsOf(check, snapshot)[0]?.evidence)).not.toContain('abc');
});

test('can not tell when the configuration was not seen', () => {
  const container = aContainer({ inspect: { Config: undefined } });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }))).toEqual(['unknown']);
});

test.for(['exited', 'created', 'dead'] as const)('does not apply to a container that is %s', (state) => {
  expect(judged(null, state)).toEqual(['not-applicable']);
});
