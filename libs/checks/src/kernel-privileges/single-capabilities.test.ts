import type { HostConfig } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import type { Check } from '../engine/check.ts';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import capAll from './cap-all.ts';
import capBpfPerfmon from './cap-bpf-perfmon.ts';
import capDacReadSearch from './cap-dac-read-search.ts';
import capHostWide from './cap-host-wide.ts';
import capNetAdmin from './cap-net-admin.ts';
import capSysAdmin from './cap-sys-admin.ts';
import capSysModule from './cap-sys-module.ts';

const plain: Partial<HostConfig> = {
  Privileged: false,
  CapAdd: null,
  CapDrop: null,
  UsernsMode: '',
  SecurityOpt: null,
};
const attached = { NetworkSettings: { Ports: {}, Networks: { bridge: { NetworkID: 'n1' } } } };
const holding = (
  hostConfig: Partial<HostConfig>,
  given: GivenSnapshot = {},
  more: Parameters<typeof aContainer>[0] = {},
) =>
  aSnapshot({
    ...given,
    containers: [
      aContainer({ ...more, hostConfig: { ...plain, ...hostConfig }, inspect: { ...attached, ...more.inspect } }),
    ],
  });
const adding = (...CapAdd: string[]) => holding({ CapAdd });

describe.for<[string, Check, string, string]>([
  ['cap-sys-admin', capSysAdmin, 'SYS_ADMIN', 'high'],
  ['cap-sys-module', capSysModule, 'SYS_MODULE', 'critical'],
  ['cap-dac-read-search', capDacReadSearch, 'DAC_READ_SEARCH', 'high'],
  ['cap-net-admin', capNetAdmin, 'NET_ADMIN', 'medium'],
  ['cap-bpf-perfmon', capBpfPerfmon, 'BPF', 'high'],
  ['cap-host-wide', capHostWide, 'SYS_TIME', 'medium'],
])('%s', ([, check, capability, severity]) => {
  test('passes with the default capabilities', () => {
    expect(outcomesOf(check, holding({}))).toEqual(['pass']);
  });

  test.for([
    ['the capability', capability],
    ['another spelling of it', `cap_${capability.toLowerCase()}`],
  ])('fails for %s, as what container-capabilities reports', ([, name = '']) => {
    expect(resultsOf(check, adding(name))).toMatchObject([
      {
        outcome: 'fail',
        severity,
        causedBy: 'container-capabilities',
        evidence: expect.arrayContaining([{ source: 'HostConfig.CapAdd', value: [name] }]),
      },
    ]);
  });

  test('a name that only begins alike is another one', () => {
    expect(outcomesOf(check, adding(`${capability}_X`))).toEqual(['pass']);
  });

  test('passes where the same name is dropped along with all others and not added', () => {
    expect(outcomesOf(check, holding({ CapDrop: ['ALL'] }))).toEqual(['pass']);
  });

  test('fails where ALL is added and much is dropped, so that few are left', () => {
    const CapDrop = [
      'CHOWN',
      'DAC_OVERRIDE',
      'FSETID',
      'FOWNER',
      'MKNOD',
      'NET_RAW',
      'SETGID',
      'SETUID',
      'SETFCAP',
      'SETPCAP',
      'NET_BIND_SERVICE',
      'SYS_CHROOT',
      'KILL',
      'AUDIT_WRITE',
    ];
    expect(outcomesOf(check, holding({ CapAdd: ['ALL'], CapDrop }))).toEqual(['fail']);
  });

  test('leaves a privileged container to container-privileged, and one that holds all to cap-all', () => {
    expect(resultsOf(check, holding({ Privileged: true }))).toMatchObject([
      { outcome: 'not-applicable', causedBy: 'container-privileged' },
    ]);
    expect(resultsOf(check, adding('ALL'))).toMatchObject([{ outcome: 'not-applicable', causedBy: 'cap-all' }]);
  });

  test.for([
    ['Privileged', { Privileged: undefined }],
    ['CapAdd', { CapAdd: undefined }],
    ['CapDrop', { CapDrop: undefined }],
  ])('can not tell without %s', ([, hostConfig]) => {
    expect(outcomesOf(check, holding(hostConfig as Partial<HostConfig>))).toEqual(['unknown']);
  });

  test('does not apply to Windows', () => {
    expect(outcomesOf(check, holding({}, { info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
  });

  const order = ['critical', 'high', 'medium', 'low', 'info'];
  const less = (steps: number) => order[Math.min(order.indexOf(severity) + steps, 4)];
  test.for<[string, Partial<HostConfig>, GivenSnapshot, string, number]>([
    ['a remapped daemon', {}, { info: { SecurityOptions: ['name=userns'] } }, '', 2],
    ['a rootless daemon', {}, { info: { SecurityOptions: ['name=rootless'] } }, '', 2],
    [
      'a container that opts out of remapping',
      { UsernsMode: 'host' },
      { info: { SecurityOptions: ['name=userns'] } },
      '',
      0,
    ],
    ['another user under no-new-privileges', { SecurityOpt: ['no-new-privileges'] }, {}, '1000', 1],
    ['another user alone', {}, {}, '1000', 0],
    ['a sandboxing runtime', { Runtime: 'runsc' }, {}, '', 1],
  ])('weighs %s', ([, hostConfig, given, User, steps]) => {
    const snapshot = holding({ CapAdd: [capability], ...hostConfig }, given, { config: { User } });
    expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity: less(steps) }]);
  });

  test('counts a stopped container one step lower', () => {
    const snapshot = holding({ CapAdd: [capability] }, {}, { state: 'exited' });
    expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity: less(1) }]);
  });
});

