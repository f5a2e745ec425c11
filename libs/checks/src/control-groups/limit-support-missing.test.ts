import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import limitSupport from './limit-support-missing.ts';

const cases: [string, Partial<EngineInfo>, string, string][] = [
  ['passes when all are enforced', {}, 'pass', 'medium'],
  ['fails without limits on memory', { MemoryLimit: false }, 'fail', 'medium'],
  ['fails without limits on processors', { CpuCfsQuota: false }, 'fail', 'medium'],
  ['fails without limits on processes', { PidsLimit: false }, 'fail', 'medium'],
  [
    'fails on a rootless daemon without control groups, whatever the fields say',
    { CgroupDriver: 'none' },
    'fail',
    'medium',
  ],
  ['notes that swap is not bounded', { SwapLimit: false }, 'fail', 'low'],
  ['notes cgroup v1', { CgroupVersion: '1' }, 'fail', 'low'],
  ['takes no missing field for false', { PidsLimit: undefined }, 'unknown', 'medium'],
  ['can not tell when the driver is missing', { CgroupDriver: undefined }, 'unknown', 'medium'],
  [
    'fails on a false field although another is missing',
    { MemoryLimit: undefined, PidsLimit: false },
    'fail',
    'medium',
  ],
  ['does not apply to Windows', { OSType: 'windows' }, 'not-applicable', 'medium'],
];
test.for(cases)('%s', ([, info, outcome, severity]) => {
  expect(resultsOf(limitSupport, aSnapshot({ info }))).toMatchObject([{ outcome, severity }]);
});

test('does not note cgroup v1 where a parameter says so', () => {
  const snapshot = aSnapshot({ info: { CgroupVersion: '1' } });
  expect(outcomesOf(limitSupport, snapshot, { warnCgroupV1: false })).toEqual(['pass']);
});
