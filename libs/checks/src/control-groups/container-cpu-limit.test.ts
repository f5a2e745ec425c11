import type { EngineInfo, HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerCpuLimit from './container-cpu-limit.ts';

const unset = { NanoCpus: 0, CpuQuota: 0, CpuShares: 0, CpuPeriod: 0, CpusetCpus: '' };
const containing = (hostConfig: Partial<HostConfig>, info: Partial<EngineInfo> = {}, state = 'running') =>
  aSnapshot({ info, containers: [aContainer({ state, hostConfig: { ...unset, ...hostConfig } })] });

test.for<[string, Partial<HostConfig>, Partial<EngineInfo>, string]>([
  ['fails with nothing set', {}, {}, 'fail'],
  ['passes with a number of processors', { NanoCpus: 5e8 }, {}, 'pass'],
  ['passes with a quota', { CpuQuota: 50_000 }, {}, 'pass'],
  ['fails for a quota of -1, which is none', { CpuQuota: -1 }, {}, 'fail'],
  ['fails for a period alone', { CpuPeriod: 50_000 }, {}, 'fail'],
  ['passes with a weight of its own', { CpuShares: 512 }, {}, 'pass'],
  ['fails for a weight of 1024, which is the default', { CpuShares: 1024 }, {}, 'fail'],
  ['fails for a processor set, unless the policy accepts it', { CpusetCpus: '0-1' }, {}, 'fail'],
  ['fails where the engine has no quotas', { NanoCpus: 5e8 }, { CpuCfsQuota: false }, 'fail'],
  ['fails where the engine has no weights', { CpuShares: 512 }, { CPUShares: false }, 'fail'],
  ['passes where another bound can be enforced', { CpuShares: 512, NanoCpus: 5e8 }, { CPUShares: false }, 'pass'],
  ['fails where a rootless daemon has no control groups', { NanoCpus: 5e8 }, { CgroupDriver: 'none' }, 'fail'],
  ['can not tell when a field was not seen and no other bounds', { NanoCpus: undefined }, {}, 'unknown'],
  ['passes when a field was not seen and another bounds', { NanoCpus: undefined, CpuShares: 2 }, {}, 'pass'],
  ['passes on Windows with a count', { CpuCount: 1, CpuPercent: 0 }, { OSType: 'windows' }, 'pass'],
  ['passes on Windows with a percentage', { CpuCount: 0, CpuPercent: 50 }, { OSType: 'windows' }, 'pass'],
  ['fails on Windows with none', { CpuCount: 0, CpuPercent: 0 }, { OSType: 'windows' }, 'fail'],
])('%s', ([, hostConfig, info, outcome]) => {
  expect(outcomesOf(containerCpuLimit, containing(hostConfig, info))).toEqual([outcome]);
});

test('parameters accept a processor set and the default weight', () => {
  expect(outcomesOf(containerCpuLimit, containing({ CpusetCpus: '0' }), { acceptCpuset: true })).toEqual(['pass']);
  expect(
    outcomesOf(containerCpuLimit, containing({ CpusetCpus: '0' }, { CPUSet: false }), { acceptCpuset: true }),
  ).toEqual(['fail']);
  expect(outcomesOf(containerCpuLimit, containing({ CpuShares: 1024 }), { treatDefaultWeightAsUnset: false })).toEqual([
    'pass',
  ]);
});

test.for<[string, Partial<HostConfig>]>([
  ['processors', { NanoCpus: 4e9 }],
  ['a quota over the default period', { CpuQuota: 400_000 }],
  ['a quota over a period of its own', { CpuQuota: 80_000, CpuPeriod: 10_000 }],
])('a bound of all processors by %s passes and says so', ([, hostConfig]) => {
  expect(resultsOf(containerCpuLimit, containing(hostConfig))).toMatchObject([
    { outcome: 'pass', reason: expect.stringContaining('all that the host has') },
  ]);
});

test.for<[string, GivenSnapshot['info']]>([
  ['no info at all', { missing: 'denied', detail: '403' }],
  ['no word on quotas', { CpuCfsQuota: undefined }],
  ['no driver of control groups', { CgroupDriver: undefined }],
])('a bound can not be told to be in force with %s', ([, info = {}]) => {
  const containers = [aContainer({ hostConfig: { ...unset, NanoCpus: 5e8 } })];
  expect(outcomesOf(containerCpuLimit, aSnapshot({ info, containers }))).toEqual(['unknown']);
});

test('a stopped container weighs a step less', () => {
  expect(resultsOf(containerCpuLimit, containing({}, {}, 'exited'))).toMatchObject([{ severity: 'info' }]);
});
