import type { EndpointFacts, TlsVersionOffer } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import { aSocketEndpoint, anEndpoint } from '../testing/endpoint-builders.ts';
import tlsProtocol from './tls-protocol.ts';

const offers = (
  given: Partial<Record<TlsVersionOffer['version'], Partial<TlsVersionOffer>>>,
): Partial<EndpointFacts> => ({
  versions: (anEndpoint().versions ?? []).map((offer) => ({ ...offer, ...given[offer.version] })),
});
const notTried = 'can not offer it';
const only13 = { minVersion: 'TLSv1.3' };

const cases: [string, Partial<EndpointFacts>, Record<string, unknown>, string][] = [
  ['passes when only 1.2 and 1.3 are accepted, with sound suites', {}, {}, 'pass'],
  ['passes when 1.2 is not spoken', offers({ 'TLSv1.2': { accepted: false } }), {}, 'pass'],
  [
    'passes when the server asks for a certificate before a suite shows',
    offers({ 'TLSv1.2': { cipher: undefined } }),
    {},
    'pass',
  ],
  ['fails on TLS 1.0', offers({ TLSv1: { accepted: true } }), {}, 'fail'],
  ['fails on TLS 1.1', offers({ 'TLSv1.1': { accepted: true } }), {}, 'fail'],
  [
    'fails when the scan itself spoke an old version',
    { negotiated: { protocol: 'TLSv1', cipher: 'x' }, versions: undefined },
    {},
    'fail',
  ],
  ['fails on a suite without forward secrecy', offers({ 'TLSv1.2': { cipher: 'AES128-GCM-SHA256' } }), {}, 'fail'],
  [
    'fails when weak suites are accepted beside sound ones',
    { weakSuites: { accepted: true, cipher: 'ECDHE-RSA-AES128-SHA' } },
    {},
    'fail',
  ],
  ['fails on TLS 1.2 where policy asks for 1.3', {}, only13, 'fail'],
  ['passes without TLS 1.2 where policy asks for 1.3', offers({ 'TLSv1.2': { accepted: false } }), only13, 'pass'],
  ['can not tell when the library can not offer old versions', offers({ TLSv1: { notTried } }), {}, 'unknown'],
  ['can not tell when weak suites were not offered', { weakSuites: undefined }, {}, 'unknown'],
  ['can not tell when weak suites could not be offered', { weakSuites: { accepted: false, notTried } }, {}, 'unknown'],
  [
    'fails when a weak suite was taken, also where its name did not show',
    { weakSuites: { accepted: true } },
    {},
    'fail',
  ],
  ['can not tell when no handshake was made', { versions: undefined, weakSuites: undefined }, {}, 'unknown'],
  [
    'can not tell when nothing was accepted',
    { versions: (anEndpoint().versions ?? []).map((offer) => ({ ...offer, accepted: false })) },
    {},
    'unknown',
  ],
];
test.for(cases)('%s', ([, endpoint, parameters, outcome]) => {
  expect(outcomesOf(tlsProtocol, aSnapshot({ endpoint: anEndpoint(endpoint) }), parameters)).toEqual([outcome]);
});

test('does not apply without TLS', () => {
  expect(outcomesOf(tlsProtocol, aSnapshot({ endpoint: aSocketEndpoint() }))).toEqual(['not-applicable']);
});
