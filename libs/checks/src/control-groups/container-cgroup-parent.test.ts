import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-cgroup-parent.ts';

const judged = (CgroupParent: string | undefined, parameters = {}) =>
  outcomesOf(check, aSnapshot({ containers: [aContainer({ hostConfig: { CgroupParent } })] }), parameters);

test.for([
  ['passes without a parent', '', 'pass'],
  ['fails for another group', '/system.slice', 'fail'],
  ['fails for a slice of systemd', 'batch.slice', 'fail'],
  ['fails for the root group', '/', 'fail'],
  ['passes for what cri-dockerd makes with cgroupfs', '/kubepods/burstable/pod1', 'pass'],
  ['passes for what cri-dockerd makes with systemd', 'kubepods-burstable-pod1.slice', 'pass'],
  ['takes relative and absolute spelling for the same', 'kubepods/besteffort/pod1', 'pass'],
  ['does not take a longer name for an allowed one', 'kubepodsevil', 'fail'],
  ['can not tell when the field was not seen', undefined, 'unknown'],
] as const)('%s', ([, parent, outcome]) => {
  expect(judged(parent)).toEqual([outcome]);
});

test('passes for a slice that was confirmed', () => {
  expect(judged('batch.slice', { allowedParents: ['batch.slice'] })).toEqual(['pass']);
});

test('does not read the unused field Cgroup or the namespace mode', () => {
  const container = aContainer({ hostConfig: { CgroupParent: '', Cgroup: 'x', CgroupnsMode: 'host' } });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }))).toEqual(['pass']);
});

test('counts a stopped container as a note', () => {
  const container = aContainer({ state: 'exited', hostConfig: { CgroupParent: '/batch' } });
  expect(resultsOf(check, aSnapshot({ containers: [container] }))).toMatchObject([
    { outcome: 'fail', severity: 'info' },
  ]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(check, snapshot)).toEqual(['not-applicable']);
});
