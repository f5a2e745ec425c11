import type { ContainerStats, HostConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerMemoryLimit from './container-memory-limit.ts';

const gibibyte = 1024 ** 3;
const containing = (hostConfig: Partial<HostConfig>, info: GivenSnapshot['info'] = {}) =>
  aSnapshot({ info, containers: [aContainer({ hostConfig })] });
const unseen = { missing: 'denied', detail: '403' } as const;

test.for<[string, Partial<HostConfig>, GivenSnapshot['info'], string]>([
  ['passes with a limit', { Memory: gibibyte }, {}, 'pass'],
  ['fails without one', { Memory: 0 }, {}, 'fail'],
  ['fails for a value below 0, which the engine ignores', { Memory: -1 }, {}, 'fail'],
  ['fails for a soft limit alone', { Memory: 0, MemoryReservation: gibibyte }, {}, 'fail'],
  ['fails for a limit of all the memory of the host', { Memory: 8 * gibibyte }, {}, 'fail'],
  ['fails where the kernel has no memory limits', { Memory: gibibyte }, { MemoryLimit: false }, 'fail'],
  ['fails where a rootless daemon has no control groups', { Memory: gibibyte }, { CgroupDriver: 'none' }, 'fail'],
  ['passes where swap is not limited', { Memory: gibibyte }, { SwapLimit: false }, 'pass'],
  ['can not tell when the field was not seen', { Memory: undefined }, {}, 'unknown'],
  [
    'passes on Windows, which reports no abilities',
    { Memory: gibibyte },
    { OSType: 'windows', MemoryLimit: false },
    'pass',
  ],
  ['fails on Windows as well', { Memory: 0, Isolation: 'process' }, { OSType: 'windows' }, 'fail'],
  ['passes under Hyper-V, which has a default', { Memory: 0, Isolation: 'hyperv' }, { OSType: 'windows' }, 'pass'],
])('%s', ([, hostConfig, info, outcome]) => {
  expect(outcomesOf(containerMemoryLimit, containing(hostConfig, info))).toEqual([outcome]);
});

test.for<[string, GivenSnapshot['info']]>([
  ['no info at all', unseen],
  ['no word on memory limits', { MemoryLimit: undefined }],
  ['no driver of control groups', { CgroupDriver: undefined }],
  ['no memory of the host', { MemTotal: undefined }],
])('a limit can not be told to be in force with %s, the lack of one can', ([, info]) => {
  expect(outcomesOf(containerMemoryLimit, containing({ Memory: gibibyte }, info))).toEqual(['unknown']);
  expect(outcomesOf(containerMemoryLimit, containing({ Memory: 0 }, info))).toEqual(['fail']);
});

test('without a limit and without the end that memory shortage brings it weighs a step more', () => {
  expect(resultsOf(containerMemoryLimit, containing({ Memory: 0, OomKillDisable: true }))).toMatchObject([
    { outcome: 'fail', severity: 'high' },
  ]);
  expect(resultsOf(containerMemoryLimit, containing({ Memory: gibibyte, OomKillDisable: true }))).toMatchObject([
    { outcome: 'pass' },
  ]);
});

test('a parameter bounds the share of the host', () => {
  const snapshot = containing({ Memory: 3 * gibibyte });
  expect(outcomesOf(containerMemoryLimit, snapshot, { maxShareOfHost: 0.25 })).toEqual(['fail']);
  expect(outcomesOf(containerMemoryLimit, snapshot, { maxShareOfHost: 0.5 })).toEqual(['pass']);
});

test.for([
  ['the memory of the host in the sample speaks against the engine', 8 * gibibyte, 'unknown'],
  ['the limit itself in the sample', gibibyte, 'pass'],
  ['no figure in the sample', undefined, 'pass'],
] as const)('%s', ([, limit, outcome]) => {
  const stats: ContainerStats = {
    pids_stats: undefined,
    memory_stats: { usage: 1, limit, stats: null },
    cpu_stats: undefined,
    blkio_stats: undefined,
    networks: null,
  };
  const snapshot = aSnapshot({
    containers: [aContainer({ hostConfig: { Memory: gibibyte }, stats: { value: stats } })],
  });
  expect(outcomesOf(containerMemoryLimit, snapshot)).toEqual([outcome]);
});

test('a stopped container weighs a step less', () => {
  const snapshot = aSnapshot({ containers: [aContainer({ state: 'dead', hostConfig: { Memory: 0 } })] });
  expect(resultsOf(containerMemoryLimit, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'low' }]);
});
