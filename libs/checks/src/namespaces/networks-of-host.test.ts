import type { EngineNetwork } from '@plimsoll/snapshot';
import { describe, expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aNetwork,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import flatNetwork from './flat-network.ts';
import ipv6Publish from './ipv6-publish.ts';
import macvlanIpvlan from './macvlan-ipvlan.ts';
import networkDirectRouting from './network-direct-routing.ts';

const attached = (IPv6Address: string | undefined = ''): EngineNetwork['Containers'] => ({
  c1: { Name: 'web', IPv4Address: '172.18.0.2/16', IPv6Address },
});
const host = (networks: EngineNetwork[], given: GivenSnapshot = {}) =>
  aSnapshot({ ...given, networks: { value: networks } });
const podman: GivenSnapshot = { version: { Components: [{ Name: 'Podman Engine', Version: '5.2.0', Details: null }] } };

describe('macvlan and ipvlan', () => {
  const lan = (given: Partial<EngineNetwork> = {}) =>
    aNetwork({
      Name: 'lan',
      Driver: 'macvlan',
      Internal: false,
      Options: { parent: 'eth0' },
      Containers: attached(),
      ...given,
    });
  test.for<[string, EngineNetwork, string]>([
    ['fails for a running container on macvlan', lan(), 'fail'],
    ['fails for one on ipvlan', lan({ Driver: 'ipvlan' }), 'fail'],
    ['passes while no running container is attached', lan({ Containers: {} }), 'pass'],
    ['passes for an internal network', lan({ Internal: true }), 'pass'],
    ['passes without a parent, which gives no way out', lan({ Options: {}, ConfigFrom: { Network: '' } }), 'pass'],
    ['can not tell when its settings were not seen', lan({ Options: {} }), 'unknown'],
    ['passes with an empty one', lan({ Options: { parent: '' } }), 'pass'],
    ['can not tell who is attached from the list alone', lan({ Containers: undefined }), 'unknown'],
    ['can not tell without the driver', lan({ Driver: undefined }), 'unknown'],
    ['does not apply to a bridge', lan({ Driver: 'bridge' }), 'not-applicable'],
    ['does not apply to a network of settings', lan({ ConfigOnly: true }), 'not-applicable'],
  ])('%s', ([, network, outcome]) => {
    expect(outcomesOf(macvlanIpvlan, host([network]))).toEqual([outcome]);
  });

  test('finds the parent in the network that holds the node’s part', () => {
    const settings = aNetwork({ Name: 'lan-eth0', Driver: 'null', ConfigOnly: true, Options: { parent: 'eth0' } });
    const swarm = lan({ Options: {}, Scope: 'swarm', ConfigFrom: { Network: 'lan-eth0' } });
    expect(outcomesOf(macvlanIpvlan, host([swarm, settings]))).toEqual(['fail', 'not-applicable']);
    expect(outcomesOf(macvlanIpvlan, host([swarm]))).toEqual(['fail']);
  });

  test('passes what the policy lists, and warns of engines that give IPv6 unasked', () => {
    expect(outcomesOf(macvlanIpvlan, host([lan()]), { allowedNetworks: ['la*'] })).toEqual(['pass']);
    expect(resultsOf(macvlanIpvlan, host([lan()], { version: { Version: '26.0.1' } }))).toMatchObject([
      { outcome: 'fail', reason: expect.stringContaining('CVE-2024-32473') },
    ]);
  });
});

describe('IPv6', () => {
  const mode = 'com.docker.network.bridge.gateway_mode_ipv6';
  const six = (given: Partial<EngineNetwork> = {}) =>
    aNetwork({
      Name: 'app',
      Driver: 'bridge',
      EnableIPv6: true,
      Options: {},
      Containers: attached('2001:db8::2/64'),
      ...given,
    });
  const old = (ExperimentalBuild: boolean | undefined): GivenSnapshot => ({
    version: { Version: '26.1.5' },
    info: { ExperimentalBuild },
  });
  test.for<[string, EngineNetwork, GivenSnapshot, string]>([
    ['passes on an engine that writes rules by default', six(), {}, 'pass'],
    ['fails before 27.0 where nothing is experimental', six(), old(false), 'fail'],
    ['can not tell before 27.0 where it is', six(), old(true), 'unknown'],
    ['can not tell before 27.0 where that was not seen', six(), old(undefined), 'unknown'],
    [
      'can not tell of an engine without a version',
      six(),
      { version: { Version: undefined }, info: { ServerVersion: undefined } },
      'unknown',
    ],
    ['fails for a routed network', six({ Options: { [mode]: 'routed' } }), {}, 'fail'],
    ['fails for an unprotected one', six({ Options: { [mode]: 'nat-unprotected' } }), {}, 'fail'],
    ['passes for one with the usual mode', six({ Options: { [mode]: 'nat' } }), {}, 'pass'],
    ['passes without a running container', six({ Containers: {} }), old(false), 'pass'],
    ['passes where none has such an address', six({ Containers: attached('') }), old(false), 'pass'],
    ['can not tell without the addresses', six({ Containers: { c1: { Name: 'web' } } }), old(false), 'unknown'],
    ['can not tell without the options', six({ Options: undefined }), {}, 'unknown'],
    ['can not tell without who is attached', six({ Containers: undefined }), {}, 'unknown'],
    ['can not tell whether it is on', six({ EnableIPv6: undefined }), {}, 'unknown'],
    ['does not apply where it is off', six({ EnableIPv6: false }), old(false), 'not-applicable'],
    ['does not apply to an overlay network', six({ Driver: 'overlay' }), old(false), 'not-applicable'],
    ['does not apply to Podman', six(), podman, 'not-applicable'],
  ])('%s', ([, network, given, outcome]) => {
    expect(outcomesOf(ipv6Publish, host([network], given))).toEqual([outcome]);
  });

  test('unique local addresses weigh less', () => {
    const local = six({ Containers: attached('fd00:1::2/64') });
    expect(resultsOf(ipv6Publish, host([local, six({ Name: 'b' })], old(false)))).toMatchObject([
      { outcome: 'fail', severity: 'medium' },
      { outcome: 'fail', severity: 'high' },
    ]);
  });

  test('a network that is meant to be routed passes', () => {
    const routed = six({ Options: { [mode]: 'routed' } });
    expect(outcomesOf(ipv6Publish, host([routed]), { allowedRoutedNetworks: ['app'] })).toEqual(['pass']);
  });
});

describe('direct routing', () => {
  const option = (name: string) => `com.docker.network.bridge.${name}`;
  const bridge = (Options: EngineNetwork['Options'], given: Partial<EngineNetwork> = {}) =>
    aNetwork({ Name: 'app', Driver: 'bridge', Options, Containers: attached(), ...given });
  const networkOutcome = (network: EngineNetwork, parameters: Record<string, unknown> = {}) =>
    resultsOf(networkDirectRouting, host([network]), parameters).find(({ subject }) => subject.kind === 'network')
      ?.outcome;

  test.for<[string, EngineNetwork, string]>([
    ['passes with no option', bridge({}), 'pass'],
    ['passes with null options', bridge(null), 'pass'],
    [
      'passes for an isolated gateway, which is stricter still',
      bridge({ [option('gateway_mode_ipv4')]: 'isolated' }),
      'pass',
    ],
    ['fails for an unprotected network', bridge({ [option('gateway_mode_ipv4')]: 'nat-unprotected' }), 'fail'],
    ['fails for one routed over IPv6', bridge({ [option('gateway_mode_ipv6')]: 'routed' }), 'fail'],
    ['fails for a trusted interface of the host', bridge({ [option('trusted_host_interfaces')]: 'eth1' }), 'fail'],
    ['can not tell without the options', bridge(undefined), 'unknown'],
    ['can not tell without who is attached', bridge({}, { Containers: undefined }), 'unknown'],
    ['does not apply without a running container', bridge({}, { Containers: {} }), 'not-applicable'],
    ['does not apply to macvlan', bridge({}, { Driver: 'macvlan' }), 'not-applicable'],
  ])('%s', ([, network, outcome]) => {
    expect(networkOutcome(network)).toBe(outcome);
  });

  test('the policy may allow a routed network, an unprotected one never', () => {
    const parameters = { allowedRoutedNetworks: ['app'] };
    expect(networkOutcome(bridge({ [option('gateway_mode_ipv4')]: 'routed' }), parameters)).toBe('pass');
    expect(networkOutcome(bridge({ [option('gateway_mode_ipv4')]: 'nat-unprotected' }), parameters)).toBe('fail');
  });

  test.for<[string, GivenSnapshot, string]>([
    [
      'fails for an old engine that forwards',
      { version: { Version: '27.5.1' }, info: { IPv4Forwarding: true } },
      'fail',
    ],
    [
      'can not tell for one that does not',
      { version: { Version: '27.5.1' }, info: { IPv4Forwarding: false } },
      'unknown',
    ],
    ['can not tell on 28.0 without daemon.json', { info: { IPv4Forwarding: true } }, 'unknown'],
    [
      'fails where a warning says that the rules were left out',
      { info: { Warnings: ['WARNING: DOCKER_INSECURE_NO_IPTABLES_RAW is set'] } },
      'fail',
    ],
    ['can not tell without /info', { info: { missing: 'denied', detail: '403' } }, 'unknown'],
    ['does not apply to Podman', podman, 'not-applicable'],
    [
      'does not apply to a rootless one, which no neighbour can route to',
      { version: { Version: '20.10.24' }, info: { IPv4Forwarding: true, SecurityOptions: ['name=rootless'] } },
      'not-applicable',
    ],
  ])('of the daemon: %s', ([, given, outcome]) => {
    const result = resultsOf(networkDirectRouting, host([bridge({})], given)).find(
      ({ subject }) => subject.kind === 'daemon',
    );
    expect(result?.outcome).toBe(outcome);
  });

  test('the age of an engine is one finding, however many networks there are', () => {
    const given = { version: { Version: '20.10.24' }, info: { IPv4Forwarding: true } };
    const networks = ['a', 'b', 'c'].map((Name) => bridge({}, { Name }));
    expect(outcomesOf(networkDirectRouting, host(networks, given))).toEqual(['fail', 'pass', 'pass', 'pass']);
    expect(resultsOf(networkDirectRouting, host(networks, given))[0]?.reason).toContain('possibly');
    expect(outcomesOf(networkDirectRouting, host(networks, given), { judgeOldEngines: false })[0]).toBe('unknown');
    expect(outcomesOf(networkDirectRouting, host([], given))).toEqual(['not-applicable']);
  });
});

describe('data stores on shared networks', () => {
  const app = aNetwork({ Id: 'n-app', Name: 'app', Driver: 'bridge', Options: {} });
  const bridge = (icc: string | undefined) =>
    aNetwork({
      Id: 'n-bridge',
      Name: 'bridge',
      Driver: 'bridge',
      Options: {
        'com.docker.network.bridge.default_bridge': 'true',
        ...(icc && { 'com.docker.network.bridge.enable_icc': icc }),
      },
    });
  const on = (name: string, image: string, project: string | undefined, more: GivenContainer = {}, network = 'app') =>
    aContainer({
      name,
      image,
      labels: project === undefined ? {} : { 'com.docker.compose.project': project },
      hostConfig: { NetworkMode: network },
      config: { Image: image, ExposedPorts: {} },
      inspect: { NetworkSettings: { Ports: {}, Networks: { [network]: { NetworkID: `n-${network}` } } } },
      ...more,
    });
  const judged = (containers: ReturnType<typeof on>[], network: EngineNetwork = app, parameters = {}) =>
    resultsOf(flatNetwork, host([network], { containers }), parameters)[0];
  const db = on('db', 'registry.example:5000/library/postgres:16', 'shop');

  test.for<[string, ReturnType<typeof on>[], string]>([
    ['passes among those of its project', [db, on('web', 'shop/web', 'shop')], 'pass'],
    ['passes alone', [db], 'pass'],
    ['fails beside another project', [db, on('blog', 'blog', 'blog'), on('web', 'shop/web', 'shop')], 'fail'],
    [
      'fails beside one of no project among labelled ones',
      [db, on('web', 'shop/web', 'shop'), on('odd', 'odd', undefined)],
      'fail',
    ],
    ['can not tell where most carry no label', [db, on('a', 'a', undefined), on('b', 'b', undefined)], 'unknown'],
    ['can not tell for a data store of no project', [on('db', 'redis', undefined), on('a', 'a', undefined)], 'unknown'],
    ['can not tell where the labels were not seen', [db, { ...on('web', 'w', 'shop'), labels: undefined }], 'unknown'],
    [
      'can not tell where a container was not inspected',
      [db, aContainer({ name: 'x', inspect: { missing: 'timed-out', detail: '' } })],
      'unknown',
    ],
    ['leaves out one that is stopped', [db, on('blog', 'blog', 'blog', { state: 'exited' })], 'pass'],
    [
      'knows that a container whose ports the engine leaves out has none',
      [on('web', 'shop/web', 'shop', { config: { Image: 'shop/web', ExposedPorts: undefined } })],
      'not-applicable',
    ],
    [
      'does not apply without a data store',
      [on('web', 'shop/web', 'shop'), on('blog', 'blog', 'blog')],
      'not-applicable',
    ],
  ])('%s', ([, containers, outcome]) => {
    expect(judged(containers)?.outcome).toBe(outcome);
  });

  test.for([
    ['the last part of an image’s name', on('db', 'bitnami/postgresql:16', 'shop')],
    [
      'a port that the image exposes',
      on('db', 'mine', 'shop', { config: { Image: 'mine', ExposedPorts: { '6379/tcp': {} } } }),
    ],
  ])('knows a data store by %s', ([, store]) => {
    expect(judged([store as ReturnType<typeof on>, on('blog', 'blog', 'blog')])?.outcome).toBe('fail');
  });

  test('weighs more where the stranger is published on every address', () => {
    const open = on('blog', 'blog', 'blog', {
      inspect: {
        NetworkSettings: {
          Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] },
          Networks: { app: { NetworkID: 'n-app' } },
        },
      },
    });
    expect(judged([db, open])).toMatchObject({ outcome: 'fail', severity: 'high' });
    expect(judged([db, on('blog', 'blog', 'blog')])).toMatchObject({ outcome: 'fail', severity: 'medium' });
  });

  test.for<[string, string | undefined, string]>([
    ['talk', 'true', 'fail'],
    ['talk, which is the default', undefined, 'fail'],
    ['are kept apart', 'false', 'pass'],
  ])('decides on the default bridge where containers %s', ([, icc, outcome]) => {
    expect(judged([on('db', 'redis', 'shop', {}, 'bridge')], bridge(icc))?.outcome).toBe(outcome);
  });

  test('passes a network that is meant to be shared, and can not see the other nodes of an overlay', () => {
    const both = [db, on('blog', 'blog', 'blog')];
    expect(judged(both, app, { sharedNetworks: ['app'] })?.outcome).toBe('pass');
    expect(judged([db], { ...app, Driver: 'overlay' })?.outcome).toBe('unknown');
  });
});
