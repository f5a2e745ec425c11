import type { EngineNetwork } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aNetwork, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import defaultBridgeIsolated from './default-bridge-isolated.ts';

const aBridge = (icc: string | undefined, network: Partial<EngineNetwork> = {}): EngineNetwork =>
  aNetwork({
    Name: 'bridge',
    Driver: 'bridge',
    Options: {
      'com.docker.network.bridge.default_bridge': 'true',
      ...(icc === undefined ? {} : { 'com.docker.network.bridge.enable_icc': icc }),
    },
    ...network,
  });
const open = aNetwork({ Name: 'app', Driver: 'bridge', Options: { 'com.docker.network.bridge.enable_icc': 'true' } });

test.for([
  ['passes when the live bridge keeps containers apart', [aBridge('false'), open], 'pass'],
  ['fails when it lets them talk', [aBridge('true')], 'fail'],
  ['takes a missing option for the engine’s default, which lets them talk', [aBridge(undefined)], 'fail'],
  ['finds the default bridge by its option under any device name', [aBridge('false', { Name: 'br-own' })], 'pass'],
  ['finds the bridge of old engines by its name', [aBridge(undefined, { Options: null })], 'fail'],
  ['does not judge networks that users made', [open], 'not-applicable'],
  ['can not tell when the options were not seen', [aBridge('true', { Options: undefined })], 'unknown'],
] as const)('%s', ([, networks, outcome]) => {
  expect(outcomesOf(defaultBridgeIsolated, aSnapshot({ networks: { value: [...networks] } }))).toEqual([outcome]);
});

test('weighs only as information while the bridge is empty, where a parameter says so', () => {
  const empty = aSnapshot({ networks: { value: [aBridge('true', { Containers: {} })] } });
  const notSeen = aSnapshot({ networks: { value: [aBridge('true', { Containers: undefined })] } });
  const failOnlyWhenUsed = { failOnlyWhenUsed: true };
  expect(resultsOf(defaultBridgeIsolated, empty)).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
  expect(resultsOf(defaultBridgeIsolated, empty, failOnlyWhenUsed)).toMatchObject([{ severity: 'info' }]);
  expect(resultsOf(defaultBridgeIsolated, notSeen, failOnlyWhenUsed)).toMatchObject([{ severity: 'medium' }]);
});

test('names containers on an isolated bridge that hold NET_RAW and so go past the filter', () => {
  const lists = { CapAdd: null, CapDrop: null };
  const containers = [
    aContainer({ name: 'raw', hostConfig: lists }),
    aContainer({ name: 'tame', hostConfig: { ...lists, CapDrop: ['ALL'] } }),
    aContainer({ name: 'elsewhere', hostConfig: lists }),
  ];
  const on = (name: string) => ({ Name: name, IPv4Address: '172.17.0.2/16', IPv6Address: '' });
  const Containers = { 'id-of-raw': on('raw'), 'id-of-tame': on('tame') };
  const snapshot = aSnapshot({ containers, networks: { value: [aBridge('false', { Containers })] } });
  expect(resultsOf(defaultBridgeIsolated, snapshot)).toMatchObject([
    { outcome: 'pass', reason: expect.stringContaining('NET_RAW'), evidence: [{}, {}, { value: ['raw'] }] },
  ]);
});

test('does not apply to Podman or Windows', () => {
  const networks = { value: [aBridge('true')] };
  const podman = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(defaultBridgeIsolated, aSnapshot({ networks, version: podman }))).toEqual(['not-applicable']);
  expect(outcomesOf(defaultBridgeIsolated, aSnapshot({ networks, info: { OSType: 'windows' } }))).toEqual([
    'not-applicable',
  ]);
});
