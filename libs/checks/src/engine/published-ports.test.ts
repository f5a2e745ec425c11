import type { EngineNetwork } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot } from '../testing/builders.ts';
import { describePort, publishedPorts } from './published-ports.ts';

const network = (Name: string, Options: Record<string, string> = {}, more: Partial<EngineNetwork> = {}) =>
  // All fields of the engine's answer may be undefined, so a partial one is a whole one.
  ({ Id: `id-of-${Name}`, Name, Driver: 'bridge', EnableIPv6: false, Options, ...more }) as EngineNetwork;

const portsOf = (given: GivenContainer, networks: EngineNetwork[] = [network('bridge')]) => {
  const container = aContainer(given);
  if (!('value' in container.inspect)) throw new Error('give an inspect answer');
  const published = publishedPorts(aSnapshot({ networks: { value: networks } }), container, container.inspect.value);
  return published.kind === 'ports'
    ? published.ports.map((port) => `${describePort(port)} (${port.reach ?? 'not seen'})`)
    : published.kind;
};
type Ports = Record<string, { HostIp: string | undefined; HostPort: string | undefined }[] | null>;
const running = (Ports: Ports | null | undefined, more: GivenContainer = {}): GivenContainer => ({
  ...more,
  inspect: { NetworkSettings: { Ports, Networks: {} } },
});
const stopped = (
  PortBindings: Ports | null | undefined,
  { NetworkMode = 'bridge', PublishAllPorts = false, ExposedPorts = {} } = {},
): GivenContainer => ({
  state: 'exited',
  hostConfig: { PortBindings, NetworkMode, PublishAllPorts },
  config: { ExposedPorts },
});
const at = (HostIp: string | undefined, HostPort: string | undefined) => ({ HostIp, HostPort });

