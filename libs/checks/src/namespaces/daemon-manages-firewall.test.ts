import type { EngineInfo, EngineNetwork } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aNetwork, aSnapshot, outcomesOf } from '../testing/builders.ts';
import daemonManagesFirewall from './daemon-manages-firewall.ts';

const aBridge = (icc: string): EngineNetwork =>
  aNetwork({
    Name: 'bridge',
    Driver: 'bridge',
    EnableIPv6: false,
    Options: {
      'com.docker.network.bridge.default_bridge': 'true',
      'com.docker.network.bridge.enable_icc': icc,
    },
  });
const live = { LiveRestoreEnabled: false };
const sixth = aNetwork({ Name: 'six', Driver: 'bridge', EnableIPv6: true, Options: {} });
const backend = { Driver: 'iptables', Info: null };

const cases: [string, Partial<EngineInfo>, EngineNetwork[], Record<string, unknown>, string][] = [
  ['passes when an isolated bridge proves the rules', live, [aBridge('false')], {}, 'pass'],
  ['can not tell from an open bridge', live, [aBridge('true')], {}, 'unknown'],
  ['can not tell without a default bridge', live, [], {}, 'unknown'],
  [
    'does not take a firewall backend for rules',
    { ...live, FirewallBackend: backend },
    [aBridge('true')],
    {},
    'unknown',
  ],
  [
    'does not trust a bridge that live restore may have kept',
    { LiveRestoreEnabled: true },
    [aBridge('false')],
    {},
    'unknown',
  ],
  [
    'does not trust it either when live restore was not seen',
    { LiveRestoreEnabled: undefined },
    [aBridge('false')],
    {},
    'unknown',
  ],
  ['does not ask for IPv6 by default', live, [aBridge('false'), sixth], {}, 'pass'],
  [
    'can not tell for IPv6 where a parameter asks for it',
    live,
    [aBridge('false'), sixth],
    { alsoIp6tables: true },
    'unknown',
  ],
  [
    'passes without IPv6 networks also where a parameter asks for it',
    live,
    [aBridge('false')],
    { alsoIp6tables: true },
    'pass',
  ],
  ['judges a rootless daemon alike', { ...live, SecurityOptions: ['name=rootless'] }, [aBridge('false')], {}, 'pass'],
  ['does not apply to Windows', { OSType: 'windows' }, [], {}, 'not-applicable'],
];
test.for(cases)('%s', ([, info, networks, parameters, outcome]) => {
  const snapshot = aSnapshot({ info, networks: { value: networks } });
  expect(outcomesOf(daemonManagesFirewall, snapshot, parameters)).toEqual([outcome]);
});

test('does not apply to Podman', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  const snapshot = aSnapshot({ version, networks: { value: [aBridge('false')] } });
  expect(outcomesOf(daemonManagesFirewall, snapshot)).toEqual(['not-applicable']);
});
