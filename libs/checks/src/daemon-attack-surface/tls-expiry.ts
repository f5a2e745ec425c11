import { type CertificateFacts, type EndpointFacts, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { endpointSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';

const dayMs = 24 * 60 * 60 * 1_000;

export default defineCheck({
  id: 'tls-expiry',
  theme: 'daemon-attack-surface',
  severity: 'medium',
  subject: 'endpoint',
  title: 'The certificates of the API and of its clients are valid for long enough',
  rationale:
    'When a certificate runs out nobody reaches the host any more, least of all in an emergency; when the authority does, all at once. What is valid for many years outlives the knowledge of where its key lies.',
  remediation:
    'Renew the files that "tlscert" and "tlskey" name, and restart the daemon, which reads them at its start: systemctl restart docker. Keep the dates of the authority in a calendar, since all clients have to follow.',
  decidedBy:
    'The dates of the chain that was sent, of the registered authorities and of the certificate of this scanner, at the time of the scan by its own clock; authorities are announced earlier.',
  needs: ['endpoint'],
  parameters: z.strictObject({
    warnDays: z.number().int().default(30),
    failDays: z.number().int().default(7),
    /** For authorities, whose end stops all clients at once. */
    authorityWarnDays: z.number().int().default(90),
    maxLifetimeDays: z.number().int().default(825),
  }),
  sources: ['https://docs.docker.com/engine/security/protect-access/', 'RFC 5280, 4.1.2.5'],
  *evaluate({ snapshot, parameters }) {
    const endpoint = valueOf(snapshot.endpoint);
    if (endpoint === undefined) return;
    yield { subject: endpointSubject(snapshot), ...judgeDates(endpoint, Date.parse(snapshot.takenAt), parameters) };
  },
});

interface Policy {
  readonly warnDays: number;
  readonly failDays: number;
  readonly authorityWarnDays: number;
  readonly maxLifetimeDays: number;
}
interface Dated {
  readonly name: string;
  readonly certificate: CertificateFacts;
  readonly isLeaf: boolean;
}
interface Concern {
  readonly severity: Severity;
  readonly text: string;
}

const judgeDates = (endpoint: EndpointFacts, nowMs: number, policy: Policy): Judgement => {
  if (endpoint.transport !== 'tls') return notApplicable('The endpoint does not speak TLS');
  const dated = certificatesOf(endpoint);
  const evidence: Evidence[] = dated.map(({ name, certificate }) => ({
    source: `${name} (${certificate.subject})`,
    value: `${certificate.notBefore} to ${certificate.notAfter}`,
  }));
  // Our clock decides; a host whose own is wrong sees other dates.
  if (Math.abs(endpoint.clockSkewMs ?? 0) > 60_000)
    evidence.push({ source: 'endpoint.clockSkewMs', value: endpoint.clockSkewMs ?? null });
  const concerns = dated.flatMap((one) => concernsOf(one, nowMs, policy));
  const worst = severities.find((severity) => concerns.some((concern) => concern.severity === severity));
  if (worst !== undefined) return fail(concerns.map(({ text }) => text).join('; '), evidence, { severity: worst });
  const unreadable = dated.find(({ certificate }) => Number.isNaN(lifetimeMs(certificate)));
  if (unreadable !== undefined || Number.isNaN(nowMs))
    return unknown('A date could not be read', 'A scan by a newer collector', evidence);
  return (endpoint.chain ?? []).length === 0
    ? unknown('The endpoint did not show its certificate', 'A scan that reaches the port of the daemon', evidence)
    : pass('All certificates are valid for long enough', evidence);
};

/** Each once: servers send along the authority that is registered too. */
const certificatesOf = (endpoint: EndpointFacts): Dated[] => {
  const all: Dated[] = [
    ...(endpoint.chain ?? []).map((certificate, index) => ({
      name: `endpoint.chain[${index}]`,
      certificate,
      isLeaf: index === 0,
    })),
    ...(endpoint.registeredAuthorities ?? []).map((certificate, index) => ({
      name: `endpoint.registeredAuthorities[${index}]`,
      certificate,
      isLeaf: false,
    })),
    ...(endpoint.clientCertificate === undefined
      ? []
      : [{ name: 'endpoint.clientCertificate', certificate: endpoint.clientCertificate, isLeaf: true }]),
  ];
  const seen = new Set<string>();
  return all.filter(({ certificate: { fingerprint256 } }) => !seen.has(fingerprint256) && seen.add(fingerprint256));
};

const lifetimeMs = ({ notBefore, notAfter }: CertificateFacts): number => Date.parse(notAfter) - Date.parse(notBefore);

const concernsOf = ({ certificate, isLeaf }: Dated, nowMs: number, policy: Policy): Concern[] => {
  const { subject } = certificate;
  const leftDays = (Date.parse(certificate.notAfter) - nowMs) / dayMs;
  if (leftDays <= 0) return [{ severity: 'high', text: `${subject} has expired` }];
  if (Date.parse(certificate.notBefore) > nowMs) return [{ severity: 'high', text: `${subject} is not valid yet` }];
  const ends = `${subject} ends in ${Math.floor(leftDays)} days`;
  if (leftDays <= policy.failDays) return [{ severity: 'high', text: ends }];
  if (leftDays <= (isLeaf ? policy.warnDays : Math.max(policy.authorityWarnDays, policy.warnDays)))
    return [{ severity: 'medium', text: ends }];
  const lifetimeDays = lifetimeMs(certificate) / dayMs;
  return isLeaf && lifetimeDays > policy.maxLifetimeDays
    ? [{ severity: 'low', text: `${subject} is valid for ${Math.floor(lifetimeDays)} days in all` }]
    : [];
};
