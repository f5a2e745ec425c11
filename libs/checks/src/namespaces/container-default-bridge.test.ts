import type { EngineNetwork } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import {
  type GivenContainer,
  type GivenSnapshot,
  aContainer,
  aSnapshot,
  outcomesOf,
  resultsOf,
} from '../testing/builders.ts';
import check from './container-default-bridge.ts';

const option = 'com.docker.network.bridge.';
const defaultBridge: EngineNetwork = {
  Id: 'id-of-bridge',
  Name: 'bridge',
  Driver: 'bridge',
  Options: { [`${option}default_bridge`]: 'true', [`${option}name`]: 'docker0', [`${option}enable_icc`]: 'true' },
};
const own: EngineNetwork = { Id: 'id-of-app', Name: 'app', Driver: 'bridge', Options: {} };

const on = (networks: Record<string, string> | null | undefined, given: GivenContainer = {}) =>
  aContainer({
    ...given,
    inspect: {
      NetworkSettings: {
        Ports: {},
        Networks:
          networks &&
          Object.fromEntries(Object.entries(networks).map(([name, NetworkID]) => [name, { NetworkID }] as const)),
      },
    },
  });
const judged = (container: ReturnType<typeof on>, given: GivenSnapshot = {}) =>
  resultsOf(check, aSnapshot({ networks: { value: [defaultBridge, own] }, ...given, containers: [container] }));

test.for([
  ['fails on the default bridge', { bridge: 'id-of-bridge' }, 'bridge', 'fail'],
  ['fails on it, as engines up to 26.0 say', { bridge: 'id-of-bridge' }, 'default', 'fail'],
  ['passes on a network of its own', { app: 'id-of-app' }, 'app', 'pass'],
  [
    'fails where docker network connect added the default bridge',
    { app: 'id-of-app', bridge: 'id-of-bridge' },
    'app',
    'fail',
  ],
  ['fails where only the id tells', { odd: 'id-of-bridge' }, 'odd', 'fail'],
  ['passes for a swarm task that says default and is on an overlay', { ingress: 'i', backend: 'b' }, 'default', 'pass'],
  ['does not apply without a network', { none: 'n' }, 'none', 'not-applicable'],
  ["does not apply on the host's network", { host: 'h' }, 'host', 'not-applicable'],
  ["does not apply in another container's network", {}, 'container:abc', 'not-applicable'],
  ['can not tell when the networks were not seen', undefined, 'bridge', 'unknown'],
  ['can not tell when the mode was not seen', { app: 'id-of-app' }, undefined, 'unknown'],
] as const)('%s', ([, networks, NetworkMode, outcome]) => {
  expect(judged(on(networks, { hostConfig: { NetworkMode } }))).toMatchObject([{ outcome }]);
});

test('knows the default bridge by its option, whatever its device is called', () => {
  const renamed = { ...defaultBridge, Options: { ...defaultBridge.Options, [`${option}name`]: 'br0' } };
  expect(judged(on({ bridge: 'id-of-bridge' }), { networks: { value: [renamed] } })).toMatchObject([
    { outcome: 'fail' },
  ]);
});

test.for([
  ['fails with the mode default', 'default', {}, 'fail'],
  ['fails with the mode bridge', 'bridge', {}, 'fail'],
  ["fails with the default bridge's id", 'id-of-bridge', {}, 'fail'],
  ['passes with another network', 'app', {}, 'pass'],
  ['can not tell for a swarm task', 'default', { 'com.docker.swarm.task.id': 't' }, 'unknown'],
] as const)('a container that was never started: %s', ([, NetworkMode, labels, outcome]) => {
  const given = { state: 'created', labels, hostConfig: { NetworkMode } };
  expect(judged(on({}, given))).toMatchObject([{ outcome }]);
  expect(judged(on(null, given))).toMatchObject([{ outcome }]);
});

test('a swarm task that publishes in host mode really is on the default bridge', () => {
  const labels = { 'com.docker.swarm.task.id': 't' };
  expect(judged(on({ bridge: 'id-of-bridge' }, { labels, hostConfig: { NetworkMode: 'default' } }))).toMatchObject([
    { outcome: 'fail' },
  ]);
});

test('does not apply where the daemon has no default bridge', () => {
  expect(judged(on({ app: 'id-of-app' }), { networks: { value: [own] } })).toMatchObject([
    { outcome: 'not-applicable' },
  ]);
});

test('judges by name where the networks of the host were not seen', () => {
  const networks = { missing: 'timed-out', detail: 'after 10 s' } as const;
  expect(judged(on({ bridge: 'x' }), { networks })).toMatchObject([{ outcome: 'fail' }]);
  expect(judged(on({ app: 'x' }), { networks })).toMatchObject([{ outcome: 'pass' }]);
});

test('is a note where containers may not talk there and this one publishes nothing', () => {
  const silent = { ...defaultBridge, Options: { ...defaultBridge.Options, [`${option}enable_icc`]: 'false' } };
  const given = { networks: { value: [silent] } };
  expect(judged(on({ bridge: 'id-of-bridge' }), given)).toMatchObject([{ outcome: 'fail', severity: 'info' }]);
  const publishing = on({ bridge: 'id-of-bridge' });
  if ('missing' in publishing.inspect) throw new Error('an inspect is given');
  publishing.inspect.value.NetworkSettings = {
    Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] },
    Networks: { bridge: { NetworkID: 'id-of-bridge' } },
  };
  expect(judged(publishing, given)).toMatchObject([{ outcome: 'fail', severity: 'low' }]);
});

test('on Podman the key podman is the default, and a mode of bridge means some bridge', () => {
  const given = {
    version: { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] },
    networks: { value: [{ Id: 'p', Name: 'bridge', Driver: 'bridge', Options: {} }] },
  };
  const hostConfig = { NetworkMode: 'bridge' };
  expect(judged(on({ podman: 'p' }, { hostConfig }), given)).toMatchObject([{ outcome: 'fail' }]);
  expect(judged(on({ app: 'a' }, { hostConfig }), given)).toMatchObject([{ outcome: 'pass' }]);
});

test('can not tell where the id of a network was not seen', () => {
  const container = aContainer({ inspect: { NetworkSettings: { Networks: { app: { NetworkID: undefined } } } } });
  expect(judged(container)).toMatchObject([{ outcome: 'unknown' }]);
});

test('can not tell about a network called podman where the kind of engine was not seen', () => {
  const version = { missing: 'timed-out', detail: 'after 10 s' } as const;
  expect(judged(on({ podman: 'p' }), { version })).toMatchObject([{ outcome: 'unknown' }]);
});

test('counts a stopped container as a note', () => {
  expect(judged(on({ bridge: 'id-of-bridge' }, { state: 'exited' }))).toMatchObject([
    { outcome: 'fail', severity: 'info' },
  ]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(check, snapshot)).toEqual(['not-applicable']);
});
