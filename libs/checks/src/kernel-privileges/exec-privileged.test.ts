import type { ContainerExec } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './exec-privileged.ts';

const attested = { attestedUntil: '2026-12-31T00:00:00Z' };
const anExec = (given: Partial<ContainerExec> = {}): ContainerExec => ({
  id: 'e1',
  running: true,
  privileged: false,
  user: '',
  entrypoint: 'sh',
  ...given,
});
const withExecs = (execs: ContainerExec[], state = 'running') =>
  aSnapshot({ containers: [aContainer({ state, execs: { value: execs } })] });

test.for([
  ['fails while a privileged command runs', [anExec({ privileged: true })], {}, 'fail'],
  ['fails while one runs, whoever vouches', [anExec(), anExec({ privileged: true })], attested, 'fail'],
  ['fails for one that was made and not yet started', [anExec({ privileged: true, running: false })], {}, 'fail'],
  ['passes while somebody vouches and nothing is privileged', [anExec()], attested, 'pass'],
  ['passes while somebody vouches and nothing runs', [], attested, 'pass'],
  ['can not tell from a snapshot alone', [], {}, 'unknown'],
  ['can not tell when nobody vouches any more', [], { attestedUntil: '2026-11-01T00:00:00Z' }, 'unknown'],
  ['can not tell when how it runs was not seen', [anExec({ privileged: undefined })], attested, 'unknown'],
] as const)('%s', ([, execs, parameters, outcome]) => {
  expect(outcomesOf(check, withExecs([...execs]), parameters)).toEqual([outcome]);
});

test('can not tell where the commands were not seen, whoever vouches', () => {
  const container = aContainer({ execs: { missing: 'denied', detail: '403' } });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }), attested)).toEqual(['unknown']);
});

test('does not report the probes of a health check, which are never privileged', () => {
  const container = aContainer({
    config: { Healthcheck: { Test: ['CMD', 'probe'] } },
    execs: { value: [anExec({ entrypoint: 'probe' })] },
  });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }), attested)).toEqual(['pass']);
});

test('names the program and the count, once for the container', () => {
  const privileged = anExec({ privileged: true });
  expect(resultsOf(check, withExecs([privileged, privileged]))).toMatchObject([
    { reason: 'sh runs in the container by docker exec, privileged, and 1 more', severity: 'medium' },
  ]);
});

test('does not apply to a container that is not up', () => {
  expect(outcomesOf(check, withExecs([], 'exited'), attested)).toEqual(['not-applicable']);
});
