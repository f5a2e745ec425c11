import type {
  ContainerInspect,
  ContainerStats,
  EarlierCounters,
  EngineInfo,
  HostConfig,
  HostSnapshot,
} from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import cpuUnbounded from './cpu-unbounded.ts';
import crashHistory from './crash-history.ts';
import diskGrowth from './disk-growth.ts';
import ioUnbounded from './io-unbounded.ts';
import memoryOvercommit from './memory-overcommit.ts';
import nearLimits from './near-limits.ts';
import networkErrors from './network-errors.ts';
import swapAndOomKiller from './swap-and-oom-killer.ts';

const GiB = 1024 ** 3;
const startedAt = '2026-11-20T00:00:00Z';
const running = (more: Partial<NonNullable<ContainerInspect['State']>> = {}): Partial<ContainerInspect> => ({
  State: { Status: 'running', StartedAt: startedAt, Restarting: false, OOMKilled: false, ...more },
});
/** An hour before the snapshot of the builders. */
const anHourAgo = (
  counters: Partial<EarlierCounters> | undefined,
  takenAt = '2026-11-24T11:00:00.000Z',
): HostSnapshot['earlier'] => ({
  takenAt,
  containers: counters === undefined ? {} : { 'id-of-web': countersOf(counters) },
});
const countersOf = (counters: Partial<EarlierCounters>): EarlierCounters => ({ startedAt, ...counters });
const web = (hostConfig: Partial<HostConfig>, stats?: ContainerStats, more: GivenContainer = {}) =>
  aContainer({
    ...more,
    hostConfig,
    inspect: { ...running(), ...more.inspect },
    ...(stats === undefined ? {} : { stats: { value: stats } }),
  });
const judgedWith = (container: ReturnType<typeof web>, earlier?: HostSnapshot['earlier'], given: GivenSnapshot = {}) =>
  aSnapshot({ ...given, containers: [container], ...(earlier === undefined ? {} : { earlier }) });

describe('promised memory', () => {
  const host = (
    limits: readonly (number | undefined)[],
    info: Partial<EngineInfo> = {},
    states: readonly string[] = [],
  ) =>
    aSnapshot({
      info: { MemTotal: 8 * GiB, ...info },
      containers: limits.map((Memory, index) =>
        aContainer({ name: `c${index}`, state: states[index] ?? 'running', hostConfig: { Memory } }),
      ),
    });
  test.for<[string, HostSnapshot, string, string | undefined]>([
    ['passes where the limits fit', host([2 * GiB, 4 * GiB]), 'pass', undefined],
    [
      'passes up to what may be promised twice, less the reserve of the host',
      host([8 * GiB, 3.5 * GiB]),
      'pass',
      undefined,
    ],
    ['fails beyond', host([8 * GiB, 4 * GiB]), 'fail', undefined],
    ['fails for two without a limit, which have a check of their own', host([0, 0]), 'fail', 'container-memory-limit'],
    ['counts a limit above the host as none', host([99 * GiB, 4 * GiB]), 'fail', 'container-memory-limit'],
    ['fails by itself where those with a limit are too much already', host([8 * GiB, 6 * GiB, 0]), 'fail', undefined],
    ['fails where limits are not enforced', host([GiB, GiB], { MemoryLimit: false }), 'fail', 'limit-support-missing'],
    ['leaves out what is stopped', host([GiB, 0, 0], {}, ['running', 'exited', 'created']), 'pass', undefined],
    ['counts what is paused', host([GiB, 0, 0], {}, ['running', 'paused', 'paused']), 'fail', 'container-memory-limit'],
    ['does not apply where nothing runs', host([0], {}, ['exited']), 'not-applicable', undefined],
    ['can not tell without a limit that was not seen', host([GiB, undefined]), 'unknown', undefined],
    ['can not tell without the memory of the host', host([GiB], { MemTotal: undefined }), 'unknown', undefined],
    ['can not tell with none', host([GiB], { MemTotal: 0 }), 'unknown', undefined],
    ['can not tell whether limits hold', host([GiB], { MemoryLimit: undefined }), 'unknown', undefined],
  ])('%s', ([, snapshot, outcome, causedBy]) => {
    const [result] = resultsOf(memoryOvercommit, snapshot);
    expect(result).toMatchObject({ outcome, subject: { kind: 'host' } });
    expect(result?.causedBy).toBe(causedBy);
  });
});

