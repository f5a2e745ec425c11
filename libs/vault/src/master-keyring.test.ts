import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { MasterKeyring, generateMasterKey } from './master-keyring.ts';

const tenantId = randomUUID();
const dataKeyId = randomUUID();
const dataKey = randomBytes(32);

describe('a keyring', () => {
  test('unwraps what it wrapped', () => {
    const keyring = MasterKeyring.parse(generateMasterKey());
    const wrapped = keyring.wrap(tenantId, dataKeyId, dataKey);
    expect(wrapped.wrappingKeyId).toBe(keyring.currentKeyId);
    expect(Buffer.from(keyring.unwrap(tenantId, dataKeyId, wrapped))).toEqual(dataKey);
  });

  test('wraps with its first key and unwraps with any', () => {
    const [older, newer] = [generateMasterKey(), generateMasterKey()];
    const wrapped = MasterKeyring.parse(older).wrap(tenantId, dataKeyId, dataKey);
    const both = MasterKeyring.parse(`${newer}\n${older}\n`);
    expect(Buffer.from(both.unwrap(tenantId, dataKeyId, wrapped))).toEqual(dataKey);
    expect(both.wrap(tenantId, dataKeyId, dataKey).wrappingKeyId).toBe(MasterKeyring.parse(newer).currentKeyId);
  });

  test('names the key that is missing and what to set', () => {
    const right = MasterKeyring.parse(generateMasterKey());
    const wrong = MasterKeyring.parse(generateMasterKey());
    const wrapped = right.wrap(tenantId, dataKeyId, dataKey);
    expect(() => wrong.unwrap(tenantId, dataKeyId, wrapped)).toThrow(
      expect.objectContaining({
        code: 'master-key-missing',
        message: expect.stringMatching(new RegExp(`${right.currentKeyId}.*${wrong.currentKeyId}.*PLIMSOLL_MASTER_KEY`)),
      }),
    );
  });

  test.for([
    ['another tenant', randomUUID(), dataKeyId],
    ['another data key', tenantId, randomUUID()],
  ] as const)('does not unwrap a data key that was moved to %s', ([, otherTenantId, otherDataKeyId]) => {
    const keyring = MasterKeyring.parse(generateMasterKey());
    const wrapped = keyring.wrap(tenantId, dataKeyId, dataKey);
    expect(() => keyring.unwrap(otherTenantId, otherDataKeyId, wrapped)).toThrow(
      expect.objectContaining({ code: 'data-key-damaged' }),
    );
  });
});

test.for([
  ['nothing', ''],
  ['a passphrase', 'correct horse battery staple'],
  ['16 bytes', randomBytes(16).toString('base64')],
  ['33 bytes', randomBytes(33).toString('base64')],
  ['hexadecimal', randomBytes(32).toString('hex')],
  ['only zeroes', Buffer.alloc(32).toString('base64')],
  ['a second key that is none', `${generateMasterKey()},oops`],
] as const)('a master key is refused when it is %s', ([, text]) => {
  expect(() => MasterKeyring.parse(text)).toThrow(expect.objectContaining({ code: 'master-key-invalid' }));
});

test('a refused master key is not repeated in the message', () => {
  const text = randomBytes(16).toString('base64');
  expect(() => MasterKeyring.parse(text)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining(text) }),
  );
});

test('base64url is taken as well', () => {
  const bytes = randomBytes(32);
  expect(MasterKeyring.parse(bytes.toString('base64url')).currentKeyId).toBe(
    MasterKeyring.parse(bytes.toString('base64')).currentKeyId,
  );
});
