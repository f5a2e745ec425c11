import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import noUserlandProxy from './no-userland-proxy.ts';

const backend = (...Info: string[][]): EngineInfo['FirewallBackend'] => ({ Driver: 'iptables', Info });
const on = backend(['EnableUserlandProxy', 'true'], ['UserlandProxyPath', '/usr/bin/docker-proxy']);

const cases: [string, string, EngineInfo['FirewallBackend'], string][] = [
  ['fails when the pair is there', '29.5.0', on, 'fail'],
  ['passes without the pair', '29.5.0', backend(['UserlandProxyPath', '/usr/bin/docker-proxy']), 'pass'],
  ['passes when an empty list was left out', '29.6.1', { Driver: 'nftables', Info: undefined }, 'pass'],
  ['can not tell on 28.1 to 29.4, which never have the pair', '29.4.3', backend(), 'unknown'],
  ['can not tell below API 1.49, where the field is left out', '29.5.0', undefined, 'unknown'],
  ['can not tell from a pair of another value', '29.5.0', backend(['EnableUserlandProxy', 'yes']), 'unknown'],
  ['can not tell from a key that only looks like it', '29.5.0', backend(['Enable-Userland-Proxy', 'true']), 'unknown'],
  ['can not tell on an unknown version', 'dev', backend(), 'unknown'],
];
test.for(cases)('%s', ([, Version, FirewallBackend, outcome]) => {
  expect(outcomesOf(noUserlandProxy, aSnapshot({ version: { Version }, info: { FirewallBackend } }))).toEqual([
    outcome,
  ]);
});

test('does not apply to Podman or Windows', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(noUserlandProxy, aSnapshot({ version }))).toEqual(['not-applicable']);
  expect(outcomesOf(noUserlandProxy, aSnapshot({ info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
});
