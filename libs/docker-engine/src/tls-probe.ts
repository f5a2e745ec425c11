import type { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { TlsVersionOffer } from '@plimsoll/snapshot';
import { secureSocket } from './address-guard.ts';
import 'reflect-metadata';
import { Name } from '@peculiar/x509';
import { acceptableAuthorityNames, hasServerHello, RecordingSocket } from './acceptable-authorities.ts';
import { quoteHostText } from './engine-error.ts';

export interface TlsProbeTarget {
  readonly host: string;
  readonly open: () => Promise<Socket>;
  /** Shown to the host in these handshakes, so that a strict one goes on to the end. */
  readonly certificate: string;
  readonly key: string;
  readonly timeoutMs: number;
}

/** Old versions need the library's lowest security level, for this probe alone. */
const everyCipher = 'ALL:!aNULL:!eNULL:@SECLEVEL=0';
/** TLS 1.2 without forward secrecy or without authenticated encryption. */
const weakCiphers = 'kRSA:ECDHE+AES:DHE+AES:3DES:-AESGCM:-AESCCM:kRSA+AESGCM:kRSA+AESCCM:!aNULL:!eNULL:@SECLEVEL=0';

type Handshake = Omit<TlsVersionOffer, 'version'>;

interface SeenHandshake {
  readonly handshake: Handshake;
  /** What the host sent, from the first byte on. */
  readonly received: Buffer;
}

/** A host that picked a version and then refused our certificate has accepted the version all the same. */
const shakeHands = async (target: TlsProbeTarget, options: ConnectionOptions): Promise<SeenHandshake> => {
  const recording = new RecordingSocket(await target.open());
  const seen = (handshake: Handshake): SeenHandshake => ({ handshake, received: recording.received });
  try {
    const secured = await secureSocket(
      recording,
      target.host,
      { ...options, cert: target.certificate, key: target.key, rejectUnauthorized: false },
      { timeoutMs: target.timeoutMs },
    );
    const cipher = secured.getCipher().name;
    secured.on('error', () => undefined);
    secured.destroy();
    return seen({ accepted: true, cipher });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // Raised by our own library before a byte is sent.
    if (/NO_PROTOCOLS_AVAILABLE|NO_CIPHERS_AVAILABLE|NO_CIPHER_MATCH|INVALID_PROTOCOL/u.test(code)) {
      return seen({ accepted: false, notTried: 'The TLS library of this installation can not offer it.' });
    }
    return seen({ accepted: hasServerHello(recording.received) });
  } finally {
    recording.destroy();
  }
};

const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const;

export interface OfferedVersions {
  readonly versions: TlsVersionOffer[];
  /** See {@link acceptableAuthorityNames}; the handshake of TLS 1.2 tells them, where the host speaks that. */
  readonly acceptableAuthorities: string[] | undefined;
}

/** One handshake per version, one after the other: a careful guest opens one door at a time. */
export const offeredVersions = async (target: TlsProbeTarget): Promise<OfferedVersions> => {
  const offers: TlsVersionOffer[] = [];
  let acceptableAuthorities: string[] | undefined;
  for (const version of versions) {
    const options = { minVersion: version, maxVersion: version, ciphers: everyCipher };
    const { handshake, received } = await shakeHands(target, options);
    offers.push({ version, ...handshake });
    if (version === 'TLSv1.2') acceptableAuthorities = acceptableAuthorityNames(received)?.map(distinguishedName);
  }
  return { versions: offers, acceptableAuthorities };
};

/** A TLS 1.2 handshake that offers only weak suites. */
export const weakSuiteOffer = async (target: TlsProbeTarget): Promise<Handshake> => {
  const options = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: weakCiphers } as const;
  return (await shakeHands(target, options)).handshake;
};

const distinguishedName = (der: Buffer): string => {
  try {
    return quoteHostText(new Name(new Uint8Array(der)).toString(), 300);
  } catch {
    return 'unreadable name';
  }
};
