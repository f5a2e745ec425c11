import { createPrivateKey } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import {
  issueCertificate,
  makeAuthority,
  type IssuedCertificate,
  type TestAuthority,
} from '@plimsoll/engine-simulator';
import { parseTlsMaterial, type TlsMaterial } from './tls-material.ts';

const now = new Date();
let authority: TestAuthority;
let client: IssuedCertificate;
let other: IssuedCertificate;
let good: TlsMaterial;

beforeAll(async () => {
  authority = await makeAuthority('Test authority');
  [client, other] = await Promise.all([
    issueCertificate(authority, { commonName: 'scanner', usage: 'client' }),
    issueCertificate(authority, { commonName: 'other', usage: 'client' }),
  ]);
  good = { ca: authority.certificate, certificate: client.certificate, key: client.key };
});

test('good material is taken, with facts to show', () => {
  const verdict = parseTlsMaterial(good, now);
  expect(verdict).toMatchObject({
    ok: true,
    material: good,
    facts: { authorities: [{ subject: 'CN=Test authority', isAuthority: true }], client: { subject: 'CN=scanner' } },
  });
});

test.for([
  ['a missing key', () => ({ key: '' }), 'key', 'missing'],
  ['a certificate that is no PEM', () => ({ certificate: 'hello' }), 'certificate', 'not-pem'],
  ['swapped files', () => ({ certificate: client.key }), 'certificate', 'not-pem'],
  ['a certificate in place of the key', () => ({ key: client.certificate }), 'key', 'not-pem'],
  ['an authority that is no PEM', () => ({ ca: 'hello' }), 'ca', 'not-pem'],
  ['a broken certificate', () => ({ certificate: broken(client.certificate) }), 'certificate', 'malformed'],
  ['a broken key', () => ({ key: broken(client.key) }), 'key', 'malformed'],
  ['a key of another certificate', () => ({ key: other.key }), 'key', 'key-mismatch'],
  ['an encrypted key', () => ({ key: encrypted(client.key) }), 'key', 'encrypted'],
  ['a leaf in place of the authority', () => ({ ca: client.certificate }), 'ca', 'not-an-authority'],
  ['a huge text', () => ({ ca: 'a'.repeat(300_000) }), 'ca', 'too-large'],
] as const)('%s is refused with its field', ([, change, field, reason]) => {
  const verdict = parseTlsMaterial({ ...good, ...change() }, now);
  expect(verdict).toMatchObject({ ok: false, problems: [{ field, reason }] });
});

test.for([
  ['expired', { notAfter: new Date(now.getTime() - 1_000) }],
  ['not-yet-valid', { notBefore: new Date(now.getTime() + 60_000) }],
  ['no-client-auth', { usage: 'server' }],
] as const)('a client certificate that is %s is refused', async ([reason, options]) => {
  const issued = await issueCertificate(authority, { commonName: 'scanner', usage: 'client', ...options });
  const verdict = parseTlsMaterial({ ca: authority.certificate, ...issued }, now);
  expect(verdict).toMatchObject({ ok: false, problems: [{ field: 'certificate', reason }] });
});

test('a certificate without any extended usage is taken, as dockerd takes it', async () => {
  const issued = await issueCertificate(authority, { commonName: 'scanner', usage: 'none' });
  expect(parseTlsMaterial({ ca: authority.certificate, ...issued }, now).ok).toBe(true);
});

test('all problems are told at once', () => {
  const verdict = parseTlsMaterial({ ca: '', certificate: 'x', key: 'y' }, now);
  expect(verdict.ok ? [] : verdict.problems.map(({ field }) => field)).toEqual(['ca', 'certificate', 'key']);
});

test('no message holds the key', () => {
  const verdict = parseTlsMaterial({ ...good, key: other.key }, now);
  expect(JSON.stringify(verdict)).not.toContain(other.key.split('\n')[1]);
});

const broken = (pem: string): string => pem.replace(/\n[^\n-]{20}/u, '\nAAAAAAAAAAAAAAAAAAAA');
const encrypted = (key: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
    .toString();
