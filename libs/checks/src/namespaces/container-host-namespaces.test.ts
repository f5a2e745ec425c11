import type { ContainerEntry, HostConfig } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerHostIpc from './container-host-ipc.ts';
import containerHostNetwork from './container-host-network.ts';
import containerHostPid from './container-host-pid.ts';

const connectedToNone = { NetworkSettings: { Ports: {}, Networks: {} } };
const plain = { Privileged: false, CapAdd: null, CapDrop: null };
const podman = (Version: string): GivenSnapshot => ({
  version: { Version, Components: [{ Name: 'Podman Engine', Version, Details: undefined }] },
});
const docker: GivenSnapshot = { version: { Components: [{ Name: 'Engine', Version: '28.5.2', Details: null }] } };

describe.for([
  ['network', containerHostNetwork, 'NetworkMode', 'bridge'],
  ['process', containerHostPid, 'PidMode', ''],
  ['IPC', containerHostIpc, 'IpcMode', 'private'],
] as const)('the %s namespace', ([, check, field, own]) => {
  const named = (name: string, mode: string | undefined, state = 'running'): ContainerEntry =>
    aContainer({
      name,
      id: `${name}-id`,
      state,
      hostConfig: { ...plain, [field]: mode } satisfies Partial<HostConfig>,
      inspect: connectedToNone,
    });
  const outcomes = (...containers: ContainerEntry[]) => outcomesOf(check, aSnapshot({ containers }));

  test('of its own passes, that of the host fails, one not seen can not be told', () => {
    expect(outcomes(named('a', own), named('b', 'host'), named('c', undefined))).toEqual(['pass', 'fail', 'unknown']);
  });

  test('is followed through ids and names to the end of the chain', () => {
    const results = resultsOf(
      check,
      aSnapshot({
        containers: [named('a', 'container:b-id'), named('b', 'container:c'), named('c', 'host'), named('d', own)],
      }),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['fail', 'fail', 'fail', 'pass']);
    expect(results[0]?.reason).toContain('b → c');
    expect(results[0]?.evidence).toContainEqual({
      source: `HostConfig.${field} of each container joined`,
      value: ['a', 'b', 'c'],
    });
    expect(outcomes(named('a', 'container:d-id'), named('d', own))).toEqual(['pass', 'pass']);
  });

  test('an id is tried before a name', () => {
    const containers = [named('a', 'container:x'), named('x', 'host'), { ...named('c', own), id: 'x' }];
    expect(outcomes(...containers)[0]).toBe('pass');
  });

  test('can not be told when the chain dangles, loops, is too long, or ends in what was not inspected', () => {
    expect(outcomes(named('a', 'container:gone'))).toEqual(['unknown']);
    expect(outcomes(named('a', 'container:a-id'))).toEqual(['unknown']);
    expect(resultsOf(check, aSnapshot({ containers: [named('a', 'container:a-id')] }))[0]?.reason).toContain(
      'joined to itself',
    );
    expect(outcomes(named('a', 'container:b-id'), named('b', 'container:a-id'))).toEqual(['unknown', 'unknown']);
    const unseen = { ...named('b', own), inspect: { missing: 'timed-out', detail: '5 s' } } satisfies ContainerEntry;
    expect(outcomes(named('a', 'container:b-id'), unseen)).toEqual(['unknown', 'unknown']);
    const long = [named('c0', 'host'), ...[1, 2, 3].map((n) => named(`c${n}`, `container:c${n - 1}-id`))];
    expect(outcomesOf(check, aSnapshot({ containers: long }), { maxChain: 3 })).toEqual([
      'fail',
      'fail',
      'fail',
      'unknown',
    ]);
  });

  test("can not be told for Podman's file of a namespace", () => {
    const containers = [named('a', 'ns:/proc/12/ns/x')];
    expect(outcomesOf(check, aSnapshot({ ...podman('4.9.4'), containers }))).toEqual(['unknown']);
  });

  test('weighs a step less when the container is stopped', () => {
    const [up, stopped] = ['running', 'created'].map(
      (state) => resultsOf(check, aSnapshot({ containers: [named('a', 'host', state)] }))[0]?.severity,
    );
    expect([up, stopped]).toEqual(check.severity === 'high' ? ['high', 'medium'] : ['medium', 'low']);
  });

  test('does not apply to Windows containers', () => {
    expect(outcomesOf(check, aSnapshot({ info: { OSType: 'windows' }, containers: [named('a', 'host')] }))).toEqual([
      'not-applicable',
    ]);
  });
});

