import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-process-limit.ts';

const judged = (PidsLimit: number | null | undefined, given: GivenSnapshot = {}, parameters = {}) =>
  outcomesOf(check, aSnapshot({ ...given, containers: [aContainer({ hostConfig: { PidsLimit } })] }), parameters);

test.for([
  ['passes for a limit', 200, 'pass'],
  ['fails for null, which newer engines store for 0 and -1', null, 'fail'],
  ['fails for 0, which docker update and Podman leave', 0, 'fail'],
  ['fails for -1, which older engines stored', -1, 'fail'],
  ['can not tell when the field was not seen', undefined, 'unknown'],
] as const)('%s', ([, limit, outcome]) => {
  expect(judged(limit)).toEqual([outcome]);
});

test.for([
  ['fails where the kernel does not enforce it', { PidsLimit: false }, 'fail'],
  ['fails on rootless with cgroup v1, where nothing is enforced', { CgroupDriver: 'none' }, 'fail'],
  ['can not tell where that was not seen', { PidsLimit: undefined }, 'unknown'],
  ['can not tell where the driver of control groups was not seen', { CgroupDriver: undefined }, 'unknown'],
] as const)('%s', ([, info, outcome]) => {
  expect(judged(200, { info })).toEqual([outcome]);
});

test('can not tell without /info, and passes where the counter of the group shows a limit', () => {
  const info = { missing: 'timed-out', detail: 'after 10 s' } as const;
  expect(judged(200, { info })).toEqual(['unknown']);
  const stats = { value: { pids_stats: { current: 3, limit: 200 } } };
  const counted = aContainer({ hostConfig: { PidsLimit: 200 }, stats });
  expect(outcomesOf(check, aSnapshot({ info, containers: [counted] }))).toEqual(['pass']);
  // A larger number is the kernel's word for "none".
  const unlimited = { value: { pids_stats: { current: 3, limit: 2 ** 62 } } };
  const loose = aContainer({ hostConfig: { PidsLimit: 200 }, stats: unlimited });
  expect(outcomesOf(check, aSnapshot({ info, containers: [loose] }))).toEqual(['unknown']);
});

test('takes the absence of the field in /info before API 1.40 neither for a no nor for a yes', () => {
  const snapshot = aSnapshot({
    info: { PidsLimit: undefined },
    containers: [aContainer({ hostConfig: { PidsLimit: 200 } })],
  });
  expect(outcomesOf(check, { ...snapshot, apiVersion: '1.39' })).toEqual(['unknown']);
});

test('does not take a ulimit on processes for a limit', () => {
  const hostConfig = { PidsLimit: null, Ulimits: [{ Name: 'nproc', Soft: 100, Hard: 100 }] };
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer({ hostConfig })] }))).toEqual(['fail']);
});

test('a parameter sets the highest limit', () => {
  expect(judged(5000, {}, { maxPids: 4096 })).toEqual(['fail']);
  expect(judged(4096, {}, { maxPids: 4096 })).toEqual(['pass']);
});

test('counts a stopped container as a note, and in full where a parameter says so', () => {
  const snapshot = aSnapshot({ containers: [aContainer({ state: 'exited', hostConfig: { PidsLimit: null } })] });
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'info' }]);
  expect(resultsOf(check, snapshot, { stoppedContainers: 'same' })).toMatchObject([{ severity: 'medium' }]);
});

test('does not apply to Windows containers', () => {
  expect(judged(200, { info: { OSType: 'windows' } })).toEqual(['not-applicable']);
});
