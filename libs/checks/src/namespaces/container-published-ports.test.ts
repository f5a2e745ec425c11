import { type EngineNetwork, SwarmService } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  anImage,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import needlessPorts from './container-needless-ports.ts';
import portsOnAllAddresses from './container-ports-on-all-addresses.ts';
import privilegedHostPorts from './container-privileged-host-ports.ts';

type Ports = Record<string, { HostIp: string; HostPort: string }[] | null>;
const at = (HostIp: string, HostPort: string) => ({ HostIp, HostPort });
const running = (Ports: Ports, { NetworkMode = 'bridge', PublishAllPorts = false } = {}): GivenContainer => ({
  hostConfig: { NetworkMode, PublishAllPorts },
  inspect: { NetworkSettings: { Ports, Networks: {} } },
});
const stopped = (PortBindings: Ports, { NetworkMode = 'bridge', PublishAllPorts = false } = {}): GivenContainer => ({
  state: 'exited',
  hostConfig: { PortBindings, NetworkMode, PublishAllPorts },
});
const bridge: EngineNetwork = {
  Id: 'b1',
  Name: 'bridge',
  Scope: 'local',
  Driver: 'bridge',
  EnableIPv6: false,
  Internal: false,
  Attachable: false,
  Ingress: false,
  Options: {},
  Labels: {},
  Containers: null,
};
const loopbackNetwork: EngineNetwork = {
  ...bridge,
  Id: 'a1',
  Name: 'app',
  Options: { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' },
};
const containing = (container: GivenContainer, given: GivenSnapshot = {}) =>
  aSnapshot({ networks: { value: [bridge, loopbackNetwork] }, ...given, containers: [aContainer(container)] });

const missing = { missing: 'not-requested', detail: 'not part of this test' } as const;
const withService = (Ports: object[] | undefined, container?: GivenContainer, Endpoint: object | null = { Ports }) => {
  const service = SwarmService.parse({ ID: 's1', Spec: { Name: 'api' }, Endpoint });
  const labels = { 'com.docker.swarm.service.id': 's1', 'com.docker.swarm.service.name': 'api' };
  return aSnapshot({
    containers: container === undefined ? [] : [aContainer({ ...container, labels })],
    swarm: {
      value: { nodes: missing, services: { value: [service] }, tasks: missing, secrets: missing, configs: missing },
    },
  });
};
const onWorker = (container: GivenContainer) =>
  containing({ ...container, labels: { 'com.docker.swarm.service.id': 's1' } });
const servicePort = (PublishedPort: number, PublishMode = 'ingress') => ({
  Protocol: 'tcp',
  TargetPort: 80,
  PublishedPort,
  PublishMode,
});

describe.for([
  ['privileged', privilegedHostPorts],
  ['on all addresses', portsOnAllAddresses],
] as const)('a port that is %s', ([, check]) => {
  test.for<[string, GivenContainer]>([
    ['exposes and does not publish', running({ '80/tcp': null })],
    ['is in the network namespace of the host', running({}, { NetworkMode: 'host' })],
    ['has no network', running({}, { NetworkMode: 'none' })],
    ['uses the network of another container', running({}, { NetworkMode: 'container:abc' })],
    ['is on a network in gateway mode "routed"', running({ '80/tcp': [at('', '')] })],
  ])('does not apply to a container that %s', ([, container]) => {
    expect(outcomesOf(check, containing(container))).toEqual(['not-applicable']);
  });

  test('can not be told when the table or the inspect answer was not seen', () => {
    const unseen: GivenContainer[] = [
      { inspect: { NetworkSettings: undefined } },
      { hostConfig: { NetworkMode: undefined } },
      { inspect: { missing: 'timed-out', detail: 'after 5 s' } },
      running({ '80/tcp': [at('eth0', '80')] }),
    ];
    for (const container of unseen) expect(outcomesOf(check, containing(container))).toEqual(['unknown']);
  });

  test('of a service that publishes nothing does not apply, of one not seen can not be told', () => {
    expect(outcomesOf(check, withService(undefined))).toEqual(['not-applicable']);
    expect(outcomesOf(check, withService(undefined, undefined, null))).toEqual(['unknown']);
  });
});

test.for<[string, GivenContainer, string]>([
  ['fails for a port below 1024', running({ '80/tcp': [at('0.0.0.0', '80')] }), 'fail'],
  ['fails for one on loopback', running({ '80/tcp': [at('127.0.0.1', '80')] }), 'fail'],
  ['fails for one on IPv6 alone', running({ '80/tcp': [at('::1', '88')] }), 'fail'],
  ['fails for one over UDP', running({ '53/udp': [at('0.0.0.0', '53')] }), 'fail'],
  ['passes for 1024, which is not privileged', running({ '80/tcp': [at('0.0.0.0', '1024')] }), 'pass'],
  ['passes for a privileged port of the container alone', running({ '80/tcp': [at('0.0.0.0', '8080')] }), 'pass'],
  ['passes for an ephemeral port of a stopped container', stopped({ '80/tcp': [at('', '0')] }), 'pass'],
  ['fails for a range of a stopped container that reaches below', stopped({ '80/tcp': [at('', '1020-1030')] }), 'fail'],
  ["fails for Podman's empty address of a running container", running({ '80/tcp': [at('', '80')] }), 'fail'],
])('privileged host ports: %s', ([, container, outcome]) => {
  expect(outcomesOf(privilegedHostPorts, containing(container))).toEqual([outcome]);
});

test('privileged host ports: both address families are one port in one failure', () => {
  const snapshot = containing(running({ '80/tcp': [at('0.0.0.0', '80'), at('::', '80')] }));
  expect(resultsOf(privilegedHostPorts, snapshot)).toMatchObject([
    { evidence: [{ value: ['0.0.0.0,[::]:80 → 80/tcp'] }] },
  ]);
});

test('privileged host ports: the policy lists what is meant, and where privileged ends', () => {
  const web = containing(running({ '80/tcp': [at('0.0.0.0', '80')], '443/tcp': [at('0.0.0.0', '443')] }));
  expect(outcomesOf(privilegedHostPorts, web, { allowedPorts: [80, 443] })).toEqual(['pass']);
  expect(outcomesOf(privilegedHostPorts, web, { allowedPorts: [80] })).toEqual(['fail']);
  expect(outcomesOf(privilegedHostPorts, web, { privilegedBelow: 80 })).toEqual(['pass']);
  const range = containing(stopped({ '80/tcp': [at('', '1022-1030')] }));
  expect(outcomesOf(privilegedHostPorts, range, { allowedPorts: [1022] })).toEqual(['fail']);
  expect(outcomesOf(privilegedHostPorts, range, { allowedPorts: [1022, 1023] })).toEqual(['pass']);
});

test('privileged host ports: a stopped container weighs a step less', () => {
  expect(resultsOf(privilegedHostPorts, containing(stopped({ '80/tcp': [at('', '80')] })))).toMatchObject([
    { outcome: 'fail', severity: 'info' },
  ]);
});

test('privileged host ports: a service fails once for ingress, its tasks for host mode', () => {
  const task = running({ '80/tcp': [at('0.0.0.0', '80')] });
  expect(outcomesOf(privilegedHostPorts, withService([servicePort(80)], running({})))).toEqual([
    'not-applicable',
    'fail',
  ]);
  expect(outcomesOf(privilegedHostPorts, withService([servicePort(80, 'host')], task))).toEqual([
    'fail',
    'not-applicable',
  ]);
  expect(outcomesOf(privilegedHostPorts, withService([servicePort(1024)]))).toEqual(['pass']);
  expect(outcomesOf(privilegedHostPorts, withService([{ TargetPort: 80 }]))).toEqual(['unknown']);
});

test.for<[string, GivenContainer, string]>([
  ['fails for every IPv4 address', running({ '80/tcp': [at('0.0.0.0', '8080')] }), 'fail'],
  ['fails for every IPv6 address alone', running({ '80/tcp': [at('::', '8080')] }), 'fail'],
  ['fails for another spelling of it', running({ '80/tcp': [at('0:0:0:0:0:0:0:0', '8080')] }), 'fail'],
  ['fails for IPv4 within IPv6', running({ '80/tcp': [at('::ffff:0.0.0.0', '8080')] }), 'fail'],
  ["fails for Podman's empty address", running({ '80/tcp': [at('', '8080')] }), 'fail'],
  ['passes on loopback', running({ '80/tcp': [at('127.0.0.1', '8080')] }), 'pass'],
  ['passes on the address of an interface', running({ '80/tcp': [at('10.0.0.5', '8080')] }), 'pass'],
  [
    'fails when one of two ports is open',
    running({ '80/tcp': [at('127.0.0.1', '1')], '81/tcp': [at('::', '2')] }),
    'fail',
  ],
  ['fails for a stopped container with no address', stopped({ '80/tcp': [at('', '8080')] }), 'fail'],
  ['fails for an ephemeral port of a stopped container', stopped({ '80/tcp': [] }), 'fail'],
  ['passes where its network binds to loopback', stopped({ '80/tcp': [at('', '80')] }, { NetworkMode: 'app' }), 'pass'],
  ['can not tell when its network is gone', stopped({ '80/tcp': [at('', '80')] }, { NetworkMode: 'gone' }), 'unknown'],
  [
    'passes with an address though its network is gone',
    stopped({ '80/tcp': [at('10.0.0.5', '80')] }, { NetworkMode: 'gone' }),
    'pass',
  ],
])('ports on all addresses: %s', ([, container, outcome]) => {
  expect(outcomesOf(portsOnAllAddresses, containing(container))).toEqual([outcome]);
});

test('ports on all addresses: a rootless daemon is no reason to pass, the policy is one', () => {
  const open = running({ '80/tcp': [at('0.0.0.0', '8080')] });
  const rootless = containing(open, { info: { SecurityOptions: ['name=rootless'] } });
  expect(outcomesOf(portsOnAllAddresses, rootless)).toEqual(['fail']);
  expect(outcomesOf(portsOnAllAddresses, containing(open), { allowedWildcardPorts: [8080] })).toEqual(['pass']);
  expect(outcomesOf(portsOnAllAddresses, containing(open), { allowedWildcardPorts: [80] })).toEqual(['fail']);
});

test('ports on all addresses: loopback passes with a remark on engines before 28', () => {
  const local = running({ '80/tcp': [at('127.0.0.1', '8080')] });
  const reasons = ['27.5.1', '28.0.0'].map(
    (Version) => resultsOf(portsOnAllAddresses, containing(local, { version: { Version } }))[0]?.reason,
  );
  expect(reasons.map((reason) => reason?.includes('same network segment'))).toEqual([true, false]);
});

test('ports on all addresses: a stopped container weighs a step less', () => {
  expect(resultsOf(portsOnAllAddresses, containing(stopped({ '80/tcp': [at('', '80')] })))).toMatchObject([
    { outcome: 'fail', severity: 'low' },
  ]);
});

test('ports on all addresses: a service fails once, in either mode, and its tasks not again', () => {
  const task = running({ '80/tcp': [at('0.0.0.0', '8080'), at('::', '8080')] });
  for (const mode of ['ingress', 'host'])
    expect(outcomesOf(portsOnAllAddresses, withService([servicePort(8080, mode)], task))).toEqual([
      'not-applicable',
      'fail',
    ]);
  expect(outcomesOf(portsOnAllAddresses, withService([servicePort(80)]), { allowedWildcardPorts: [80] })).toEqual([
    'pass',
  ]);
  expect(outcomesOf(portsOnAllAddresses, withService([servicePort(0, 'host')]))).toEqual(['fail']);
  expect(outcomesOf(portsOnAllAddresses, onWorker(task))).toEqual(['fail']);
});

test.for<[string, GivenContainer, string]>([
  ['passes when nothing is published', running({}), 'pass'],
  ['passes when a port is exposed and not published', running({ '80/tcp': null }), 'pass'],
  ['fails when all exposed ports are published', running({}, { PublishAllPorts: true }), 'fail'],
  ['fails for it in a stopped container', stopped({}, { PublishAllPorts: true }), 'fail'],
  ['fails in the network namespace of the host', running({}, { NetworkMode: 'host' }), 'fail'],
  ['does not apply without network', running({}, { NetworkMode: 'none' }), 'not-applicable'],
  ['does not apply in the network of another', running({}, { NetworkMode: 'container:x' }), 'not-applicable'],
  ['can not tell what is needed without a list', running({ '80/tcp': [at('::', '8080')] }), 'unknown'],
  ['can not tell for a port without binding, which is ephemeral', stopped({ '80/tcp': [] }), 'unknown'],
  ['can not tell when the table was not seen', { hostConfig: { PublishAllPorts: false } }, 'unknown'],
  ['can not tell when the flag was not seen', { inspect: { NetworkSettings: { Ports: {}, Networks: {} } } }, 'unknown'],
])('needless ports: %s', ([, container, outcome]) => {
  expect(outcomesOf(needlessPorts, containing(container))).toEqual([outcome]);
});

test('needless ports: the network of the host is the cause where it is shared', () => {
  expect(resultsOf(needlessPorts, containing(running({}, { NetworkMode: 'host' })))).toMatchObject([
    { causedBy: 'container-host-network' },
  ]);
});

test.for<[string, Record<string, string[]>, string]>([
  ['by the port of the container', { web: ['80'] }, 'pass'],
  ['by both ports and the protocol', { 'w*': ['8080:80/tcp'] }, 'pass'],
  ['by the image', { 'example/web': ['80/tcp'] }, 'pass'],
  ['from several lists', { web: ['443'], '*': ['80'] }, 'pass'],
  ['with another port of the host', { web: ['9090:80'] }, 'fail'],
  ['with another protocol', { web: ['80/udp'] }, 'fail'],
  ['with an empty list', { web: [] }, 'fail'],
  ['for another container', { db: ['80'] }, 'unknown'],
])('needless ports: the policy names what is needed %s', ([, neededPorts, outcome]) => {
  const snapshot = containing(running({ '80/tcp': [at('0.0.0.0', '8080'), at('::', '8080')] }));
  expect(outcomesOf(needlessPorts, snapshot, { neededPorts })).toEqual([outcome]);
});

test('needless ports: a range of a stopped container opens one port of it', () => {
  const snapshot = containing(stopped({ '80/tcp': [at('127.0.0.1', '8000-8010')] }));
  expect(resultsOf(needlessPorts, snapshot)).toMatchObject([
    { evidence: [{ source: 'HostConfig.PortBindings', value: ['127.0.0.1:8000-8010 → 80/tcp'] }] },
  ]);
  expect(outcomesOf(needlessPorts, snapshot, { neededPorts: { web: ['80'] } })).toEqual(['pass']);
});

test('needless ports: a port that the image does not expose is mentioned', () => {
  const images = [anImage({ config: { ExposedPorts: { '80/tcp': {} } } })];
  const snapshot = containing(running({ '80/tcp': [at('::', '80')], '9229/tcp': [at('::', '9229')] }), { images });
  expect(resultsOf(needlessPorts, snapshot)[0]?.evidence[0]?.value).toEqual([
    '[::]:80 → 80/tcp',
    '[::]:9229 → 9229/tcp (not exposed by the image)',
  ]);
});

test('needless ports: a network that leaves unpublished ports open is mentioned', () => {
  const Options = { 'com.docker.network.bridge.gateway_mode_ipv4': 'nat-unprotected' };
  const networks = { value: [{ ...bridge, Name: 'flat', Id: 'f1', Options }] };
  const snapshot = containing(running({}, { NetworkMode: 'flat' }), { networks });
  expect(resultsOf(needlessPorts, snapshot)).toMatchObject([
    { outcome: 'pass', reason: expect.stringContaining('network flat does not protect') },
  ]);
});

test('needless ports: ingress ports of the service count for its task, and only a manager knows them', () => {
  const snapshot = withService([servicePort(8080)], running({}));
  expect(outcomesOf(needlessPorts, snapshot)).toEqual(['unknown']);
  expect(outcomesOf(needlessPorts, snapshot, { neededPorts: { api: ['8080:80'] } })).toEqual(['pass']);
  expect(resultsOf(needlessPorts, onWorker(running({})))).toMatchObject([
    { outcome: 'unknown', wouldTell: expect.stringContaining('manager') },
  ]);
});

test('needless ports: publishing all may be left to the list', () => {
  const snapshot = containing(running({ '80/tcp': [at('::', '49153')] }, { PublishAllPorts: true }));
  expect(outcomesOf(needlessPorts, snapshot, { failOnPublishAll: false, neededPorts: { web: ['80'] } })).toEqual([
    'pass',
  ]);
});
