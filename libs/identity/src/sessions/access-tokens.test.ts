import { createPrivateKey, createPublicKey } from 'node:crypto';
import { generateSigningKey } from '@plimsoll/vault';
import { SignJWT, UnsecuredJWT, decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { AccessTokens } from './access-tokens.ts';

const signingKey = generateSigningKey();
let now = new Date('2026-11-24T12:00:00Z');
const tokens = new AccessTokens(signingKey, 600, () => now);
const claims = {
  userId: '0199c0de-7c1e-7000-8000-000000000001',
  tenantId: '0199c0de-7c1e-7000-8000-000000000002',
  sessionId: '0199c0de-7c1e-7000-8000-000000000003',
  role: 'operator',
} as const;
const invalid = { name: 'AccessTokenInvalid', reason: 'invalid' };

/** A token that is right in everything but what is changed. */
const forge = (change: (jwt: SignJWT) => SignJWT, header: Record<string, string> = {}): Promise<string> =>
  change(
    new SignJWT({ tid: claims.tenantId, role: 'owner', sid: claims.sessionId })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header })
      .setSubject(claims.userId)
      .setIssuer('plimsoll')
      .setAudience('plimsoll-api')
      .setJti('x')
      .setIssuedAt(now)
      .setExpirationTime(new Date(now.getTime() + 60_000)),
  ).sign(createPrivateKey(signingKey));

describe('an access token', () => {
  test('says who, where and as what, for ten minutes', async () => {
    const { token, expiresAt } = await tokens.sign(claims);
    expect(await tokens.verify(token)).toEqual(claims);
    expect(expiresAt.toISOString()).toBe('2026-11-24T12:10:00.000Z');
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(decodeJwt(token)).toMatchObject({ iss: 'plimsoll', aud: 'plimsoll-api', jti: expect.any(String) });
  });

  test('has an id of its own', async () => {
    const [first, second] = [await tokens.sign(claims), await tokens.sign(claims)];
    expect(decodeJwt(first.token).jti).not.toBe(decodeJwt(second.token).jti);
  });

  test('expires on the second', async () => {
    const { token } = await tokens.sign(claims);
    const start = now;
    now = new Date(start.getTime() + 599_000);
    await expect(tokens.verify(token)).resolves.toEqual(claims);
    now = new Date(start.getTime() + 600_000);
    await expect(tokens.verify(token)).rejects.toMatchObject({ reason: 'expired' });
    now = start;
  });

  test.for([
    ['another issuer', forge((jwt) => jwt.setIssuer('other'))],
    ['another audience', forge((jwt) => jwt.setAudience('other'))],
    ['another type', forge((jwt) => jwt, { typ: 'JWT' })],
    ['no user', forge((jwt) => jwt.setSubject('somebody'))],
    ['the empty text', Promise.resolve('')],
    ['text that is none', Promise.resolve('a.b.c')],
    [
      'no signature',
      Promise.resolve(
        new UnsecuredJWT({ tid: claims.tenantId, role: 'owner', sid: claims.sessionId })
          .setSubject(claims.userId)
          .setIssuer('plimsoll')
          .setAudience('plimsoll-api')
          .setIssuedAt()
          .setExpirationTime('1h')
          .encode(),
      ),
    ],
  ] as const)('is refused with %s', async ([, forged]) => {
    await expect(tokens.verify(await forged)).rejects.toMatchObject(invalid);
  });

  test('is accepted as forged above when nothing is changed', async () => {
    await expect(tokens.verify(await forge((jwt) => jwt))).resolves.toMatchObject({ role: 'owner' });
  });

  test('is refused when it never ends', async () => {
    const endless = await new SignJWT({ tid: claims.tenantId, role: 'owner', sid: claims.sessionId })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt' })
      .setSubject(claims.userId)
      .setIssuer('plimsoll')
      .setAudience('plimsoll-api')
      .setJti('x')
      .setIssuedAt(now)
      .sign(createPrivateKey(signingKey));
    await expect(tokens.verify(endless)).rejects.toMatchObject(invalid);
  });

  test('is refused when the public key was used as a shared secret', async () => {
    const publicKey = createPublicKey(signingKey).export({ type: 'spki', format: 'pem' });
    const forged = await new SignJWT({ tid: claims.tenantId, role: 'owner', sid: claims.sessionId })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setSubject(claims.userId)
      .setIssuer('plimsoll')
      .setAudience('plimsoll-api')
      .setIssuedAt(now)
      .setExpirationTime('1h')
      .sign(Buffer.from(publicKey));
    await expect(tokens.verify(forged)).rejects.toMatchObject(invalid);
  });

  test('is refused when it was signed by another key or changed', async () => {
    const foreign = await new AccessTokens(generateSigningKey(), 600, () => now).sign(claims);
    await expect(tokens.verify(foreign.token)).rejects.toMatchObject(invalid);
    const { token } = await tokens.sign(claims);
    const [header, payload, signature] = token.split('.');
    const changed = Buffer.from(JSON.stringify({ ...decodeJwt(token), role: 'owner' })).toString('base64url');
    expect(payload).not.toBe(changed);
    await expect(tokens.verify([header, changed, signature].join('.'))).rejects.toMatchObject(invalid);
  });
});

test('a key that is not Ed25519 is refused at the start', () => {
  const other = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2
OF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65BtOMvdyHKcvjBeBSDZH2r
1RTwjmYSi9R/zpBnuQ4EiMnCqfMPWiZqB4QdbAd0E7oH50VpuZ1P087G
-----END PRIVATE KEY-----`;
  expect(() => new AccessTokens(other, 600, () => now)).toThrow(TypeError);
});