describe('a bound on processors', () => {
  const none: Partial<HostConfig> = { NanoCpus: 0, CpuQuota: 0, CpuPeriod: 0, CpusetCpus: '', CpuShares: 0 };
  test.for<[string, Partial<HostConfig>, Partial<EngineInfo>, string, string | undefined]>([
    ['passes by --cpus', { NanoCpus: 2e9 }, {}, 'pass', undefined],
    ['passes by quota and period', { CpuQuota: 150_000, CpuPeriod: 100_000 }, {}, 'pass', undefined],
    ['passes by quota with the default period', { CpuQuota: 150_000 }, {}, 'pass', undefined],
    ['passes by a smaller set', { CpusetCpus: '0-1,3' }, {}, 'pass', undefined],
    ['fails for a set of all', { CpusetCpus: '0-3' }, {}, 'fail', 'container-cpu-limit'],
    ['fails for all processors', { NanoCpus: 4e9 }, {}, 'fail', undefined],
    ['fails for a weight alone', { CpuShares: 512 }, {}, 'fail', undefined],
    ['fails for nothing, as the other check does', {}, {}, 'fail', 'container-cpu-limit'],
    ['fails for a quota of -1, which is none', { CpuQuota: -1 }, {}, 'fail', 'container-cpu-limit'],
    ['can not tell where a quota is ignored', { NanoCpus: 2e9 }, { CpuCfsQuota: false }, 'unknown', undefined],
    ['can not tell without control groups', { NanoCpus: 2e9 }, { CgroupDriver: 'none' }, 'unknown', undefined],
    ['can not tell whether a quota holds', { NanoCpus: 2e9 }, { CpuCfsQuota: undefined }, 'unknown', undefined],
    ['can not tell without the processors of the host', {}, { NCPU: undefined }, 'unknown', undefined],
    ['can not tell without a field', { CpusetCpus: undefined }, {}, 'unknown', undefined],
    ['can not tell a set that is none', { CpusetCpus: 'all' }, {}, 'unknown', undefined],
    ['does not apply to a host with one', {}, { NCPU: 1 }, 'not-applicable', undefined],
  ])('%s', ([, hostConfig, info, outcome, causedBy]) => {
    const [result] = resultsOf(
      cpuUnbounded,
      aSnapshot({ info, containers: [aContainer({ hostConfig: { ...none, ...hostConfig } })] }),
    );
    expect(result?.outcome).toBe(outcome);
    expect(result?.causedBy).toBe(causedBy);
  });

  test('does not look at stopped containers unless asked', () => {
    const snapshot = aSnapshot({ containers: [aContainer({ state: 'exited', hostConfig: none })] });
    expect(outcomesOf(cpuUnbounded, snapshot)).toEqual(['not-applicable']);
    expect(outcomesOf(cpuUnbounded, snapshot, { skipStopped: false })).toEqual(['fail']);
  });
});

describe('swap and the OOM killer', () => {
  const set = { Memory: GiB, MemorySwap: 2 * GiB, OomKillDisable: false };
  test.for<[string, Partial<HostConfig>, Partial<EngineInfo>, string]>([
    ['passes with the default, twice the memory', set, {}, 'pass'],
    ['passes with no swap at all', { ...set, MemorySwap: GiB }, {}, 'pass'],
    ['passes on version 2 of control groups, which has no such switch', { ...set, OomKillDisable: null }, {}, 'pass'],
    ['fails without a bound on swap', { ...set, MemorySwap: -1 }, {}, 'fail'],
    ['fails for more swap than the policy has', { ...set, MemorySwap: 3 * GiB }, {}, 'fail'],
    ['fails where the kernel may not end it', { ...set, OomKillDisable: true }, {}, 'fail'],
    ['fails for that without a limit', { ...set, Memory: 0, OomKillDisable: true }, {}, 'fail'],
    ['does not apply without a limit', { ...set, Memory: 0 }, {}, 'not-applicable'],
    ['can not tell where swap is not counted', set, { SwapLimit: false }, 'unknown'],
    ['can not tell whether swap is counted', set, { SwapLimit: undefined }, 'unknown'],
    ['can not tell without Memory', { ...set, Memory: undefined }, {}, 'unknown'],
    ['can not tell without MemorySwap', { ...set, MemorySwap: undefined }, {}, 'unknown'],
    ['can not tell without OomKillDisable', { ...set, OomKillDisable: undefined }, {}, 'unknown'],
    ['can not tell a bound below the memory', { ...set, MemorySwap: 1 }, {}, 'unknown'],
  ])('%s', ([, hostConfig, info, outcome]) => {
    expect(outcomesOf(swapAndOomKiller, aSnapshot({ info, containers: [aContainer({ hostConfig })] }))).toEqual([
      outcome,
    ]);
  });

  test('a host that can freeze is high, and the missing limit is the cause', () => {
    const container = aContainer({ hostConfig: { Memory: 0, MemorySwap: 0, OomKillDisable: true } });
    expect(resultsOf(swapAndOomKiller, aSnapshot({ containers: [container] }))).toMatchObject([
      { severity: 'high', causedBy: 'container-memory-limit' },
    ]);
  });
});

