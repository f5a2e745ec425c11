import { type CertificateFacts, type EndpointFacts, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { endpointSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { namesHost } from './host-names.ts';

const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

export default defineCheck({
  id: 'tls-certificate',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'endpoint',
  title: 'The certificate of the API is strong, names its host and fits its purpose',
  rationale:
    'With a weak key or signature, or under a name that is not checked, somebody on the way can pose as the host and collect what clients send. Where the host holds the key of the authority, taking the host is taking every client.',
  remediation:
    'Issue a leaf with a P-256 or 2048 bit RSA key, SHA-256, extendedKeyUsage=serverAuth and subjectAltName=DNS:NAME,IP:ADDRESS from an authority whose key is kept elsewhere; set "tlscert" and "tlskey" in daemon.json and restart.',
  decidedBy:
    'The chain that the endpoint sent and the authority registered for it: issuer, key, signature, alternative names (the common name does not count), extended key usage, and whether the leaf is an authority itself. The certificate of this scanner is judged by the same rules.',
  needs: ['endpoint'],
  parameters: z.strictObject({
    minRsaBits: z.number().int().default(2048),
    minEcBits: z.number().int().default(256),
    /** Parts of the names of accepted signature algorithms. */
    signatures: z.array(z.string()).default(['SHA256', 'SHA384', 'SHA512', 'Ed25519', 'Ed448']),
  }),
  sources: ['https://docs.docker.com/engine/security/protect-access/', 'RFC 5280', 'RFC 9525'],
  *evaluate({ snapshot, parameters }) {
    const endpoint = valueOf(snapshot.endpoint);
    if (endpoint === undefined) return;
    yield { subject: endpointSubject(snapshot), ...judgeCertificates(endpoint, parameters) };
  },
});

interface Policy {
  readonly minRsaBits: number;
  readonly minEcBits: number;
  readonly signatures: readonly string[];
}

const judgeCertificates = (endpoint: EndpointFacts, policy: Policy): Judgement => {
  if (endpoint.transport !== 'tls') return notApplicable('The endpoint does not speak TLS');
  const [leaf] = endpoint.chain ?? [];
  if (leaf === undefined)
    return unknown('The endpoint did not show its certificate', 'A scan that reaches the port of the daemon');
  const client = endpoint.clientCertificate;
  const flaws = [
    ...flawsOf('The certificate', leaf, serverAuth, policy),
    ...nameFlaws(endpoint, leaf),
    ...issuerFlaws(endpoint),
    ...(client === undefined ? [] : flawsOf('The certificate of this scanner', client, clientAuth, policy)),
  ];
  const evidence = [
    ...describe('endpoint.chain[0]', leaf),
    ...(client === undefined ? [] : describe('endpoint.clientCertificate', client)),
  ];
  const certain = flaws.filter(({ untold }) => untold === undefined);
  if (certain.length > 0)
    return fail(
      certain.map(({ text }) => text).join('; '),
      evidence,
      certain.some(({ isHigh }) => isHigh === true) ? { severity: 'high' } : {},
    );
  return flaws.length > 0
    ? unknown(flaws.map(({ text }) => text).join('; '), flaws[0]?.untold ?? '', evidence)
    : pass('The certificate is strong, names its host and fits its purpose', evidence);
};

interface Flaw {
  readonly text: string;
  readonly isHigh?: boolean;
  /** Set where it could not be told: what would let us. */
  readonly untold?: string;
}

const flawsOf = (whose: string, certificate: CertificateFacts, usage: string, policy: Policy): Flaw[] => {
  const flaws: Flaw[] = [];
  // Whoever takes the key of a leaf that is an authority can issue certificates for clients.
  if (certificate.isAuthority) flaws.push({ text: `${whose} is an authority itself`, isHigh: true });
  flaws.push(...keyFlaws(whose, certificate, policy), ...signatureFlaws(whose, certificate, policy));
  const usages = certificate.extendedKeyUsage;
  if (usages.length > 0 && !usages.includes(usage) && !usages.includes(anyUsage))
    flaws.push({ text: `${whose} is not meant for ${usage === serverAuth ? 'servers' : 'clients'}` });
  return flaws;
};

const newerCollector = 'A scan by a newer collector, which reads this part of the certificate';

const keyFlaws = (whose: string, { keyType, keyBits }: CertificateFacts, policy: Policy): Flaw[] => {
  const type = keyType.toLowerCase();
  if (type === 'ed25519' || type === 'ed448') return [];
  const least = type.startsWith('rsa') ? policy.minRsaBits : type === 'ec' ? policy.minEcBits : undefined;
  if (least === undefined) return [{ text: `${whose} has a key of type ${keyType}` }];
  if (keyBits === undefined) return [{ text: `The size of the key was not seen (${whose})`, untold: newerCollector }];
  return keyBits < least ? [{ text: `${whose} has an ${keyType} key of ${keyBits} bits` }] : [];
};

const signatureFlaws = (whose: string, { signatureAlgorithm }: CertificateFacts, policy: Policy): Flaw[] => {
  // The parameters of RSASSA-PSS, not its name, hold the digest.
  if (signatureAlgorithm === undefined || /pss$/i.test(signatureAlgorithm))
    return [{ text: `The signature algorithm was not seen (${whose})`, untold: newerCollector }];
  const seen = plain(signatureAlgorithm);
  return policy.signatures.some((name) => seen.includes(plain(name)))
    ? []
    : [{ text: `${whose} is signed with ${signatureAlgorithm}` }];
};

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

const nameFlaws = ({ host }: EndpointFacts, leaf: CertificateFacts): Flaw[] => {
  if (host === undefined)
    return [{ text: 'The name that was asked for is not known', untold: 'A scan that records the registered name' }];
  if (namesHost(leaf.names, host)) return [];
  return [
    {
      text:
        leaf.names.length === 0
          ? 'The certificate has no alternative names, and its common name does not count'
          : `The certificate does not name ${host}`,
    },
  ];
};

const issuerFlaws = ({ chain = [], registeredAuthorities = [] }: EndpointFacts): Flaw[] => {
  if (registeredAuthorities.length === 0)
    return [{ text: 'No authority is registered for this host', untold: 'Registering the authority of the host' }];
  const known = registeredAuthorities.some((authority) =>
    chain.some((sent) => sent.fingerprint256 === authority.fingerprint256 || sent.issuer === authority.subject),
  );
  return known ? [] : [{ text: 'The certificate was not issued by the authority registered for this host' }];
};

const describe = (source: string, certificate: CertificateFacts): Evidence[] => [
  { source: `${source}.subject`, value: certificate.subject },
  { source: `${source}.names`, value: certificate.names },
  { source: `${source}.key`, value: `${certificate.keyType} ${certificate.keyBits ?? ''}`.trim() },
  { source: `${source}.signatureAlgorithm`, value: certificate.signatureAlgorithm ?? null },
  { source: `${source}.isAuthority`, value: certificate.isAuthority },
];
