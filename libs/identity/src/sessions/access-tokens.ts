import { createPrivateKey, createPublicKey, hkdfSync, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Role } from '@plimsoll/contracts';
import { Role as RoleSchema, Uuid } from '@plimsoll/contracts';
import { SignJWT, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock.ts';

/** What an access token says; the role is what it was when it was signed, and is read anew at each use. */
export interface AccessTokenClaims {
  readonly userId: string;
  readonly tenantId: string;
  readonly role: Role;
  /** The session (family of refresh tokens) that it came from. */
  readonly sessionId: string;
}

export interface SignedToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What was wrong with a token; `expired` is the everyday case that a refresh mends. */
export class AccessTokenInvalid extends Error {
  override readonly name = 'AccessTokenInvalid';
  readonly reason: 'expired' | 'invalid';

  constructor(reason: 'expired' | 'invalid', options?: ErrorOptions) {
    super(`The access token is ${reason}`, options);
    this.reason = reason;
  }
}

const algorithm = 'EdDSA';
/** RFC 9068: keeps other tokens that this key may one day sign from being taken for access tokens. */
const tokenType = 'at+jwt';
const issuer = 'plimsoll';
const audience = 'plimsoll-api';

const Claims = z.object({ sub: Uuid, tid: Uuid, role: RoleSchema, sid: Uuid, jti: z.string() });

/** Signs and verifies access tokens: short-lived JWTs (EdDSA over Ed25519). */
export class AccessTokens {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #lifetimeSeconds: number;
  readonly #now: Clock;

  /** @param signingKey Ed25519 private key as PKCS #8 PEM */
  constructor(signingKey: string, lifetimeSeconds: number, now: Clock) {
    this.#privateKey = createPrivateKey(signingKey);
    if (this.#privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('The token signing key must be Ed25519');
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#lifetimeSeconds = lifetimeSeconds;
    this.#now = now;
  }

  async sign(claims: AccessTokenClaims): Promise<SignedToken> {
    const issuedAt = Math.floor(this.#now().getTime() / 1_000);
    const expiresAt = issuedAt + this.#lifetimeSeconds;
    const token = await new SignJWT({ tid: claims.tenantId, role: claims.role, sid: claims.sessionId })
      .setProtectedHeader({ alg: algorithm, typ: tokenType })
      .setSubject(claims.userId)
      .setIssuer(issuer)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(this.#privateKey);
    return { token, expiresAt: new Date(expiresAt * 1_000) };
  }

  /** @throws AccessTokenInvalid */
  async verify(token: string): Promise<AccessTokenClaims> {
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: [algorithm],
        typ: tokenType,
        issuer,
        audience,
        requiredClaims: ['exp', 'iat'],
        currentDate: this.#now(),
      });
      const { sub, tid, role, sid } = Claims.parse(payload);
      return { userId: sub, tenantId: tid, role, sessionId: sid };
    } catch (cause) {
      throw new AccessTokenInvalid(cause instanceof errors.JWTExpired ? 'expired' : 'invalid', { cause });
    }
  }

  /** A secret for another purpose, derived from the signing key, so that there is one key to keep. */
  deriveSecret(purpose: string): Uint8Array {
    const seed = this.#privateKey.export({ format: 'der', type: 'pkcs8' });
    return new Uint8Array(hkdfSync('sha256', seed, '', `plimsoll/${purpose}`, 32));
  }
}