describe('crashes', () => {
  const judged = (inspect: Partial<ContainerInspect>, earlier?: HostSnapshot['earlier'], state = 'running') =>
    resultsOf(
      crashHistory,
      judgedWith(
        aContainer({ state, inspect: { RestartCount: 0, ...running({ Status: state }), ...inspect } }),
        earlier,
      ),
    )[0];

  const lately = running({ StartedAt: '2026-11-24T11:50:00Z' });
  test.for<[string, Partial<ContainerInspect>, HostSnapshot['earlier'], string]>([
    ['passes without any', {}, undefined, 'pass'],
    ['passes with few', { RestartCount: 4 }, undefined, 'pass'],
    ['fails while it is restarted', { ...running({ Restarting: true }) }, undefined, 'fail'],
    ['fails after it ran out of memory', { ...running({ OOMKilled: true }) }, undefined, 'fail'],
    ['passes for an ordinary kill', { ...running({ ExitCode: 137 }) }, undefined, 'pass'],
    ['fails where the count grew', { RestartCount: 9, ...lately }, anHourAgo({ restartCount: 4 }), 'fail'],
    ['passes where it hardly grew', { RestartCount: 9, ...lately }, anHourAgo({ restartCount: 8 }), 'pass'],
    [
      'counts from nothing after a start by hand',
      { RestartCount: 5, ...lately },
      anHourAgo({ restartCount: 40 }),
      'fail',
    ],
    ['a smaller count is no error', { RestartCount: 1 }, anHourAgo({ restartCount: 40 }), 'pass'],
    [
      'passes with many, none of them of late',
      { RestartCount: 40, Created: '2026-01-01T00:00:00Z' },
      undefined,
      'pass',
    ],
    [
      'fails with many in a short life',
      { RestartCount: 40, Created: '2026-11-24T10:00:00Z', ...running({ StartedAt: '2026-11-24T11:50:00Z' }) },
      undefined,
      'fail',
    ],
    [
      'can not tell when they were',
      { RestartCount: 40, Created: '2026-01-01T00:00:00Z', ...running({ StartedAt: '2026-11-24T11:50:00Z' }) },
      undefined,
      'unknown',
    ],
    ['can not tell without the count', { RestartCount: undefined }, undefined, 'unknown'],
    ['can not tell without the state', { State: { Status: 'running', Restarting: false } }, undefined, 'unknown'],
  ])('%s', ([, inspect, earlier, outcome]) => {
    expect(judged(inspect, earlier)?.outcome).toBe(outcome);
  });

  test('does not apply before the first start, and tells a stopped one as it was', () => {
    expect(judged({}, undefined, 'created')?.outcome).toBe('not-applicable');
    const exited = judged({ ...running({ Status: 'exited', OOMKilled: true }) }, undefined, 'exited');
    expect(exited).toMatchObject({
      outcome: 'fail',
      severity: 'medium',
      reason: expect.stringMatching(/^The container ran out/),
    });
  });

  describe('of swarm tasks', () => {
    const none = { missing: 'not-supported', detail: '' } as const;
    const swarm = (
      tasks: { Slot?: number; NodeID?: string; State: string | undefined; Timestamp: string }[],
    ): HostSnapshot['swarm'] => ({
      value: {
        nodes: none,
        services: { value: [{ ID: 's1', Spec: { Name: 'web' } }] },
        tasks: {
          value: tasks.map(({ Slot, NodeID, State, Timestamp }) => ({
            ServiceID: 's1',
            Slot,
            NodeID,
            Status: { State, Err: '', Timestamp },
          })),
        },
        secrets: none,
        configs: none,
      },
    });
    const failed = (count: number, more: { Slot?: number; NodeID?: string; Timestamp?: string } = {}) =>
      Array.from({ length: count }, () => ({ Slot: 1, State: 'failed', Timestamp: '2026-11-24T11:00:00Z', ...more }));
    test.for<[string, HostSnapshot['swarm'], string]>([
      ['fail where one slot failed often', swarm(failed(5)), 'fail'],
      ['pass where many slots failed once', swarm([1, 2, 3, 4, 5].flatMap((Slot) => failed(1, { Slot }))), 'pass'],
      ['fail for one node of a global service', swarm(failed(5, { Slot: 0, NodeID: 'n1' })), 'fail'],
      ['pass where it was long ago', swarm(failed(9, { Timestamp: '2026-11-01T00:00:00Z' })), 'pass'],
      ['can not tell without a state', swarm([{ Slot: 1, State: undefined, Timestamp: '' }]), 'unknown'],
      ['can not tell without a time', swarm(failed(1, { Timestamp: '' })), 'unknown'],
    ])('%s', ([, given, outcome]) => {
      expect(resultsOf(crashHistory, aSnapshot({ swarm: given }))).toMatchObject([
        { outcome, subject: { kind: 'service', name: 'web' } },
      ]);
    });
  });
});

