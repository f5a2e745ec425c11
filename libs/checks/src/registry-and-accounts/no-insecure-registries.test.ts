import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import noInsecureRegistries from './no-insecure-registries.ts';

type Config = NonNullable<EngineInfo['RegistryConfig']>;
const index = (Name: string, Secure: boolean | undefined, Mirrors: string[] = []) => ({
  [Name]: { Name, Secure, Mirrors, Official: Name === 'docker.io' },
});
const sane: Config = {
  InsecureRegistryCIDRs: ['127.0.0.0/8', '::1/128'],
  IndexConfigs: index('docker.io', true),
  Mirrors: [],
};
const registryOf = (config: Partial<Config>) => aSnapshot({ info: { RegistryConfig: { ...sane, ...config } } });

const cases: [string, Partial<Config>, Record<string, unknown>, string, string][] = [
  [
    'passes with the built-in loopback ranges alone, in any order',
    { InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8'] },
    {},
    'pass',
    'high',
  ],
  ['passes with the ranges of engines before 28', { InsecureRegistryCIDRs: ['127.0.0.0/8'] }, {}, 'pass', 'high'],
  ['passes on Podman’s empty list of ranges', { InsecureRegistryCIDRs: [] }, {}, 'pass', 'high'],
  ['compares ranges after masking', { InsecureRegistryCIDRs: ['127.0.0.1/8'] }, {}, 'pass', 'high'],
  ['fails on another range', { InsecureRegistryCIDRs: ['127.0.0.0/8', '10.0.0.0/8'] }, {}, 'fail', 'high'],
  ['fails on a range that is more than loopback', { InsecureRegistryCIDRs: ['126.0.0.0/7'] }, {}, 'fail', 'high'],
  ['weighs most on every address', { InsecureRegistryCIDRs: ['0.0.0.0/0'] }, {}, 'fail', 'critical'],
  ['weighs most on every IPv6 address', { InsecureRegistryCIDRs: ['::/0'] }, {}, 'fail', 'critical'],
  [
    'passes on a range that policy allows',
    { InsecureRegistryCIDRs: ['10.1.0.0/16'] },
    { allowedInsecure: ['10.0.0.0/8'] },
    'pass',
    'high',
  ],
  ['fails on a range that can not be read', { InsecureRegistryCIDRs: ['somewhere'] }, {}, 'fail', 'high'],
  ['fails on an insecure registry', { IndexConfigs: index('registry.lan:5000', false) }, {}, 'fail', 'high'],
  [
    'fails on one on loopback too, unless policy allows it',
    { IndexConfigs: index('127.0.0.1:5000', false) },
    {},
    'fail',
    'high',
  ],
  [
    'passes on one that policy allows',
    { IndexConfigs: index('127.0.0.1:5000', false) },
    { allowedInsecure: ['127.0.0.1:5000'] },
    'pass',
    'high',
  ],
  ['fails on a mirror in clear text', { Mirrors: ['http://mirror.lan/'] }, {}, 'fail', 'high'],
  [
    'fails on a mirror that only the entry of Docker Hub names',
    { IndexConfigs: index('docker.io', true, ['http://mirror.lan/']) },
    {},
    'fail',
    'high',
  ],
  [
    'passes on mirrors with TLS or on loopback',
    { Mirrors: ['https://mirror.lan/', 'http://127.0.0.1:5000', 'http://[::1]:5000/'] },
    {},
    'pass',
    'high',
  ],
  [
    'does not judge mirrors where a parameter says so',
    { Mirrors: ['http://mirror.lan/'] },
    { flagHttpMirrors: false },
    'pass',
    'high',
  ],
  ['can not tell when the ranges are missing', { InsecureRegistryCIDRs: undefined }, {}, 'unknown', 'high'],
  ['can not tell when the registries are missing', { IndexConfigs: undefined }, {}, 'unknown', 'high'],
  [
    'can not tell when the flag of a registry is missing',
    { IndexConfigs: index('registry.lan', undefined) },
    {},
    'unknown',
    'high',
  ],
];
test.for(cases)('%s', ([, config, parameters, outcome, severity]) => {
  expect(resultsOf(noInsecureRegistries, registryOf(config), parameters)).toMatchObject([{ outcome, severity }]);
});

test('can not tell when the engine shows no registries at all', () => {
  expect(outcomesOf(noInsecureRegistries, aSnapshot({ info: { RegistryConfig: null } }))).toEqual(['unknown']);
  expect(outcomesOf(noInsecureRegistries, aSnapshot())).toEqual(['unknown']);
});

test('names every registry once and never the login of a mirror', () => {
  const mirror = 'http://user:hunter2@mirror.lan/';
  const [result] = resultsOf(noInsecureRegistries, registryOf({ Mirrors: [mirror, 'http://mirror.lan'] }));
  expect(result).toMatchObject({
    reason: 'Without verified TLS: http://mirror.lan',
    evidence: [{ source: 'info.RegistryConfig.Mirrors', value: ['http://mirror.lan'] }],
  });
});
