import { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '@plimsoll/snapshot';

/** What is worth keeping of a certificate: nothing in it is a secret. */
export const certificateFacts = (certificate: X509Certificate): CertificateFacts => {
  const key = certificate.publicKey;
  const details = key.asymmetricKeyDetails ?? {};
  const bits = details.modulusLength ?? ecBits[details.namedCurve ?? ''] ?? ecBits[key.asymmetricKeyType ?? ''];
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serialNumber: certificate.serialNumber,
    notBefore: certificate.validFromDate.toISOString(),
    notAfter: certificate.validToDate.toISOString(),
    names: certificate.subjectAltName?.split(', ').map((name) => name.replace(/^IP Address:/u, 'IP:')) ?? [],
    keyType: key.asymmetricKeyType ?? 'unknown',
    ...(bits === undefined ? {} : { keyBits: bits }),
    ...(details.namedCurve === undefined ? {} : { curve: details.namedCurve }),
    ...(certificate.signatureAlgorithm === undefined ? {} : { signatureAlgorithm: certificate.signatureAlgorithm }),
    isAuthority: certificate.ca,
    selfIssued: certificate.checkIssued(certificate),
    extendedKeyUsage: certificate.keyUsage ?? [],
    fingerprint256: certificate.fingerprint256,
  };
};

const ecBits: Record<string, number> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
  ed25519: 256,
  ed448: 456,
};

/** Node separates the parts of a name by line ends. */
const oneLine = (name: string): string => name.split('\n').join(', ');

const pemBlock = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/gu;

/** All certificates of a PEM text, in order. @throws Error when a block is no certificate */
export const certificatesOf = (pem: string): X509Certificate[] =>
  (pem.match(pemBlock) ?? []).map((block) => new X509Certificate(block));
