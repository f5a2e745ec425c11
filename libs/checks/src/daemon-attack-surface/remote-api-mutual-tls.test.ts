import type { EndpointFacts } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aSocketEndpoint, anEndpoint, probed } from '../testing/endpoint-builders.ts';
import remoteApi from './remote-api-mutual-tls.ts';

const cases: [string, Partial<EndpointFacts>, string][] = [
  ['passes when every stranger is refused', {}, 'pass'],
  ['passes when the refusal of TLS 1.3 comes with the first read', { anonymousTls: probed('closed') }, 'pass'],
  [
    'passes when port 2375 is filtered, since the engine names no open listener',
    { plainHttp2375: probed('timed-out') },
    'pass',
  ],
  ['passes when another server speaks on port 2375', { plainHttp2375: probed('other-http', 200) }, 'pass'],
  ['fails when the engine answers in clear text', { plainHttp: probed('engine', 200) }, 'fail'],
  ['fails when the engine answers in clear text on port 2375', { plainHttp2375: probed('engine', 200) }, 'fail'],
  ['fails when the engine answers without a certificate', { anonymousTls: probed('engine', 200) }, 'fail'],
  ['takes 403 of an authorization plugin for an answer', { anonymousTls: probed('engine', 403) }, 'fail'],
  ['takes 401 for an answer', { anonymousTls: probed('engine', 401) }, 'fail'],
  ['can not tell when the port is filtered from here', { plainHttp: probed('timed-out') }, 'unknown'],
  ['can not judge the daemon behind a proxy that ends TLS', { anonymousTls: probed('other-http', 200) }, 'unknown'],
  ['can not tell when a probe was not made', { anonymousTls: undefined }, 'unknown'],
  ['can not tell when a probe was skipped', { foreignCertificate: probed('not-probed') }, 'unknown'],
  ['does not ask for port 2375 twice', { port: 2375, plainHttp2375: undefined }, 'pass'],
];
test.for(cases)('%s', ([, endpoint, outcome]) => {
  expect(outcomesOf(remoteApi, aSnapshot({ endpoint: anEndpoint(endpoint) }))).toEqual([outcome]);
});

test('refers to the authority of clients when only a stranger’s certificate is let in', () => {
  const onlyForeign = aSnapshot({ endpoint: anEndpoint({ foreignCertificate: probed('engine', 200) }) });
  expect(resultsOf(remoteApi, onlyForeign)).toMatchObject([{ outcome: 'fail', causedBy: 'api-client-authority' }]);
  const anyone = anEndpoint({ anonymousTls: probed('engine', 200), foreignCertificate: probed('engine', 200) });
  expect(resultsOf(remoteApi, aSnapshot({ endpoint: anyone }))[0]).not.toHaveProperty('causedBy');
});

const old =
  'WARNING: API is accessible on http://0.0.0.0:2375 without encryption.\n         Access to the remote API is equivalent to root';
const recent = '[DEPRECATION NOTICE]: API is accessible on https://10.0.0.5:2376 without TLS client verification.';
const local = '[DEPRECATION NOTICE]: API is accessible on http://127.0.0.1:2375 without encryption.';

test.for([
  ['up to 25.0', old],
  ['since 26.0', recent],
  ['on loopback, open to every process and browser of the host', local],
])('believes the engine’s own warning as it is worded %s', ([, warning]) => {
  const info = { Warnings: ['WARNING: No swap limit support', warning ?? ''] };
  const results = resultsOf(remoteApi, aSnapshot({ info, endpoint: anEndpoint() }));
  expect(results).toMatchObject([{ outcome: 'fail', severity: 'critical' }]);
  expect(outcomesOf(remoteApi, aSnapshot({ info, endpoint: aSocketEndpoint() }))).toEqual(['fail']);
});

test('counts loopback as a parameter says, and nothing else', () => {
  const loopback = aSnapshot({ info: { Warnings: [local] }, endpoint: anEndpoint() });
  const both = aSnapshot({ info: { Warnings: [local, old] }, endpoint: anEndpoint() });
  expect(resultsOf(remoteApi, loopback, { loopbackPlain: 'warn' })).toMatchObject([
    { outcome: 'fail', severity: 'medium' },
  ]);
  expect(outcomesOf(remoteApi, loopback, { loopbackPlain: 'ignore' })).toEqual(['pass']);
  expect(resultsOf(remoteApi, both, { loopbackPlain: 'warn' })).toMatchObject([{ severity: 'critical' }]);
  expect(outcomesOf(remoteApi, both, { loopbackPlain: 'ignore' })).toEqual(['fail']);
});

test('fails on a host that is registered without TLS, since the scan itself was answered', () => {
  const endpoint: EndpointFacts = { transport: 'tcp', address: 'tcp://10.0.0.5:2375', host: '10.0.0.5', port: 2375 };
  expect(outcomesOf(remoteApi, aSnapshot({ endpoint }))).toEqual(['fail']);
  const missing = { missing: 'connection-lost', detail: '' } as const;
  expect(outcomesOf(remoteApi, aSnapshot({ endpoint, info: missing, version: missing }))).toEqual(['unknown']);
});

test('weighs a registered address on loopback as a parameter says', () => {
  const endpoint: EndpointFacts = {
    transport: 'tcp',
    address: 'tcp://localhost:2375',
    host: 'localhost',
    port: 2375,
    resolvedAddress: '127.0.0.1',
    plainHttp: probed('engine', 200),
  };
  expect(resultsOf(remoteApi, aSnapshot({ endpoint }))).toMatchObject([{ severity: 'critical' }]);
  expect(resultsOf(remoteApi, aSnapshot({ endpoint }), { loopbackPlain: 'warn' })).toMatchObject([
    { severity: 'medium' },
  ]);
});

test('does not apply to a UNIX socket whose engine names no open listener', () => {
  expect(outcomesOf(remoteApi, aSnapshot({ endpoint: aSocketEndpoint() }))).toEqual(['not-applicable']);
});

test('can not tell when the engine’s warnings were not seen', () => {
  const denied = { missing: 'denied', detail: '403' } as const;
  const early = aSnapshot({ info: { Warnings: undefined }, endpoint: aSocketEndpoint() });
  expect(outcomesOf(remoteApi, early)).toEqual(['unknown']);
  expect(outcomesOf(remoteApi, aSnapshot({ info: denied, endpoint: anEndpoint() }))).toEqual(['unknown']);
  const open = aSnapshot({ info: denied, endpoint: anEndpoint({ plainHttp: probed('engine', 200) }) });
  expect(outcomesOf(remoteApi, open)).toEqual(['fail']);
});
