import type { EndpointFacts } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aSocketEndpoint, anEndpoint, probed } from '../testing/endpoint-builders.ts';
import clientAuthority from './api-client-authority.ts';

const names = (...acceptableAuthorities: string[]): Partial<EndpointFacts> => ({ acceptableAuthorities });

const cases: [string, Partial<EndpointFacts>, string, string][] = [
  ['passes when a stranger is refused and one private authority is named', {}, 'pass', 'critical'],
  [
    'passes when the connection is closed at the first read',
    { foreignCertificate: probed('closed') },
    'pass',
    'critical',
  ],
  ['fails when the engine answers a stranger', { foreignCertificate: probed('engine', 200) }, 'fail', 'critical'],
  [
    'fails when a plugin of the engine refuses behind TLS',
    { foreignCertificate: probed('engine', 403) },
    'fail',
    'critical',
  ],
  ['fails when a proxy behind TLS decides', { foreignCertificate: probed('other-http', 401) }, 'fail', 'critical'],
  [
    'can not tell from another answer of a proxy',
    { foreignCertificate: probed('other-http', 502) },
    'unknown',
    'critical',
  ],
  ['fails on a public authority', names("C=US, O=Let's Encrypt, CN=R11"), 'fail', 'critical'],
  [
    'fails on a public authority with a comma in its name',
    names('CN=Root, O=Entrust\\, Inc., C=US'),
    'fail',
    'critical',
  ],
  ['fails on a public authority as Node writes names', names('C=US\nO=DigiCert Inc\nCN=Root'), 'fail', 'critical'],
  ['takes no name that only begins like a public one', names('O=Amazonia Private, CN=CA'), 'pass', 'critical'],
  ['weighs less when several private authorities are named', names('CN=One', 'CN=Two'), 'fail', 'medium'],
  ['can not tell when the server names no authority', { acceptableAuthorities: undefined }, 'unknown', 'critical'],
  ['can not tell from the empty list of a proxy', names(), 'unknown', 'critical'],
  [
    'fails on a stranger let in although no authority is named',
    { acceptableAuthorities: undefined, foreignCertificate: probed('engine', 200) },
    'fail',
    'critical',
  ],
  ['can not tell when the port was not reached', { foreignCertificate: probed('timed-out') }, 'unknown', 'critical'],
  ['can not tell when the probe was not made', { foreignCertificate: undefined }, 'unknown', 'critical'],
];
test.for(cases)('%s', ([, endpoint, outcome, severity]) => {
  expect(resultsOf(clientAuthority, aSnapshot({ endpoint: anEndpoint(endpoint) }))).toMatchObject([
    { outcome, severity },
  ]);
});

test('allows as many authorities as a parameter says', () => {
  const snapshot = aSnapshot({ endpoint: anEndpoint(names('CN=One', 'CN=Two')) });
  expect(outcomesOf(clientAuthority, snapshot, { maxAuthorities: 2 })).toEqual(['pass']);
});

test('leaves a port that asks for no certificate to remote-api-mutual-tls', () => {
  const endpoint = anEndpoint({ anonymousTls: probed('engine', 200), foreignCertificate: probed('engine', 200) });
  expect(resultsOf(clientAuthority, aSnapshot({ endpoint }))).toMatchObject([
    { outcome: 'not-applicable', causedBy: 'remote-api-mutual-tls' },
  ]);
});

test('does not apply without TLS', () => {
  expect(outcomesOf(clientAuthority, aSnapshot({ endpoint: aSocketEndpoint() }))).toEqual(['not-applicable']);
});
