import type { ContainerInspect, EnvironmentVariable, HostConfig } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import adminPortExposed from './admin-port-exposed.ts';
import cgroupnsHost from './cgroupns-host.ts';
import hostNetworkWithRoot from './host-network-with-root.ts';
import joinedContainerNamespaces from './joined-container-namespaces.ts';
import publishedWithoutNeed from './published-without-need.ts';

const plain: Partial<HostConfig> = {
  Privileged: false,
  CapAdd: null,
  CapDrop: null,
  UsernsMode: '',
  SecurityOpt: null,
  PidMode: '',
  IpcMode: 'private',
};
const contained = (hostConfig: Partial<HostConfig>, more: GivenContainer = {}) =>
  aContainer({
    ...more,
    hostConfig: { ...plain, ...hostConfig },
    config: { User: '1000', environment: [], ...more.config },
    inspect: { NetworkSettings: { Ports: {}, Networks: {} }, Mounts: [], ...more.inspect },
  });

describe('a joined container', () => {
  const secret: EnvironmentVariable = { name: 'DB_PASSWORD', verdict: { kind: 'secret', detector: 'name:password' } };
  const joined = (hostConfig: Partial<HostConfig>, more: GivenContainer = {}) =>
    contained(hostConfig, { name: 'db', id: 'dbdbdbdbdbdb0001', config: { User: '999' }, ...more });
  const judged = (joiner: ReturnType<typeof contained>, other: ReturnType<typeof contained>, parameters = {}) =>
    resultsOf(joinedContainerNamespaces, aSnapshot({ containers: [joiner, other] }), parameters)[0];
  const intoProcesses = contained({ PidMode: 'container:db' });

  test.for<[string, ReturnType<typeof contained>, ReturnType<typeof contained>, string]>([
    ['passes where that one holds no more', intoProcesses, joined({}), 'pass'],
    ['passes where that one holds less', intoProcesses, joined({ CapDrop: ['ALL'] }), 'pass'],
    ['fails where that one is privileged', intoProcesses, joined({ Privileged: true }), 'fail'],
    [
      'fails for its IPC namespace just the same',
      contained({ IpcMode: 'container:db' }),
      joined({ Privileged: true }),
      'fail',
    ],
    ['fails where that one is on the network of the host', intoProcesses, joined({ NetworkMode: 'host' }), 'fail'],
    ['fails where that one holds more', intoProcesses, joined({ CapAdd: ['SYS_ADMIN'] }), 'fail'],
    [
      'fails where that one reaches the socket',
      intoProcesses,
      joined({}, { inspect: { Mounts: [{ Type: 'bind', Source: '/run/docker.sock', Destination: '/s', RW: true }] } }),
      'fail',
    ],
    [
      'fails for secrets of the same user',
      contained({ PidMode: 'container:db' }, { config: { User: '999' } }),
      joined({}, { config: { User: '999:999', environment: [secret] } }),
      'fail',
    ],
    [
      'fails for secrets within reach of SYS_PTRACE',
      contained({ PidMode: 'container:db', CapAdd: ['SYS_PTRACE'] }),
      joined({}, { config: { User: '999', environment: [secret] } }),
      'fail',
    ],
    [
      'passes for secrets of another user',
      intoProcesses,
      joined({}, { config: { User: '999', environment: [secret] } }),
      'pass',
    ],
    ['can not tell one that is gone', contained({ PidMode: 'container:gone' }), joined({}), 'unknown'],
    [
      'can not tell one that was not inspected',
      intoProcesses,
      joined({}, { inspect: { missing: 'timed-out', detail: '' } }),
      'unknown',
    ],
    [
      'can not tell without its environment',
      intoProcesses,
      joined({}, { config: { User: '999', environment: undefined } }),
      'unknown',
    ],
    ['can not tell without its mounts', intoProcesses, joined({}, { inspect: { Mounts: undefined } }), 'unknown'],
    ['can not tell without its capabilities', intoProcesses, joined({ CapAdd: undefined }), 'unknown'],
    ['can not tell without the mode', contained({ PidMode: undefined }), joined({}), 'unknown'],
    ['does not apply without a join', contained({}), joined({ Privileged: true }), 'not-applicable'],
    [
      'leaves a network join to the other checks',
      contained({ NetworkMode: 'container:db' }),
      joined({ Privileged: true }),
      'not-applicable',
    ],
  ])('%s', ([, joiner, other, outcome]) => {
    expect(judged(joiner, other)?.outcome).toBe(outcome);
  });

  test.for(['db', '/db', 'dbdbdbdbdbdb0001', 'dbdbdbdb'])('is found as %s', (name) => {
    expect(judged(contained({ PidMode: `container:${name}` }), joined({ Privileged: true }))?.outcome).toBe('fail');
  });

  test('is not found by the beginning of two ids', () => {
    const twins = [joined({ Privileged: true }), joined({}, { name: 'db2', id: 'dbdbdbdbdbdb0002' })];
    const snapshot = aSnapshot({ containers: [contained({ PidMode: 'container:dbdbdbdb' }), ...twins] });
    expect(outcomesOf(joinedContainerNamespaces, snapshot)[0]).toBe('unknown');
  });

  test('is followed to the host by the other check, which then is the cause', () => {
    expect(judged(intoProcesses, joined({ PidMode: 'host' }))).toMatchObject({
      outcome: 'fail',
      causedBy: 'container-host-pid',
    });
    expect(judged(intoProcesses, joined({ PidMode: 'host', Privileged: true }))?.causedBy).toBeUndefined();
  });

  test('says so where it was started later than the one that joined it', () => {
    const at = (StartedAt: string): Partial<ContainerInspect> => ({ State: { Status: 'running', StartedAt } });
    const joiner = contained({ PidMode: 'container:db' }, { inspect: at('2026-11-01T00:00:00Z') });
    const other = joined({ Privileged: true }, { inspect: at('2026-11-02T00:00:00Z') });
    expect(judged(joiner, other)?.reason).toContain('started later');
  });

  test('reports network joins where asked', () => {
    const joiner = contained({ NetworkMode: 'container:db' });
    expect(judged(joiner, joined({ Privileged: true }), { reportNetworkJoin: true })?.outcome).toBe('fail');
  });
});

