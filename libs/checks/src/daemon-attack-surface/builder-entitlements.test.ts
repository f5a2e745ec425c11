import type { HostFiles } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aTidyHost } from '../testing/host-file-builders.ts';
import check from './builder-entitlements.ts';

const running = (Cmd: string[] | null | undefined) => [
  aContainer({ name: 'buildx_buildkit_b0', config: { Cmd }, inspect: { Args: [], Config: { Cmd } } }),
];
const configured = (settings: Record<string, unknown>, containers = running(null)) =>
  aSnapshot({ containers, hostFiles: aTidyHost({ daemonConfig: { path: '/d', state: 'read', settings } }) });
const builder = (entitlements: Record<string, unknown>) => configured({ builder: { Entitlements: entitlements } });
const withFile = (daemonConfig: HostFiles['daemonConfig']) => aSnapshot({ hostFiles: aTidyHost({ daemonConfig }) });
const insecure = 'security.insecure';

test.for<[string, string, ReturnType<typeof configured>]>([
  ['the default', 'pass', configured({})],
  ['no configuration file', 'pass', withFile({ path: '/d', state: 'absent' })],
  ['set to false', 'pass', builder({ 'security-insecure': false })],
  ['set to true', 'fail', builder({ 'security-insecure': true })],
  ['any case', 'fail', configured({ Builder: { entitlements: { 'Security-Insecure': true } } })],
  ['a builder with the flag', 'fail', configured({}, running(['--allow-insecure-entitlement', insecure]))],
  [
    'a builder with the flag in one word',
    'fail',
    configured({}, running([`--allow-insecure-entitlement=${insecure}`])),
  ],
  ['a builder with another flag', 'pass', configured({}, running(['--allow-insecure-entitlement', 'network.host']))],
  [
    'a builder with the flag, no host files',
    'fail',
    aSnapshot({ containers: running([`--allow-insecure-entitlement=${insecure}`]) }),
  ],
  ['no host files', 'unknown', aSnapshot({ containers: running(null) })],
  ['a file that could not be read', 'unknown', withFile({ path: '/d', state: 'malformed' })],
  ['a command that was not seen', 'unknown', configured({}, running(undefined))],
  ['Podman', 'not-applicable', aSnapshot({ version: { Components: [{ Name: 'Podman Engine' }] } })],
])('%s: %s', ([, outcome, snapshot]) => {
  expect(outcomesOf(check, snapshot)).toEqual([outcome]);
});
test('the network of the host is told where it is asked for', () => {
  const asked = { flagNetworkHost: true };
  expect(resultsOf(check, configured({}), asked)).toMatchObject([{ outcome: 'fail', severity: 'low' }]);
  expect(outcomesOf(check, builder({ 'network-host': false }), asked)).toEqual(['pass']);
});
