import { createHash, randomBytes } from 'node:crypto';
import { newId } from '@plimsoll/persistence';
import { aTenant, createTestDatabase } from '@plimsoll/persistence/testing';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MasterKeyring, Vault, dataKeyIdOf, generateMasterKey } from './index.ts';
import type { SecretContext } from './index.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(() => db.close());

const masterKey = generateMasterKey();
const vault = new Vault(MasterKeyring.parse(masterKey));
const secret = '-----BEGIN PRIVATE KEY-----\nMC4CAQ…';
const hostKey = (): SecretContext => ({ purpose: 'host-client-key', subjectId: newId() });

let tenantId: string;
beforeEach(async () => {
  tenantId = (await aTenant(db.database)).id;
});

const seal = (context: SecretContext, plaintext: Uint8Array | string = secret, owner = tenantId): Promise<Uint8Array> =>
  db.database.forTenant(owner, (tx) => vault.seal(tx, owner, context, plaintext));
const open = (context: SecretContext, sealed: Uint8Array, owner = tenantId, by = vault): Promise<Uint8Array> =>
  db.database.forTenant(owner, (tx) => by.open(tx, owner, context, sealed));
const dataKeys = (owner = tenantId) =>
  db.database.forTenant(owner, (tx) => tx.tenantDataKey.findMany({ where: { tenantId: owner } }));

describe('a sealed secret', () => {
  test.for([
    ['text', secret, Buffer.from(secret)],
    ['bytes', Uint8Array.of(0, 255, 0), Buffer.of(0, 255, 0)],
    ['nothing', '', Buffer.alloc(0)],
    ['64 KiB', Buffer.alloc(65_536, 7), Buffer.alloc(65_536, 7)],
  ] as const)('opens to what it was: %s', async ([, plaintext, expected]) => {
    const context = hostKey();
    expect(Buffer.from(await open(context, await seal(context, plaintext)))).toEqual(expected);
  });

  test('holds nothing of its plaintext, and neither does its data key', async () => {
    const sealed = await seal(hostKey());
    expect(Buffer.from(sealed).includes('PRIVATE KEY')).toBe(false);
    const [dataKey] = await dataKeys();
    expect(dataKey?.wrappedKey).toHaveLength(12 + 32 + 16);
  });

  test('does not open for another host, or another purpose', async () => {
    const context = hostKey();
    const sealed = await seal(context);
    const rejected = { code: 'ciphertext-rejected' };
    await expect(open(hostKey(), sealed)).rejects.toMatchObject(rejected);
    await expect(open({ ...context, purpose: 'webhook-signing-secret' }, sealed)).rejects.toMatchObject(rejected);
  });

  test('does not open for another tenant', async () => {
    const context = hostKey();
    const sealed = await seal(context);
    const thief = (await aTenant(db.database)).id;
    await expect(open(context, sealed, thief)).rejects.toMatchObject({ code: 'data-key-missing' });
  });

  test('does not open for another tenant that has stolen the data key as well', async () => {
    const context = hostKey();
    const sealed = await seal(context);
    const thief = (await aTenant(db.database)).id;
    await db.asOwner('UPDATE tenant_data_keys SET tenant_id = $1 WHERE tenant_id = $2', [thief, tenantId]);
    await expect(open(context, sealed, thief)).rejects.toMatchObject({ code: 'data-key-damaged' });
  });

  test('does not open when any part of it was changed', async () => {
    const context = hostKey();
    const sealed = await seal(context);
    for (const [index, code] of [
      [0, 'ciphertext-malformed'],
      [5, 'data-key-missing'],
      [17, 'ciphertext-rejected'],
      [30, 'ciphertext-rejected'],
      [sealed.byteLength - 1, 'ciphertext-rejected'],
    ] as const) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      await expect(open(context, changed)).rejects.toMatchObject({ code });
    }
  });

  test.for([
    ['empty', new Uint8Array()],
    ['random', randomBytes(80)],
  ] as const)('is told from bytes that are none: %s', ([, bytes]) => {
    // The first byte is the version; make sure that chance does not hit it.
    if (bytes.length > 0) bytes[0] = 9;
    expect(() => dataKeyIdOf(bytes)).toThrow(expect.objectContaining({ code: 'ciphertext-malformed' }));
  });
});

describe('the data key', () => {
  test('is one for the tenant, even when its first secrets are sealed at once', async () => {
    const sealed = await Promise.all(Array.from({ length: 6 }, () => seal(hostKey())));
    const keys = await dataKeys();
    expect(keys).toHaveLength(1);
    expect(new Set(sealed.map(dataKeyIdOf))).toEqual(new Set([keys[0]?.id]));
  });

  test('is another one for every tenant', async () => {
    const other = (await aTenant(db.database)).id;
    expect(dataKeyIdOf(await seal(hostKey()))).not.toBe(dataKeyIdOf(await seal(hostKey(), secret, other)));
  });
});

describe('a fingerprint', () => {
  const fingerprint = (text: string, by = vault) => by.fingerprint('idempotent-request', text);

  test('is the same for the same text, of this installation alone, and no plain hash', () => {
    const elsewhere = new Vault(MasterKeyring.parse(generateMasterKey()));
    const again = new Vault(MasterKeyring.parse(masterKey));
    expect(fingerprint('password', again)).toEqual(fingerprint('password'));
    expect(fingerprint('password', elsewhere)).not.toEqual(fingerprint('password'));
    expect(fingerprint('Password')).not.toEqual(fingerprint('password'));
    expect(Buffer.from(fingerprint('password'))).not.toEqual(createHash('sha256').update('password').digest());
  });

  test('is recognised while the master key is changed', () => {
    const rotating = new Vault(MasterKeyring.parse(`${generateMasterKey()},${masterKey}`));
    const made = fingerprint('password');
    expect(rotating.isFingerprintOf('idempotent-request', 'password', made)).toBe(true);
    expect(rotating.isFingerprintOf('idempotent-request', 'Password', made)).toBe(false);
    expect(rotating.isFingerprintOf('idempotent-request', 'password', made.subarray(1))).toBe(false);
  });
});

describe('with another master key', () => {
  const otherKey = generateMasterKey();

  test('nothing opens, and the error says which key is needed', async () => {
    const context = hostKey();
    const sealed = await seal(context);
    const wrong = new Vault(MasterKeyring.parse(otherKey));
    await expect(open(context, sealed, tenantId, wrong)).rejects.toMatchObject({
      code: 'master-key-missing',
      message: expect.stringContaining(MasterKeyring.parse(masterKey).currentKeyId),
    });
  });

  test('data keys are wrapped anew, and after that the old one is not needed', async () => {
    const context = hostKey();
    const sealed = await seal(context);
    const rotating = new Vault(MasterKeyring.parse(`${otherKey},${masterKey}`));
    const rewrap = () => db.database.forTenant(tenantId, (tx) => rotating.rewrap(tx, tenantId));
    expect(await rewrap()).toBe(1);
    expect(await rewrap()).toBe(0);
    const renewed = new Vault(MasterKeyring.parse(otherKey));
    expect(Buffer.from(await open(context, sealed, tenantId, renewed)).toString()).toBe(secret);
    await expect(open(context, sealed)).rejects.toMatchObject({ code: 'master-key-missing' });
  });
});