test.for([
  ['an empty mode is the default network', '', 'pass'],
  ['no network', 'none', 'pass'],
  ['a network whose name only begins like it', 'hostnet', 'pass'],
  ["a network's id", '1f9a3c', 'pass'],
  ["Podman's user-space network", 'slirp4netns', 'pass'],
] as const)('network: %s', ([, NetworkMode, outcome]) => {
  const snapshot = aSnapshot({ containers: [aContainer({ hostConfig: { NetworkMode }, inspect: connectedToNone })] });
  expect(outcomesOf(containerHostNetwork, snapshot)).toEqual([outcome]);
});

test('network: can not be told when the networks of the container were not seen', () => {
  const containers = [aContainer({ hostConfig: { NetworkMode: 'bridge' }, inspect: { NetworkSettings: undefined } })];
  expect(outcomesOf(containerHostNetwork, aSnapshot({ containers }))).toEqual(['unknown']);
});

test('network: a container connected to the network "host" shares it, a name with "nil" in it hides nothing', () => {
  const container = aContainer({
    name: 'vanilla-host',
    hostConfig: { NetworkMode: 'bridge' },
    inspect: {
      NetworkSettings: {
        Ports: {},
        Networks: { host: { NetworkID: 'h', IPAddress: '', GlobalIPv6Address: '', Aliases: null } },
      },
    },
  });
  expect(outcomesOf(containerHostNetwork, aSnapshot({ containers: [container] }))).toEqual(['fail']);
});

test("network: on a rootless daemon it is the daemon's, on Docker Desktop the virtual machine's", () => {
  const containers = [aContainer({ hostConfig: { NetworkMode: 'host' } })];
  expect(
    resultsOf(containerHostNetwork, aSnapshot({ info: { SecurityOptions: ['name=rootless'] }, containers })),
  ).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
  expect(
    resultsOf(containerHostNetwork, aSnapshot({ info: { OperatingSystem: 'Docker Desktop' }, containers })),
  ).toMatchObject([{ outcome: 'fail', reason: expect.stringContaining('virtual machine') }]);
});

test.for<[string, Partial<HostConfig>, string[], string]>([
  ['alone is high', {}, [], 'high'],
  ['with SYS_PTRACE is critical', { CapAdd: ['sys_ptrace'] }, [], 'critical'],
  ['with privileged is critical', { Privileged: true }, [], 'critical'],
  ['on a rootless daemon weighs a step less', {}, ['name=rootless'], 'medium'],
  ['with SYS_PTRACE on a rootless daemon too', { CapAdd: ['SYS_PTRACE'] }, ['name=rootless'], 'high'],
])('the process namespace of the host %s', ([, hostConfig, SecurityOptions, severity]) => {
  const containers = [aContainer({ hostConfig: { ...plain, PidMode: 'host', ...hostConfig } })];
  expect(resultsOf(containerHostPid, aSnapshot({ info: { SecurityOptions }, containers }))).toMatchObject([
    { outcome: 'fail', severity },
  ]);
});

test("processes: Podman's word for its default passes there, and is no word of Docker", () => {
  const containers = [aContainer({ hostConfig: { PidMode: 'private' } })];
  expect(outcomesOf(containerHostPid, aSnapshot({ ...podman('4.3.1'), containers }))).toEqual(['pass']);
  expect(outcomesOf(containerHostPid, aSnapshot({ containers }))).toEqual(['unknown']);
});

test.for<[string, string, GivenSnapshot, string]>([
  ['shareable is not the host', 'shareable', docker, 'pass'],
  ['nor on an engine too old to name its components', 'shareable', { version: { ApiVersion: '1.30' } }, 'pass'],
  ['an engine that names none may be that Podman', 'shareable', { version: { ApiVersion: '1.51' } }, 'unknown'],
  ['an empty mode of old records is not the host', '', {}, 'pass'],
  ['none is not the host', 'none', {}, 'pass'],
  ['a word that no engine uses', 'public', {}, 'unknown'],
  ['Podman 4.3 hides the host behind "shareable"', 'shareable', podman('4.3.1'), 'unknown'],
  ['Podman 4.4 does not', 'shareable', podman('4.4.0'), 'pass'],
  [
    'an engine whose version was not seen may be that Podman',
    'shareable',
    { version: { missing: 'denied', detail: '403' } },
    'unknown',
  ],
])('IPC: %s', ([, IpcMode, given, outcome]) => {
  expect(
    outcomesOf(containerHostIpc, aSnapshot({ ...given, containers: [aContainer({ hostConfig: { IpcMode } })] })),
  ).toEqual([outcome]);
});