test('an image that is known to need a capability is explained and fails all the same', () => {
  const image = 'mirror.example:5000/linuxserver/wireguard:1.0';
  const results = [capSysModule, capNetAdmin].flatMap((check) =>
    resultsOf(check, holding({ CapAdd: ['SYS_MODULE', 'NET_ADMIN'] }, {}, { image })),
  );
  expect(results).toMatchObject([
    { outcome: 'fail', reason: expect.stringContaining('load it on the host') },
    { outcome: 'fail', reason: expect.stringContaining('a VPN needs it') },
  ]);
});

test('a read-only mount of /lib/modules alone is no right to load one', () => {
  const Mounts = [{ Type: 'bind', Source: '/lib/modules', Destination: '/lib/modules', RW: false }];
  expect(outcomesOf(capSysModule, holding({}, {}, { inspect: { Mounts } }))).toEqual(['pass']);
});

test.for([
  ['one alone', ['PERFMON'], 'high'],
  ['both', ['BPF', 'PERFMON'], 'critical'],
] as const)('weighs BPF and PERFMON, %s', ([, names, severity]) => {
  expect(resultsOf(capBpfPerfmon, adding(...names))).toMatchObject([{ severity }]);
});

test.for([
  ['a folder of the disk', '/srv/data', null, 'critical'],
  ['a folder of the disk, without DAC_OVERRIDE', '/srv/data', ['DAC_OVERRIDE'], 'high'],
  ['a file system of its own', '/run/app', null, 'high'],
] as const)('weighs DAC_READ_SEARCH beside %s', ([, Source, CapDrop, severity]) => {
  const Mounts = [{ Type: 'bind', Source, Destination: '/x', RW: false }];
  const snapshot = holding(
    { CapAdd: ['DAC_READ_SEARCH'], CapDrop: CapDrop && [...CapDrop] },
    {},
    { inspect: { Mounts } },
  );
  expect(resultsOf(capDacReadSearch, snapshot)).toMatchObject([{ outcome: 'fail', severity }]);
});

describe('NET_ADMIN', () => {
  const onHost = aContainer({ name: 'vpn', hostConfig: { ...plain, NetworkMode: 'host' }, inspect: attached });
  test.for([
    ['on the network of the host', 'host', 'high'],
    ['by way of a container on it', 'container:id-of-vpn', 'high'],
    ['in a namespace that can not be traced', 'container:gone', 'high'],
    ['in its own', 'bridge', 'medium'],
    ['in no network at all', 'none', 'medium'],
  ] as const)('weighs it %s', ([, NetworkMode, severity]) => {
    const web = aContainer({ hostConfig: { ...plain, NetworkMode, CapAdd: ['NET_ADMIN'] }, inspect: attached });
    expect(resultsOf(capNetAdmin, aSnapshot({ containers: [web, onHost] }))[0]).toMatchObject({ severity });
  });
});

test.for<[string, Partial<HostConfig>, string]>([
  ['IPC_LOCK', { CapAdd: ['IPC_LOCK'], Memory: 0 }, 'low'],
  ['IPC_LOCK within a memory limit', { CapAdd: ['IPC_LOCK'], Memory: 1024 ** 3 }, 'info'],
  ['IPC_OWNER', { CapAdd: ['IPC_OWNER'], IpcMode: 'private' }, 'low'],
  ['IPC_OWNER in the IPC namespace of the host', { CapAdd: ['IPC_OWNER'], IpcMode: 'host' }, 'high'],
  ['the worst of several', { CapAdd: ['SYS_NICE', 'SYS_BOOT'] }, 'high'],
])('weighs %s', ([, hostConfig, severity]) => {
  expect(resultsOf(capHostWide, holding(hostConfig))).toMatchObject([{ outcome: 'fail', severity }]);
});

test('takes a table of its own for what acts on the whole host', () => {
  const capabilities = { CAP_SYS_NICE: { severity: 'high', effect: 'moves our real-time tasks' } };
  expect(resultsOf(capHostWide, adding('SYS_NICE'), { capabilities })).toMatchObject([{ severity: 'high' }]);
  expect(outcomesOf(capHostWide, adding('SYS_TIME'), { capabilities })).toEqual(['pass']);
});

describe('cap-all', () => {
  test.for<[string, Partial<HostConfig>, string]>([
    ['fails for ALL', { CapAdd: ['ALL'] }, 'fail'],
    ['fails for ALL with few drops', { CapAdd: ['all'], CapDrop: ['NET_RAW', 'SYS_TIME'] }, 'fail'],
    ['fails where ALL is dropped and added, for added wins', { CapAdd: ['ALL'], CapDrop: ['ALL'] }, 'fail'],
    ['passes for one capability', { CapAdd: ['SYS_ADMIN'] }, 'pass'],
    ['passes for names that no Linux has', { CapAdd: Array.from({ length: 99 }, (_, index) => `X_${index}`) }, 'pass'],
    ['leaves a privileged container to its own check', { Privileged: true }, 'not-applicable'],
    ['can not tell without CapAdd', { CapAdd: undefined }, 'unknown'],
  ])('%s', ([, hostConfig, outcome]) => {
    expect(outcomesOf(capAll, holding(hostConfig))).toEqual([outcome]);
  });

  test('is critical, and an explanation of container-capabilities', () => {
    expect(resultsOf(capAll, adding('ALL'))).toMatchObject([
      { severity: 'critical', causedBy: 'container-capabilities', reason: expect.stringContaining('41 capabilities') },
    ]);
  });

  test('takes a lower number for "all", and none higher, which would leave a gap', () => {
    const many = adding('SYS_ADMIN', 'NET_ADMIN');
    expect(outcomesOf(capAll, many, { allThreshold: 16 })).toEqual(['fail']);
    expect(capAll.parameters.safeParse({ allThreshold: 41 }).success).toBe(false);
  });
});