describe('nearness to limits', () => {
  const limits: Partial<HostConfig> = { Memory: GiB, PidsLimit: 100, NanoCpus: 0, CpuQuota: 0 };
  const sample = (more: ContainerStats = {}): ContainerStats => ({
    memory_stats: { usage: GiB, limit: GiB, stats: { inactive_file: 0.5 * GiB, total_inactive_file: 0.5 * GiB } },
    pids_stats: { current: 10, limit: 100 },
    ...more,
  });
  const full: ContainerStats = { memory_stats: { usage: GiB, limit: GiB, stats: { inactive_file: 0 } } };
  test.for<[string, Partial<HostConfig>, ContainerStats | undefined, string]>([
    ['passes for a cache that nobody needs', limits, sample(), 'pass'],
    ['fails near the memory limit', limits, sample(full), 'fail'],
    ['fails near the process limit', limits, sample({ pids_stats: { current: 80, limit: 100 } }), 'fail'],
    ['does not count what has no limit', { ...limits, Memory: 0 }, sample(full), 'pass'],
    [
      'takes null and -1 for no limit',
      { ...limits, Memory: 0, PidsLimit: null, CpuQuota: -1 },
      sample(full),
      'not-applicable',
    ],
    ['can not tell without a sample', limits, undefined, 'unknown'],
    ['can not tell from an empty one, as of a paused container', limits, {}, 'unknown'],
    ['fails for one limit where another was not seen', { ...limits, PidsLimit: undefined }, sample(full), 'fail'],
    ['can not tell where a limit was not seen', { ...limits, PidsLimit: undefined }, sample(), 'unknown'],
  ])('%s', ([, hostConfig, stats, outcome]) => {
    expect(outcomesOf(nearLimits, judgedWith(web(hostConfig, stats)))).toEqual([outcome]);
  });

  test('reads the cache of version 1 from its own field', () => {
    const v1 = sample({
      memory_stats: { usage: GiB, limit: GiB, stats: { inactive_file: 0, total_inactive_file: 0.5 * GiB } },
    });
    expect(outcomesOf(nearLimits, judgedWith(web(limits, v1), undefined, { info: { CgroupVersion: '1' } }))).toEqual([
      'pass',
    ]);
    expect(outcomesOf(nearLimits, judgedWith(web(limits, v1)))).toEqual(['fail']);
  });

  test('does not apply without control groups, where counters are not those of the container', () => {
    const judged = judgedWith(web(limits, sample(full)), undefined, { info: { CgroupDriver: 'none' } });
    expect(outcomesOf(nearLimits, judged)).toEqual(['not-applicable']);
  });

  test.for<[string, Partial<EarlierCounters> | undefined, string]>([
    ['fails where it was held back often since the last scan', { periods: 10_000, throttledPeriods: 0 }, 'fail'],
    ['passes where that was long ago', { periods: 10_000, throttledPeriods: 2900 }, 'pass'],
    ['passes where it hardly ran', { periods: 11_900, throttledPeriods: 2000 }, 'pass'],
    ['can not tell with one sample', undefined, 'unknown'],
    [
      'can not tell after a new start',
      { startedAt: '2026-11-19T00:00:00Z', periods: 0, throttledPeriods: 0 },
      'unknown',
    ],
    ['can not tell from counters that fell', { periods: 99_000, throttledPeriods: 0 }, 'unknown'],
  ])('%s', ([, counters, outcome]) => {
    const throttling_data = { periods: 12_000, throttled_periods: 3000, throttled_time: 0 };
    const container = web({ ...limits, NanoCpus: 1e9 }, sample({ cpu_stats: { throttling_data } }));
    expect(outcomesOf(nearLimits, judgedWith(container, anHourAgo(counters)))).toEqual([outcome]);
  });

  test('does not apply to a stopped container', () => {
    const container = aContainer({ state: 'exited', hostConfig: limits });
    expect(outcomesOf(nearLimits, judgedWith(container))).toEqual(['not-applicable']);
  });
});

