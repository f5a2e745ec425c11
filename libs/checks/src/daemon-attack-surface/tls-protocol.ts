import { type EndpointFacts, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { endpointSubject } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

const MinVersion = z.enum(['TLSv1.2', 'TLSv1.3']);
/** With ephemeral key exchange and authenticated encryption, as OpenSSL names them. */
const forwardSecretSuites = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

export default defineCheck({
  id: 'tls-protocol',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'endpoint',
  title: 'The TLS of the API is version 1.2 or newer, with forward secrecy',
  rationale:
    'Older versions and suites can be broken by someone on the way, or read later by whoever gets the key of the server. What goes over this connection is root on the host.',
  remediation:
    'The engine’s own server has offered nothing older for years: upgrade it, or set the lowest version of the proxy before it (nginx: ssl_protocols TLSv1.2 TLSv1.3; and ssl_ciphers with ECDHE and GCM or CHACHA20 alone).',
  decidedBy:
    'One handshake for each version of TLS on the registered port, and one at 1.2 that offers weak suites alone; a version counts as accepted also where the server asks for a certificate after it.',
  needs: ['endpoint'],
  parameters: z.strictObject({
    minVersion: MinVersion.default('TLSv1.2'),
    allowedTls12Suites: z.array(z.string()).default(forwardSecretSuites),
  }),
  sources: ['docker/go-connections tlsconfig/config.go', 'https://ssl-config.mozilla.org/', 'RFC 9325'],
  *evaluate({ snapshot, parameters }) {
    const endpoint = valueOf(snapshot.endpoint);
    if (endpoint === undefined) return;
    yield { subject: endpointSubject(snapshot), ...judgeProtocol(endpoint, parameters) };
  },
});

interface Policy {
  readonly minVersion: z.infer<typeof MinVersion>;
  readonly allowedTls12Suites: readonly string[];
}

const judgeProtocol = (endpoint: EndpointFacts, policy: Policy): Judgement => {
  if (endpoint.transport !== 'tls') return notApplicable('The endpoint does not speak TLS');
  const offers = endpoint.versions ?? [];
  const accepted = offers.filter((offer) => offer.accepted);
  const evidence = [
    ...(endpoint.negotiated === undefined
      ? []
      : [{ source: 'endpoint.negotiated', value: `${endpoint.negotiated.protocol} ${endpoint.negotiated.cipher}` }]),
    {
      source: 'endpoint.versions',
      value: accepted.map(({ version, cipher }) => (cipher === undefined ? version : `${version} ${cipher}`)),
    },
    ...(endpoint.weakSuites?.accepted === true
      ? [{ source: 'endpoint.weakSuites', value: endpoint.weakSuites.cipher ?? 'accepted' }]
      : []),
  ];
  const oldest = versions.indexOf(policy.minVersion);
  const spoken = new Set<string>(accepted.map(({ version }) => version));
  if (endpoint.negotiated !== undefined) spoken.add(endpoint.negotiated.protocol);
  const tooOld = versions.slice(0, oldest).filter((version) => spoken.has(version));
  if (spoken.has('SSLv3') || tooOld.length > 0)
    return fail(
      `The API accepts ${['SSLv3']
        .filter((v) => spoken.has(v))
        .concat(tooOld)
        .join(' and ')}`,
      evidence,
    );
  const suites = [
    ...accepted.filter(({ version }) => version === 'TLSv1.2').map(({ cipher }) => cipher),
    endpoint.negotiated?.protocol === 'TLSv1.2' ? endpoint.negotiated.cipher : undefined,
    // A server that goes on to refuse our certificate has chosen one of the weak suites all the same.
    endpoint.weakSuites?.accepted === true ? (endpoint.weakSuites.cipher ?? 'that was offered') : undefined,
  ].filter((suite) => suite !== undefined);
  const weak = suites.find((suite) => !policy.allowedTls12Suites.includes(suite));
  if (weak !== undefined) return fail(`The API accepts the weak suite ${weak} on TLS 1.2`, evidence);
  const untold = [
    ...versions
      .slice(0, oldest)
      .filter((version) => !offers.some((offer) => offer.version === version && offer.notTried === undefined)),
    ...(policy.minVersion === 'TLSv1.2' && !isSettled(endpoint) ? ['the suites of TLSv1.2'] : []),
  ];
  if (untold.length > 0 || accepted.length === 0)
    return unknown(
      untold.length > 0 ? `Not tried: ${untold.join(', ')}` : 'No version of TLS was accepted in the probe',
      'A scan that reaches the port and whose TLS library can still offer old versions',
      evidence,
    );
  return pass('Only modern versions and suites are accepted', evidence);
};

/** Whether the suites of TLS 1.2 are known: it is not spoken at all, or the weak ones were offered and named or refused. */
const isSettled = ({ versions: offers, weakSuites }: EndpointFacts): boolean => {
  const offer = offers?.find(({ version }) => version === 'TLSv1.2');
  if (offer === undefined || offer.notTried !== undefined) return false;
  if (!offer.accepted) return true;
  // A handshake that broke off after the choice of the server shows no suite.
  const isTried = weakSuites !== undefined && weakSuites.notTried === undefined;
  return isTried && !weakSuites.accepted;
};