describe('the control-group namespace', () => {
  const v2: GivenSnapshot = { info: { CgroupVersion: '2' } };
  test.for<[string, string | undefined, GivenSnapshot, string]>([
    ['of its own passes', 'private', v2, 'pass'],
    ['of the host fails', 'host', v2, 'fail'],
    ['of the host is the default on version 1', 'host', { info: { CgroupVersion: '1' } }, 'not-applicable'],
    [
      'is not known to old engines',
      undefined,
      { version: { Version: '19.03.15' }, info: { CgroupVersion: undefined } },
      'not-applicable',
    ],
    ['that was not seen can not be told', undefined, v2, 'unknown'],
    ['of a mode that nobody knows can not be told', '', v2, 'unknown'],
    [
      'can not be told without the version of control groups',
      'host',
      { info: { CgroupVersion: undefined } },
      'unknown',
    ],
    ['does not exist on Windows', 'host', { info: { OSType: 'windows' } }, 'not-applicable'],
  ])('%s', ([, CgroupnsMode, given, outcome]) => {
    expect(outcomesOf(cgroupnsHost, aSnapshot({ ...given, containers: [contained({ CgroupnsMode })] }))).toEqual([
      outcome,
    ]);
  });

  test('of the host is what some images are there for', () => {
    const container = contained({ CgroupnsMode: 'host' }, { image: 'gcr.io/cadvisor/cadvisor:v0.49' });
    expect(outcomesOf(cgroupnsHost, aSnapshot({ ...v2, containers: [container] }))).toEqual(['not-applicable']);
    expect(outcomesOf(cgroupnsHost, aSnapshot({ ...v2, containers: [container] }), { exemptImages: [] })).toEqual([
      'fail',
    ]);
  });
});

