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
import tlsCertificate from './tls-certificate.ts';

const leaf = (given: Partial<CertificateFacts>): Partial<EndpointFacts> => ({ chain: [aCertificate(given)] });
const client = (given: Partial<CertificateFacts>): Partial<EndpointFacts> => ({
  clientCertificate: aClientCertificate(given),
});
const rsa = (keyBits: number | undefined) =>
  leaf({ keyType: 'rsa', keyBits, signatureAlgorithm: 'sha256WithRSAEncryption' });

const cases: [string, Partial<EndpointFacts>, string, string][] = [
  ['passes on a sound leaf of the registered private authority', {}, 'pass', 'medium'],
  ['passes on 2048 bits of RSA', rsa(2048), 'pass', 'medium'],
  ['passes on Ed25519', leaf({ keyType: 'ed25519', signatureAlgorithm: 'ED25519' }), 'pass', 'medium'],
  ['passes without extended key usage', leaf({ extendedKeyUsage: [] }), 'pass', 'medium'],
  [
    'passes when the chain brings the authority along',
    { chain: [aCertificate({ issuer: 'CN=Between' }), anAuthority()] },
    'pass',
    'medium',
  ],
  ['fails on a small RSA key', rsa(1024), 'fail', 'medium'],
  ['fails on a small elliptic key', leaf({ keyBits: 224 }), 'fail', 'medium'],
  ['fails on a DSA key', leaf({ keyType: 'dsa', keyBits: 2048 }), 'fail', 'medium'],
  ['fails on SHA-1', leaf({ signatureAlgorithm: 'sha1WithRSAEncryption' }), 'fail', 'medium'],
  ['weighs more when the leaf is the authority', leaf({ isAuthority: true }), 'fail', 'high'],
  [
    'fails when the leaf is meant for clients alone',
    leaf({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }),
    'fail',
    'medium',
  ],
  ['fails when only the common name holds the host', leaf({ names: [] }), 'fail', 'medium'],
  ['fails when another host is named', leaf({ names: ['DNS:other.example'] }), 'fail', 'medium'],
  [
    'fails when an address is written as a DNS name',
    { ...leaf({ names: ['DNS:10.0.0.5'] }), host: '10.0.0.5' },
    'fail',
    'medium',
  ],
  ['passes on an address of its own type', { host: '10.0.0.5' }, 'pass', 'medium'],
  ['fails when another authority issued it', leaf({ issuer: 'CN=Other CA' }), 'fail', 'medium'],
  [
    'fails on a scanner’s certificate that is not meant for clients',
    client({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }),
    'fail',
    'medium',
  ],
  ['weighs more when the scanner’s certificate is an authority', client({ isAuthority: true }), 'fail', 'high'],
  ['can not tell without a chain', { chain: undefined }, 'unknown', 'medium'],
  ['can not tell when the size of the key is missing', rsa(undefined), 'unknown', 'medium'],
  [
    'can not tell when the signature algorithm is missing',
    leaf({ signatureAlgorithm: undefined }),
    'unknown',
    'medium',
  ],
  ['can not tell the digest of a PSS signature', leaf({ signatureAlgorithm: 'rsassaPss' }), 'unknown', 'medium'],
  ['can not tell the issuer without a registered authority', { registeredAuthorities: undefined }, 'unknown', 'medium'],
  [
    'fails on what it saw although something else is missing',
    { ...rsa(1024), registeredAuthorities: undefined },
    'fail',
    'medium',
  ],
];
test.for(cases)('%s', ([, endpoint, outcome, severity]) => {
  expect(resultsOf(tlsCertificate, aSnapshot({ endpoint: anEndpoint(endpoint) }))).toMatchObject([
    { outcome, severity },
  ]);
});

test('asks for more where a parameter says so', () => {
  expect(outcomesOf(tlsCertificate, aSnapshot({ endpoint: anEndpoint(rsa(2048)) }), { minRsaBits: 3072 })).toEqual([
    'fail',
  ]);
});

test('does not apply without TLS', () => {
  expect(outcomesOf(tlsCertificate, aSnapshot({ endpoint: aSocketEndpoint() }))).toEqual(['not-applicable']);
});
