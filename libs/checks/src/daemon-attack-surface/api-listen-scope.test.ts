import type { EndpointFacts } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aSocketEndpoint, anEndpoint } from '../testing/endpoint-builders.ts';
import listenScope from './api-listen-scope.ts';

const at = (resolvedAddress: string): EndpointFacts => anEndpoint({ resolvedAddress });

test.for([
  ['fails when the host is reached at a public address', at('203.0.113.5'), 'fail'],
  ['fails when the host is reached at a public IPv6 address', at('2001:db8::5'), 'fail'],
  ['can not tell the other listeners of a host on a management address', at('10.0.0.5'), 'unknown'],
  ['can not tell them on a unique local address either', at('fd12::5'), 'unknown'],
  ['can not tell them on loopback', at('127.0.0.1'), 'unknown'],
  ['can not tell behind a UNIX socket', aSocketEndpoint(), 'unknown'],
  ['can not tell from a name alone', anEndpoint({ resolvedAddress: undefined }), 'unknown'],
] as const)('%s', ([, endpoint, outcome]) => {
  expect(outcomesOf(listenScope, aSnapshot({ endpoint }))).toEqual([outcome]);
});

const warning = (address: string): string =>
  `[DEPRECATION NOTICE]: API is accessible on http://${address} without encryption.`;
test.for([
  ['0.0.0.0:2375', 'fail'],
  ['[::]:2375', 'fail'],
  [':2375', 'fail'],
  ['203.0.113.5:2375', 'fail'],
  ['10.0.0.5:2375', 'unknown'],
  ['127.0.0.1:2375', 'unknown'],
  ['build.example:2375', 'unknown'],
] as const)('reads the engine’s warning about %s: %s', ([address, outcome]) => {
  const snapshot = aSnapshot({ endpoint: at('10.0.0.5'), info: { Warnings: [warning(address)] } });
  expect(outcomesOf(listenScope, snapshot)).toEqual([outcome]);
});

test('refers to mutual TLS where the wide listener is an open one', () => {
  const snapshot = aSnapshot({ endpoint: at('10.0.0.5'), info: { Warnings: [warning('0.0.0.0:2375')] } });
  expect(resultsOf(listenScope, snapshot)).toMatchObject([{ outcome: 'fail', causedBy: 'remote-api-mutual-tls' }]);
});

test('takes the management networks of a policy', () => {
  const snapshot = aSnapshot({ endpoint: at('203.0.113.5') });
  expect(outcomesOf(listenScope, snapshot, { managementNetworks: ['203.0.113.0/24'] })).toEqual(['unknown']);
});