test.for<[string, GivenContainer, string | string[]]>([
  ['exposed but not published is skipped', running({ '80/tcp': null }), []],
  ['a null table publishes nothing', running(null), []],
  [
    'both address families are one port',
    running({ '80/tcp': [at('0.0.0.0', '80'), at('::', '80')] }),
    ['0.0.0.0,[::]:80 → 80/tcp (every-address)'],
  ],
  ['an IPv6 binding alone counts', running({ '80/tcp': [at('::', '88')] }), ['[::]:88 → 80/tcp (every-address)']],
  [
    'an IPv4 wildcard within IPv6 counts as such',
    running({ '80/tcp': [at('::ffff:0.0.0.0', '88')] }),
    ['[::ffff:0.0.0.0]:88 → 80/tcp (every-address)'],
  ],
  [
    'an empty address is every address (Podman)',
    running({ '80/tcp': [at('', '88')] }),
    ['*:88 → 80/tcp (every-address)'],
  ],
  [
    'a loopback address is told apart',
    running({ '80/tcp': [at('127.0.0.2', '88')] }),
    ['127.0.0.2:88 → 80/tcp (loopback)'],
  ],
  [
    'a loopback address of IPv6 too',
    running({ '80/tcp': [at('0:0:0:0:0:0:0:1', '88')] }),
    ['[0:0:0:0:0:0:0:1]:88 → 80/tcp (loopback)'],
  ],
  [
    'an address of one interface is told apart',
    running({ '53/udp': [at('10.0.0.5', '53')] }),
    ['10.0.0.5:53 → 53/udp (one-address)'],
  ],
  [
    'the widest address of a port decides',
    running({ '80/tcp': [at('127.0.0.1', '88'), at('10.0.0.5', '88')] }),
    ['127.0.0.1,10.0.0.5:88 → 80/tcp (one-address)'],
  ],
  ['gateway mode "routed" opens no port of the host', running({ '80/tcp': [at('', '')] }), []],
  ['a table that was not seen', running(undefined), 'not-seen'],
  ['an address that is none', running({ '80/tcp': [at('localhost', '88')] }), 'not-seen'],
  ['an address that was not seen', running({ '80/tcp': [at(undefined, '88')] }), 'not-seen'],
  ['a port that is none', running({ '80/tcp': [at('0.0.0.0', '70000')] }), 'not-seen'],
  ['a key that is no port', running({ 'http/tcp': [at('0.0.0.0', '80')] }), 'not-seen'],
  [
    'a paused container keeps its table',
    running({ '80/tcp': [at('::1', '88')] }, { state: 'paused' }),
    ['[::1]:88 → 80/tcp (loopback)'],
  ],
  ['no network', { hostConfig: { NetworkMode: 'none' } }, 'no-mapping'],
  ["the host's network", { hostConfig: { NetworkMode: 'host' } }, 'no-mapping'],
  ["another container's network", { hostConfig: { NetworkMode: 'container:abc' } }, 'no-mapping'],
  ['a network mode that was not seen', { hostConfig: { NetworkMode: undefined } }, 'not-seen'],
  [
    'a stopped container is read from its configuration',
    stopped({ '80/tcp': [at('', '8080')] }),
    ['0.0.0.0:8080 → 80/tcp (every-address)'],
  ],
  [
    'a range of a stopped container',
    stopped({ '80/tcp': [at('127.0.0.1', '8000-8010')] }),
    ['127.0.0.1:8000-8010 → 80/tcp (loopback)'],
  ],
  [
    'an empty and a zero host port are ephemeral',
    stopped({ '80/tcp': [at('::', '')], '81/tcp': [at('::', '0')] }),
    ['[::]:ephemeral → 80/tcp (every-address)', '[::]:ephemeral → 81/tcp (every-address)'],
  ],
  [
    'a port without binding is ephemeral on every address',
    stopped({ '80/tcp': [] }),
    ['0.0.0.0:ephemeral → 80/tcp (every-address)'],
  ],
  [
    'publishing all opens what is exposed',
    stopped(null, { PublishAllPorts: true, ExposedPorts: { '80/tcp': {} } }),
    ['0.0.0.0:ephemeral → 80/tcp (every-address)'],
  ],
  [
    'a named binding wins over publishing all',
    stopped({ '80/tcp': [at('127.0.0.1', '88')] }, { PublishAllPorts: true, ExposedPorts: { '80/tcp': {} } }),
    ['127.0.0.1:88 → 80/tcp (loopback)'],
  ],
  [
    'a network that is gone leaves the default address open',
    stopped({ '80/tcp': [at('', '88')] }, { NetworkMode: 'gone' }),
    ['?:88 → 80/tcp (not seen)'],
  ],
  [
    'a network that is gone does not matter to an explicit address',
    stopped({ '80/tcp': [at('::1', '88')] }, { NetworkMode: 'gone' }),
    ['[::1]:88 → 80/tcp (loopback)'],
  ],
  [
    'Podman without a network opens every address',
    stopped({ '80/tcp': [at('', '88')] }, { NetworkMode: 'slirp4netns' }),
    ['0.0.0.0:88 → 80/tcp (every-address)'],
  ],
  ['publishing all of what was not seen', { ...stopped(null, { PublishAllPorts: true }), config: {} }, 'not-seen'],
  ['a state that was not seen', { ...running({}), inspect: { State: undefined }, state: undefined }, 'not-seen'],
  ['a range that runs backwards', stopped({ '80/tcp': [at('', '90-80')] }), 'not-seen'],
])('%s', ([, given, ports]) => {
  expect(portsOf(given)).toEqual(ports);
});

test('between two automatic restarts the configuration is read, for the live table is empty', () => {
  const restarting = {
    ...stopped({ '80/tcp': [at('', '80')] }),
    state: 'restarting',
    inspect: { NetworkSettings: { Ports: {}, Networks: {} } },
  };
  expect(portsOf(restarting)).toEqual(['0.0.0.0:80 → 80/tcp (every-address)']);
});

test.for<[string, EngineNetwork, string[]]>([
  [
    'a default address of the network',
    network('app', { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' }),
    ['127.0.0.1:88 → 80/tcp (loopback)'],
  ],
  [
    'a default address that is of IPv6',
    network('app', { 'com.docker.network.bridge.host_binding_ipv4': '::1' }),
    ['[::1]:88 → 80/tcp (loopback)'],
  ],
  ['a routed network opens nothing', network('app', { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' }), []],
  [
    'a network routed for IPv4 alone opens IPv6',
    network('app', { 'com.docker.network.bridge.gateway_mode_ipv4': 'routed' }, { EnableIPv6: true }),
    ['[::]:88 → 80/tcp (every-address)'],
  ],
  ['a macvlan network opens nothing', network('app', {}, { Driver: 'macvlan' }), []],
  [
    'an overlay network without its bridge',
    network('app', {}, { Driver: 'overlay' }),
    ['0.0.0.0:88 → 80/tcp (every-address)'],
  ],
])('%s', ([, app, ports]) => {
  for (const NetworkMode of ['app', 'id-of-app'])
    expect(portsOf(stopped({ '80/tcp': [at('', '88')] }, { NetworkMode }), [app])).toEqual(ports);
});