describe('disk I/O', () => {
  const none: Partial<HostConfig> = {
    BlkioDeviceReadBps: null,
    BlkioDeviceWriteBps: null,
    BlkioDeviceReadIOps: null,
    BlkioDeviceWriteIOps: null,
  };
  const counted = (bytes: number, op = 'Read'): ContainerStats => ({
    blkio_stats: { io_service_bytes_recursive: [{ op, value: bytes, major: 8, minor: 0 }] },
  });
  const hundred = 3600 * 100 * 1024 ** 2; // a hundred MiB a second for an hour
  test.for<[string, Partial<HostConfig>, ContainerStats, HostSnapshot['earlier'], string]>([
    ['fails for much of it', none, counted(hundred), anHourAgo({ ioBytes: 0 }), 'fail'],
    ['reads the spelling of version 2', none, counted(hundred, 'write'), anHourAgo({ ioBytes: 0 }), 'fail'],
    ['passes for little', none, counted(hundred), anHourAgo({ ioBytes: hundred - 1 }), 'pass'],
    [
      'passes with a bound',
      { ...none, BlkioDeviceWriteBps: [{ Path: '/dev/sda', Rate: 1 }] },
      counted(hundred),
      anHourAgo({ ioBytes: 0 }),
      'pass',
    ],
    ['can not tell with one sample', none, counted(hundred), undefined, 'unknown'],
    [
      'can not tell so soon after the last',
      none,
      counted(hundred),
      anHourAgo({ ioBytes: 0 }, '2026-11-24T11:59:30.000Z'),
      'unknown',
    ],
    [
      'can not tell where nothing counts',
      none,
      { blkio_stats: { io_service_bytes_recursive: null } },
      anHourAgo({ ioBytes: 0 }),
      'unknown',
    ],
    [
      'can not tell after a new start',
      none,
      counted(hundred),
      anHourAgo({ startedAt: '2026-01-01T00:00:00Z', ioBytes: 0 }),
      'unknown',
    ],
    [
      'can not tell whether a bound is set',
      { ...none, BlkioDeviceReadBps: undefined },
      counted(hundred),
      anHourAgo({ ioBytes: 0 }),
      'unknown',
    ],
  ])('%s', ([, hostConfig, stats, earlier, outcome]) => {
    expect(outcomesOf(ioUnbounded, judgedWith(web(hostConfig, stats), earlier))).toEqual([outcome]);
  });

  test('does not apply to a stopped container', () => {
    expect(outcomesOf(ioUnbounded, judgedWith(aContainer({ state: 'exited', hostConfig: none })))).toEqual([
      'not-applicable',
    ]);
  });
});

