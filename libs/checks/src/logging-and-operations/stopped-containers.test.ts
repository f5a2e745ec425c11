import { hostFileReaderLabel } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot, outcomesOf } from '../testing/builders.ts';
import check from './stopped-containers.ts';

const finished = '2026-11-01T00:00:00Z';
const stopped = (
  given: GivenContainer = {},
  FinishedAt: string | undefined = finished,
  Created = finished,
): GivenContainer => ({
  state: 'exited',
  ...given,
  inspect: { State: { Status: 'exited', FinishedAt }, Created },
});
const host = (count: number, given: GivenContainer) =>
  aSnapshot({ containers: Array.from({ length: count }, (_, index) => aContainer({ ...given, name: `c${index}` })) });

test.for<[string, number, GivenContainer, string]>([
  ['passes with few', 25, stopped(), 'pass'],
  ['fails with many', 26, stopped(), 'fail'],
  [
    'counts those that were created and never started, by when',
    26,
    stopped({ state: 'created' }, '0001-01-01T00:00:00Z'),
    'fail',
  ],
  ['leaves young ones out', 26, stopped({}, '2026-11-24T11:00:00Z'), 'pass'],
  ['leaves running ones out', 26, { state: 'running' }, 'pass'],
  ['leaves paused and restarting ones out', 26, { state: 'restarting' }, 'pass'],
  ['leaves the history of swarm tasks out', 26, stopped({ labels: { 'com.docker.swarm.task.id': 'x' } }), 'pass'],
  [
    'leaves our own readers out',
    26,
    { state: 'created', labels: { [hostFileReaderLabel]: '1' }, inspect: { Mounts: [] } },
    'not-applicable',
  ],
  [
    'can not tell when ages were not seen',
    26,
    { state: 'exited', inspect: { missing: 'timed-out', detail: '' } },
    'unknown',
  ],
  ['does not apply without containers', 0, {}, 'not-applicable'],
])('%s', ([, count, given, outcome]) => {
  expect(outcomesOf(check, host(count, given))).toEqual([outcome]);
});

test('does not need the ages of a few', () => {
  const unseen = aContainer({ state: 'exited', inspect: { missing: 'timed-out', detail: '' } });
  expect(outcomesOf(check, aSnapshot({ containers: [unseen, aContainer({ name: 'db' })] }))).toEqual(['pass']);
  expect(outcomesOf(check, aSnapshot({ containers: [unseen] }))).toEqual(['unknown']);
});

test('can not tell from a list that was cut short', () => {
  const note = { part: 'containers', subject: '', reason: 'truncated', detail: '' } as const;
  expect(outcomesOf(check, { ...host(1, stopped()), notes: [note] })).toEqual(['unknown']);
});
