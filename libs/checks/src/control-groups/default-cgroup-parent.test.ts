import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import cgroupParent from './default-cgroup-parent.ts';

test('asks for host files, and does not take what a container set itself for the default', () => {
  const snapshot = aSnapshot({ containers: [aContainer({ hostConfig: { CgroupParent: '/own' } })] });
  expect(resultsOf(cgroupParent, snapshot)).toMatchObject([
    { outcome: 'unknown', wouldTell: 'Switch on reading host files for this host' },
  ]);
});

test.for([
  ['does not apply to a rootless daemon without control groups', aSnapshot({ info: { CgroupDriver: 'none' } })],
  ['does not apply to Windows', aSnapshot({ info: { OSType: 'windows' } })],
  [
    'does not apply to Podman',
    aSnapshot({ version: { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] } }),
  ],
] as const)('%s', ([, snapshot]) => {
  expect(outcomesOf(cgroupParent, snapshot)).toEqual(['not-applicable']);
});
