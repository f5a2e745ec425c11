// The certificate library's dependency container looks for this at import.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { ExtendedKeyUsage, ExtendedKeyUsageExtension, X509CertificateGenerator } from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface ForeignCertificate {
  readonly certificate: string;
  readonly key: string;
}

const reusedForMs = 1_800_000;
let latest: { readonly at: number; readonly made: Promise<ForeignCertificate> } | undefined;

/** A foreign certificate that is valid at this moment; all scans of half an hour show the same one. */
export const foreignCertificate = (now: Date): Promise<ForeignCertificate> => {
  const at = now.getTime();
  if (latest === undefined || Math.abs(at - latest.at) > reusedForMs) {
    const made = makeForeignCertificate(now);
    latest = { at, made };
    // A failure is not kept: the next scan tries again.
    made.catch(() => {
      latest = undefined;
    });
  }
  return latest.made;
};

/**
 * A client certificate that no host has a reason to accept: of an authority that did not exist a moment ago.
 * Its name says what it is for whoever finds it in a log.
 */
const makeForeignCertificate = async (now: Date): Promise<ForeignCertificate> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: 'CN=plimsoll-probe-of-unknown-authority',
      notBefore: new Date(now.getTime() - 3_600_000),
      notAfter: new Date(now.getTime() + 3_600_000),
      signingAlgorithm: algorithm,
      keys,
      extensions: [new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth])],
    },
    webcrypto,
  );
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const body = key.toString('base64').replaceAll(/.{64}/gu, '$&\n');
  return {
    certificate: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----\n`,
  };
};
