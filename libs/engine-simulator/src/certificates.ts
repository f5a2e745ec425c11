// The certificate library's dependency container looks for this at import.
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;

interface KeyPair {
  publicKey: webcrypto.CryptoKey;
  privateKey: webcrypto.CryptoKey;
}

/** An authority made at run time: nothing of it is ever stored with the code. */
export interface TestAuthority {
  readonly name: string;
  /** PEM. */
  readonly certificate: string;
  readonly keys: KeyPair;
}

export interface IssueOptions {
  readonly commonName: string;
  readonly usage: 'server' | 'client' | 'none';
  /** Names and addresses for the subject alternative names. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** A certificate with its key, both PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const makeKeys = (): Promise<KeyPair> => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
/** Positive and unique, as RFC 5280 asks. */
const makeSerialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

export const makeAuthority = async (name: string): Promise<TestAuthority> => {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: makeSerialNumber(),
      name: `CN=${name}`,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + 365 * dayMs),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return { name, certificate: certificate.toString('pem'), keys };
};

export const issueCertificate = async (authority: TestAuthority, options: IssueOptions): Promise<IssuedCertificate> => {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: makeSerialNumber(),
      subject: `CN=${options.commonName}`,
      issuer: `CN=${authority.name}`,
      notBefore: options.notBefore ?? new Date(Date.now() - dayMs),
      notAfter: options.notAfter ?? new Date(Date.now() + 90 * dayMs),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: authority.keys.privateKey,
      extensions: extensionsOf(options),
    },
    webcrypto,
  );
  return { certificate: certificate.toString('pem'), key: await exportKey(keys.privateKey) };
};

const usages = { server: ExtendedKeyUsage.serverAuth, client: ExtendedKeyUsage.clientAuth };

const extensionsOf = ({ usage, names = [] }: IssueOptions): Extension[] => {
  const extensions: Extension[] = [new BasicConstraintsExtension(false)];
  if (usage !== 'none') extensions.push(new ExtendedKeyUsageExtension([usages[usage]]));
  if (names.length > 0) {
    const alternatives = names.map((value) => ({
      type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
      value,
    }));
    extensions.push(new SubjectAlternativeNameExtension(alternatives));
  }
  return extensions;
};

const exportKey = async (key: webcrypto.CryptoKey): Promise<string> => {
  const body = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${body.replaceAll(/.{64}/gu, '$&\n')}\n-----END PRIVATE KEY-----\n`;
};
