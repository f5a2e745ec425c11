import type { CertificateFacts, EndpointFacts } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import {
  aCertificate,
  aClientCertificate,
  aSocketEndpoint,
  anAuthority,
  anEndpoint,
} from '../testing/endpoint-builders.ts';
import tlsExpiry from './tls-expiry.ts';

// Snapshots of tests are taken on 2026-11-24 at noon.
const leaf = (given: Partial<CertificateFacts>): Partial<EndpointFacts> => ({ chain: [aCertificate(given)] });
const ends = (day: string) => ({ notAfter: `2026-${day}T12:00:00.000Z` });

const cases: [string, Partial<EndpointFacts>, string, string][] = [
  ['passes while all are valid for long', {}, 'pass', 'medium'],
  ['fails on an expired leaf', leaf(ends('11-23')), 'fail', 'high'],
  ['fails at the very moment of its end', leaf(ends('11-24')), 'fail', 'high'],
  ['fails on a leaf that is not valid yet', leaf({ notBefore: '2026-11-25T00:00:00Z' }), 'fail', 'high'],
  ['weighs high within a week', leaf(ends('12-01')), 'fail', 'high'],
  ['warns within a month', leaf(ends('12-20')), 'fail', 'medium'],
  ['passes after that', leaf(ends('12-30')), 'pass', 'medium'],
  [
    'announces the end of an authority earlier, since all clients fail at once',
    { registeredAuthorities: [anAuthority({ notAfter: '2027-01-31T00:00:00Z' })] },
    'fail',
    'medium',
  ],
  ['judges the scanner’s own certificate', { clientCertificate: aClientCertificate(ends('11-20')) }, 'fail', 'high'],
  ['notes a leaf of many years', leaf({ notAfter: '2036-06-01T00:00:00Z' }), 'fail', 'low'],
  [
    'lets an authority live for long',
    { registeredAuthorities: [anAuthority({ notAfter: '2046-06-01T00:00:00Z' })] },
    'pass',
    'medium',
  ],
  ['can not tell when the endpoint showed no certificate', { chain: undefined }, 'unknown', 'medium'],
  [
    'judges registered certificates all the same',
    { chain: undefined, clientCertificate: aClientCertificate(ends('11-20')) },
    'fail',
    'high',
  ],
  ['can not tell from a date that is none', leaf({ notAfter: 'never' }), 'unknown', 'medium'],
];
test.for(cases)('%s', ([, endpoint, outcome, severity]) => {
  expect(resultsOf(tlsExpiry, aSnapshot({ endpoint: anEndpoint(endpoint) }))).toMatchObject([{ outcome, severity }]);
});

test('weighs by the worst of several and names each once', () => {
  const authority = anAuthority(ends('12-20'));
  const endpoint = anEndpoint({ chain: [aCertificate(ends('11-25')), authority], registeredAuthorities: [authority] });
  const [result] = resultsOf(tlsExpiry, aSnapshot({ endpoint }));
  expect(result).toMatchObject({
    severity: 'high',
    reason: 'CN=host.example ends in 1 days; CN=Example CA ends in 26 days',
  });
  expect(result?.evidence).toHaveLength(3);
});

test('judges by the scan’s clock and mentions a host’s that differs', () => {
  const [result] = resultsOf(tlsExpiry, aSnapshot({ endpoint: anEndpoint({ clockSkewMs: -90_000 }) }));
  expect(result).toMatchObject({ outcome: 'pass' });
  expect(result?.evidence).toContainEqual({ source: 'endpoint.clockSkewMs', value: -90_000 });
});

test('does not apply without TLS', () => {
  expect(outcomesOf(tlsExpiry, aSnapshot({ endpoint: aSocketEndpoint() }))).toEqual(['not-applicable']);
});