describe('on the network of the host', () => {
  const onHost = { NetworkMode: 'host' };
  const dropped = { ...onHost, CapDrop: ['ALL'] };
  test.for<[string, Partial<HostConfig>, string | undefined, string]>([
    ['passes as another user without network capabilities', dropped, '65534', 'pass'],
    ['fails as root', dropped, '', 'fail'],
    ['fails as another user with NET_RAW, which is a default', onHost, '65534', 'fail'],
    ['fails with NET_ADMIN', { ...dropped, CapAdd: ['NET_ADMIN'] }, '65534', 'fail'],
    ['fails by way of another container', { NetworkMode: 'container:agent' }, '', 'fail'],
    ['can not tell without the user', dropped, undefined, 'unknown'],
    ['can not tell without the capabilities', { ...onHost, CapDrop: undefined }, '65534', 'unknown'],
    ['can not tell of a chain that dangles', { NetworkMode: 'container:gone' }, '', 'unknown'],
    ['can not tell without the mode', { NetworkMode: undefined }, '', 'unknown'],
    ['does not apply on a bridge', {}, '', 'not-applicable'],
  ])('%s', ([, hostConfig, User, outcome]) => {
    const agent = contained(dropped, { name: 'agent', config: { User: '65534' } });
    const snapshot = aSnapshot({ containers: [contained(hostConfig, { config: { User } }), agent] });
    expect(outcomesOf(hostNetworkWithRoot, snapshot)[0]).toBe(outcome);
  });

  test.for([
    ['1.3.8', true],
    ['1.4.2', true],
    ['1.4.3', false],
    ['v1.7.24', false],
  ] as const)('with containerd %s the abstract socket is named: %s', ([Version, isNamed]) => {
    const version = { Components: [{ Name: 'containerd', Version, Details: null }] };
    const [result] = resultsOf(
      hostNetworkWithRoot,
      aSnapshot({ version, containers: [contained(onHost, { config: { User: '' } })] }),
    );
    expect(result?.reason.includes('CVE-2020-15257')).toBe(isNamed);
  });

  test('weighs less on a rootless daemon, and follows from privileged mode', () => {
    const root = { config: { User: '' } };
    const rootless = aSnapshot({ info: { SecurityOptions: ['name=rootless'] }, containers: [contained(onHost, root)] });
    expect(resultsOf(hostNetworkWithRoot, rootless)).toMatchObject([{ severity: 'low' }]);
    const privileged = aSnapshot({ containers: [contained({ ...onHost, Privileged: true }, root)] });
    expect(resultsOf(hostNetworkWithRoot, privileged)).toMatchObject([
      { outcome: 'fail', causedBy: 'container-privileged' },
    ]);
  });
});

type PortMap = NonNullable<ContainerInspect['NetworkSettings']>['Ports'];
const publishing = (Ports: PortMap | undefined, hostConfig: Partial<HostConfig> = {}, more: GivenContainer = {}) =>
  contained(
    { NetworkMode: 'bridge', PublishAllPorts: false, PortBindings: {}, ...hostConfig },
    { ...more, inspect: { NetworkSettings: { Ports, Networks: {} } } },
  );

describe('administration ports', () => {
  const at = (containerPort: string, HostIp: string, HostPort: string): PortMap => ({
    [containerPort]: [{ HostIp, HostPort }],
  });
  const judged = (container: ReturnType<typeof contained>, parameters = {}) =>
    resultsOf(adminPortExposed, aSnapshot({ containers: [container] }), parameters)[0];

  test.for<[string, ReturnType<typeof contained>, string, string | undefined]>([
    ['a database on every address', publishing(at('6379/tcp', '0.0.0.0', '6379')), 'fail', 'high'],
    ['a database on another port of the host', publishing(at('6379/tcp', '::', '16379')), 'fail', 'high'],
    [
      'an unknown service on a database’s port of the host',
      publishing(at('80/tcp', '0.0.0.0', '5432')),
      'fail',
      'high',
    ],
    ['a database on an address of the network', publishing(at('6379/tcp', '192.0.2.10', '6379')), 'fail', 'high'],
    ['the Docker API', publishing(at('2375/tcp', '0.0.0.0', '2375')), 'fail', 'critical'],
    ['what is commonly a console', publishing(at('8080/tcp', '0.0.0.0', '8080')), 'fail', 'low'],
    [
      'that port where the image agrees',
      publishing(at('8080/tcp', '0.0.0.0', '8080'), {}, { image: 'traefik:v3.1' }),
      'fail',
      'high',
    ],
    ['SNMP, which is UDP', publishing(at('161/udp', '0.0.0.0', '161')), 'fail', 'high'],
    ['the same number over TCP', publishing(at('161/tcp', '0.0.0.0', '161')), 'pass', undefined],
    ['a database on loopback', publishing(at('6379/tcp', '127.0.0.1', '6379')), 'pass', undefined],
    ['a web server on every address', publishing(at('80/tcp', '0.0.0.0', '80')), 'pass', undefined],
    ['nothing published', publishing({}), 'not-applicable', undefined],
    ['the network of another container', publishing({}, { NetworkMode: 'container:db' }), 'not-applicable', undefined],
    ['the network of the host', publishing({}, { NetworkMode: 'host' }), 'unknown', undefined],
    ['ports that were not seen', publishing(undefined), 'unknown', undefined],
  ])('%s', ([, container, outcome, severity]) => {
    expect(judged(container)).toMatchObject({ outcome, ...(severity && { severity }) });
  });

  test('reads the configuration of a container that does not run, one step lower', () => {
    const stopped = publishing(
      {},
      { PortBindings: { '6379/tcp': [{ HostIp: '0.0.0.0', HostPort: '6379' }] } },
      { state: 'exited' },
    );
    expect(judged(stopped)).toMatchObject({ outcome: 'fail', severity: 'medium' });
  });

  test('private ranges count as internal only where the policy says so', () => {
    const container = publishing(at('5432/tcp', '10.0.0.5', '5432'));
    expect(judged(container)?.outcome).toBe('fail');
    expect(judged(container, { privateRangesCountAsInternal: true })?.outcome).toBe('pass');
    expect(judged(container, { internalAddresses: ['10.0.0.0/8'] })?.outcome).toBe('pass');
  });

  test('of a swarm service are open on every node', () => {
    const service = {
      ID: 's1',
      Spec: { Name: 'cache' },
      Endpoint: { Ports: [{ Protocol: 'tcp', TargetPort: 6379, PublishedPort: 16_379, PublishMode: 'ingress' }] },
    };
    const none = { missing: 'not-supported', detail: '' } as const;
    const swarm = { value: { nodes: none, services: { value: [service] }, tasks: none, secrets: none, configs: none } };
    expect(resultsOf(adminPortExposed, aSnapshot({ swarm, containers: [] }))).toMatchObject([
      { outcome: 'fail', severity: 'high', subject: { kind: 'service', name: 'cache' } },
    ]);
  });
});

