import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '@plimsoll/snapshot';
import { certificateFacts, certificatesOf } from './certificate-facts.ts';

/** PEM texts for mutual TLS, named as Docker's files: ca.pem, cert.pem, key.pem. */
export interface TlsMaterial {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}
export type TlsMaterialField = keyof TlsMaterial;

export const tlsMaterialReasons = [
  'missing',
  'too-large',
  'not-pem',
  'malformed',
  'encrypted',
  'key-mismatch',
  'expired',
  'not-yet-valid',
  'no-client-auth',
  'not-an-authority',
] as const;
export type TlsMaterialReason = (typeof tlsMaterialReasons)[number];

export interface TlsMaterialProblem {
  field: TlsMaterialField;
  reason: TlsMaterialReason;
  detail: string;
}
export interface TlsMaterialFacts {
  authorities: CertificateFacts[];
  client: CertificateFacts;
}
export type TlsMaterialVerdict =
  | { ok: true; material: TlsMaterial; facts: TlsMaterialFacts }
  | { ok: false; problems: TlsMaterialProblem[] };

const limitCharacters = 256 * 1024;
const clientAuthentication = '1.3.6.1.5.5.7.3.2';
const anyUsage = '2.5.29.37.0';

const names: Record<TlsMaterialField, string> = {
  ca: 'authority (ca.pem)',
  certificate: 'client certificate (cert.pem)',
  key: 'client key (key.pem)',
};

/**
 * Judges what someone wants to register: all problems at once, each with its field.
 * @param now for the dates; nothing else looks at a clock
 */
export const parseTlsMaterial = (input: Partial<TlsMaterial>, now: Date): TlsMaterialVerdict => {
  const problems: TlsMaterialProblem[] = [];
  const report = (field: TlsMaterialField, reason: TlsMaterialReason, detail: string): undefined => {
    problems.push({ field, reason, detail });
  };

  const authorities = readCertificates('ca', input.ca, report);
  const chain = readCertificates('certificate', input.certificate, report);
  const key = readKey(input.key, report);
  const leaf = chain?.[0];

  if (authorities !== undefined && !authorities.some((authority) => authority.ca)) {
    report('ca', 'not-an-authority', 'No certificate in there may sign others: it needs the basic constraint CA:TRUE.');
  }
  // A bundle may keep an old authority beside its successor: it is of no use only when none is valid.
  const [firstAuthority] = authorities ?? [];
  const isValidNow = (one: X509Certificate): boolean => one.validFromDate <= now && one.validToDate >= now;
  if (firstAuthority !== undefined && authorities?.some(isValidNow) === false) {
    judgeDates('ca', firstAuthority, now, report);
  }
  if (leaf !== undefined) {
    judgeDates('certificate', leaf, now, report);
    const usages = leaf.keyUsage;
    if (usages !== undefined && !usages.includes(clientAuthentication) && !usages.includes(anyUsage)) {
      report(
        'certificate',
        'no-client-auth',
        'The extended key usage does not name clientAuth, so dockerd will refuse it. Issue it with extendedKeyUsage = clientAuth.',
      );
    }
    if (key !== undefined && !leaf.checkPrivateKey(key)) {
      report('key', 'key-mismatch', 'The key does not belong to the first certificate of cert.pem.');
    }
  }
  const [firstProblem] = problems;
  if (firstProblem !== undefined || authorities === undefined || leaf === undefined) return { ok: false, problems };
  return {
    ok: true,
    material: { ca: input.ca ?? '', certificate: input.certificate ?? '', key: input.key ?? '' },
    facts: { authorities: authorities.map(certificateFacts), client: certificateFacts(leaf) },
  };
};

type Report = (field: TlsMaterialField, reason: TlsMaterialReason, detail: string) => undefined;

const readText = (field: TlsMaterialField, value: string | undefined, report: Report): string | undefined => {
  if (value === undefined || value.trim() === '') return report(field, 'missing', `The ${names[field]} is missing.`);
  if (value.length > limitCharacters) {
    return report(field, 'too-large', `The ${names[field]} is longer than ${limitCharacters} characters.`);
  }
  return value;
};

const readCertificates = (
  field: 'ca' | 'certificate',
  value: string | undefined,
  report: Report,
): X509Certificate[] | undefined => {
  const pem = readText(field, value, report);
  if (pem === undefined) return undefined;
  try {
    const certificates = certificatesOf(pem);
    if (certificates.length > 0) return certificates;
  } catch {
    return report(field, 'malformed', `The ${names[field]} has a PEM block that is not a certificate.`);
  }
  const held = /PRIVATE KEY-----/u.test(pem) ? ' It holds a private key: are two files swapped?' : '';
  return report(field, 'not-pem', `The ${names[field]} is not a PEM text with -----BEGIN CERTIFICATE-----.${held}`);
};

const readKey = (value: string | undefined, report: Report): KeyObject | undefined => {
  const pem = readText('key', value, report);
  if (pem === undefined) return undefined;
  if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/u.test(pem)) {
    const held = pem.includes('BEGIN CERTIFICATE') ? ' It holds a certificate: are two files swapped?' : '';
    return report('key', 'not-pem', `The client key is not a PEM text with -----BEGIN PRIVATE KEY-----.${held}`);
  }
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/mu.test(pem)) {
    return report(
      'key',
      'encrypted',
      'The client key is encrypted. Decrypt it first: openssl pkey -in key.pem -out plain.pem.',
    );
  }
  try {
    return createPrivateKey(pem);
  } catch {
    return report('key', 'malformed', 'The client key can not be read.');
  }
};

const judgeDates = (field: 'ca' | 'certificate', certificate: X509Certificate, now: Date, report: Report): void => {
  const { validFromDate, validToDate } = certificate;
  if (validToDate < now) report(field, 'expired', `The ${names[field]} expired on ${validToDate.toISOString()}.`);
  if (validFromDate > now) {
    report(field, 'not-yet-valid', `The ${names[field]} is valid only from ${validFromDate.toISOString()}.`);
  }
};