describe('lost packets', () => {
  const eth0 = (rx_packets: number, rx_dropped: number) => ({
    eth0: {
      rx_bytes: 0,
      tx_bytes: 0,
      rx_packets,
      tx_packets: 0,
      rx_errors: 0,
      tx_errors: 0,
      rx_dropped,
      tx_dropped: 0,
    },
  });
  const bridge = { NetworkMode: 'bridge' };
  test.for<[string, Partial<HostConfig>, ContainerStats, HostSnapshot['earlier'], string]>([
    [
      'fail where they are many and a good part',
      bridge,
      { networks: eth0(50_000, 2000) },
      anHourAgo({ networks: eth0(0, 0) }),
      'fail',
    ],
    ['pass where they are few', bridge, { networks: eth0(500, 100) }, anHourAgo({ networks: eth0(0, 0) }), 'pass'],
    [
      'pass where they are a small part',
      bridge,
      { networks: eth0(9_000_000, 2000) },
      anHourAgo({ networks: eth0(0, 0) }),
      'pass',
    ],
    [
      'pass where they were lost before',
      bridge,
      { networks: eth0(50_000, 2000) },
      anHourAgo({ networks: eth0(0, 1999) }),
      'pass',
    ],
    ['can not be told from one sample', bridge, { networks: eth0(50_000, 2000) }, undefined, 'unknown'],
    ['can not be told without the counters', bridge, {}, anHourAgo({ networks: eth0(0, 0) }), 'unknown'],
    [
      'can not be told of a new interface',
      bridge,
      { networks: eth0(50_000, 2000) },
      anHourAgo({ networks: {} }),
      'unknown',
    ],
    ['are not counted on the network of the host', { NetworkMode: 'host' }, {}, anHourAgo({}), 'not-applicable'],
    [
      'are not counted on that of another container',
      { NetworkMode: 'container:db' },
      {},
      anHourAgo({}),
      'not-applicable',
    ],
    ['can not be told without the mode', { NetworkMode: undefined }, {}, anHourAgo({}), 'unknown'],
  ])('%s', ([, hostConfig, stats, earlier, outcome]) => {
    expect(outcomesOf(networkErrors, judgedWith(web(hostConfig, stats), earlier))).toEqual([outcome]);
  });

  test('name interface, direction and the busiest container', () => {
    const snapshot = judgedWith(web(bridge, { networks: eth0(50_000, 2000) }), anHourAgo({ networks: eth0(0, 0) }));
    const [result] = resultsOf(networkErrors, snapshot);
    expect(result?.reason).toContain('2000 on eth0 in');
    expect(result?.reason).toContain('busiest container is web');
  });
});

describe('the writable layer', () => {
  const sized = (SizeRw: number | undefined, more: Partial<HostConfig> = {}, state = 'running') =>
    aContainer({ state, hostConfig: { ReadonlyRootfs: false, ...more }, inspect: { SizeRw } });
  test.for<[string, ReturnType<typeof sized>, HostSnapshot['earlier'], string]>([
    ['fails where it is big', sized(11 * GiB), undefined, 'fail'],
    ['fails where it grows fast', sized(3 * GiB), anHourAgo({ sizeRw: GiB }), 'fail'],
    ['passes where it is small and does not grow', sized(GiB), anHourAgo({ sizeRw: GiB }), 'pass'],
    ['passes where it shrank', sized(1), anHourAgo({ sizeRw: GiB }), 'pass'],
    ['can not tell how fast it grows from one size', sized(GiB), undefined, 'unknown'],
    [
      'can not tell from two that are minutes apart',
      sized(3 * GiB),
      anHourAgo({ sizeRw: GiB }, '2026-11-24T11:50:00.000Z'),
      'unknown',
    ],
    ['can not tell without the size', sized(undefined), anHourAgo({ sizeRw: GiB }), 'unknown'],
    ['can not tell whether it may write', sized(1, { ReadonlyRootfs: undefined }), undefined, 'unknown'],
    ['does not apply to a read-only root', sized(11 * GiB, { ReadonlyRootfs: true }), undefined, 'not-applicable'],
  ])('%s', ([, container, earlier, outcome]) => {
    expect(outcomesOf(diskGrowth, judgedWith(container, earlier))).toEqual([outcome]);
  });

  test('of a stopped container fills the disk just the same', () => {
    expect(resultsOf(diskGrowth, judgedWith(sized(11 * GiB, {}, 'exited')))).toMatchObject([
      { outcome: 'fail', severity: 'medium', reason: expect.stringMatching(/^The writable layer/) },
    ]);
  });

  test('outlives restarts, so it is compared by the container alone', () => {
    const restarted = anHourAgo({ startedAt: '2026-01-01T00:00:00Z', sizeRw: GiB });
    expect(outcomesOf(diskGrowth, judgedWith(sized(3 * GiB), restarted))).toEqual(['fail']);
  });
});