describe('ports that nobody named', () => {
  const live: PortMap = { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '32768' }] };
  const bound = (HostIp: string, HostPort: string | undefined) => ({
    PortBindings: { '80/tcp': [{ HostIp, HostPort }] },
  });
  const label = (text: string): GivenContainer => ({ labels: { 'plimsoll.ports': text } });
  test.for<[string, ReturnType<typeof contained>, string]>([
    ['publish-all fails', publishing(live, { PublishAllPorts: true }), 'fail'],
    ['a port that the engine picks fails on every address', publishing(live, bound('', '')), 'fail'],
    ['so does number 0', publishing(live, bound('', '0')), 'fail'],
    [
      'on loopback it passes',
      publishing({ '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '32768' }] }, bound('127.0.0.1', '')),
      'pass',
    ],
    [
      'a port that is named passes',
      publishing({ '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] }, bound('', '8080')),
      'pass',
    ],
    ['one that the label lists passes', publishing(live, bound('', '8080'), label('80, 443')), 'pass'],
    ['one that it does not list fails', publishing(live, bound('', '8080'), label('443/tcp 80/udp')), 'fail'],
    ['an exposed port that is not published is harmless', publishing({ '80/tcp': null }), 'not-applicable'],
    ['no mapping of its own does not apply', publishing({}, { NetworkMode: 'host' }), 'not-applicable'],
    ['without PublishAllPorts it can not be told', publishing(live, { PublishAllPorts: undefined }), 'unknown'],
    ['without PortBindings it can not be told', publishing(live, { PortBindings: undefined }), 'unknown'],
    ['without the host port of a binding it can not be told', publishing(live, bound('', undefined)), 'unknown'],
    ['without the live ports it can not be told', publishing(undefined, bound('', '80')), 'unknown'],
  ])('%s', ([, container, outcome]) => {
    expect(outcomesOf(publishedWithoutNeed, aSnapshot({ containers: [container] }))).toEqual([outcome]);
  });

  test('publish-all is the finding of container-needless-ports; a port the engine picks is known by the container’s', () => {
    const all = resultsOf(
      publishedWithoutNeed,
      aSnapshot({ containers: [publishing(live, { PublishAllPorts: true })] }),
    );
    expect(all).toMatchObject([{ causedBy: 'container-needless-ports' }]);
    const [picked] = resultsOf(publishedWithoutNeed, aSnapshot({ containers: [publishing(live, bound('', ''))] }));
    expect(picked?.reason).toContain('80/tcp');
    expect(picked?.reason).not.toContain('32768');
  });
});
