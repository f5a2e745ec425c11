import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { newId } from '@plimsoll/persistence';
import type { Transaction } from '@plimsoll/persistence';
import { stringify as uuidToText, parse as uuidToBytes } from 'uuid';
import type { MasterKeyring } from './master-keyring.ts';
import { associatedDataOf, boxOverheadBytes, openBox, sealBox } from './sealed-box.ts';
import { VaultError } from './vault-error.ts';

/** What a secret is for and whose it is; bound into the ciphertext, so it opens nowhere else. */
export interface SecretContext {
  readonly purpose: 'host-client-key' | 'webhook-signing-secret' | 'idempotent-answer';
  /** Id of the host, the webhook endpoint … that the secret belongs to. */
  readonly subjectId: string;
}

/** What a fingerprint is for: the same text has another one for another purpose. */
export type FingerprintPurpose = 'idempotent-request';

const formatVersion = 1;
const dataKeyIdBytes = 16;
const headerBytes = 1 + dataKeyIdBytes;

/**
 * Envelope encryption: a secret is sealed under its tenant's data key, and that one is wrapped by a master key which
 * the database never sees. Sealed secrets are `version (1) | data key id (16) | nonce (12) | ciphertext | tag (16)`.
 */
export class Vault {
  readonly #keyring: MasterKeyring;

  constructor(keyring: MasterKeyring) {
    this.#keyring = keyring;
  }

  /**
   * A text's HMAC-SHA-256 under a secret of this installation: to recognise a text that may hold a password, in a form
   * in which nobody who has only the database can try passwords.
   */
  fingerprint(purpose: FingerprintPurpose, text: string): Uint8Array<ArrayBuffer> {
    const [current] = this.#fingerprints(purpose, text);
    if (current === undefined) throw new Error('A keyring has a key');
    return current;
  }

  /** Whether `fingerprint` made it of this text, also under an older master key of the ring. */
  isFingerprintOf(purpose: FingerprintPurpose, text: string, fingerprint: Uint8Array): boolean {
    return this.#fingerprints(purpose, text).some(
      (own) => own.byteLength === fingerprint.byteLength && timingSafeEqual(own, fingerprint),
    );
  }

  #fingerprints(purpose: FingerprintPurpose, text: string): Uint8Array<ArrayBuffer>[] {
    return this.#keyring
      .deriveSecrets(`fingerprint/${purpose}`)
      .map((secret) => Uint8Array.from(createHmac('sha256', secret).update(text).digest()));
  }

  /** Seals a secret inside the tenant's transaction; the tenant's first one makes its data key. */
  async seal(
    tx: Transaction,
    tenantId: string,
    context: SecretContext,
    plaintext: Uint8Array | string,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const dataKey = (await this.#currentDataKey(tx, tenantId)) ?? (await this.#createDataKey(tx, tenantId));
    const bytes = typeof plaintext === 'string' ? Buffer.from(plaintext, 'utf8') : plaintext;
    const box = sealBox(dataKey.bytes, secretContext(tenantId, context, dataKey.id), bytes);
    return Uint8Array.from(Buffer.concat([Uint8Array.of(formatVersion), uuidToBytes(dataKey.id), box]));
  }

  /**
   * Opens what `seal` made for the same tenant, purpose and subject.
   * @throws VaultError `ciphertext-rejected` when it was changed or moved, `master-key-missing` with a wrong master key
   */
  async open(tx: Transaction, tenantId: string, context: SecretContext, sealed: Uint8Array): Promise<Uint8Array> {
    const dataKeyId = dataKeyIdOf(sealed);
    const row = await tx.tenantDataKey.findUnique({ where: { id: dataKeyId, tenantId } });
    if (row === null) throw new VaultError('data-key-missing', `The tenant has no data key ${dataKeyId}`);
    const dataKey = this.#keyring.unwrap(tenantId, dataKeyId, row);
    return openBox(dataKey, secretContext(tenantId, context, dataKeyId), sealed.subarray(headerBytes));
  }

  /**
   * Wraps the tenant's data keys by the current master key where they are not yet; secrets stay as they are.
   * @returns how many were wrapped anew
   */
  async rewrap(tx: Transaction, tenantId: string): Promise<number> {
    const rows = await tx.tenantDataKey.findMany({
      where: { tenantId, wrappingKeyId: { not: this.#keyring.currentKeyId } },
    });
    for (const row of rows) {
      const bytes = this.#keyring.unwrap(tenantId, row.id, row);
      const { wrappedKey, wrappingKeyId } = this.#keyring.wrap(tenantId, row.id, bytes);
      await tx.tenantDataKey.update({
        where: { id: row.id, tenantId },
        data: { wrappedKey: Uint8Array.from(wrappedKey), wrappingKeyId },
      });
    }
    return rows.length;
  }

  /**
   * Finds out whether this master key is the one that the tenant's secrets were sealed with; a tenant without any fits.
   * @throws VaultError `master-key-missing`, `data-key-damaged`
   */
  async confirmMasterKey(tx: Transaction, tenantId: string): Promise<void> {
    await this.#currentDataKey(tx, tenantId);
  }

  async #currentDataKey(tx: Transaction, tenantId: string): Promise<DataKey | null> {
    const row = await tx.tenantDataKey.findFirst({
      where: { tenantId, retiredAt: null },
      orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
    });
    return row === null ? null : { id: row.id, bytes: this.#keyring.unwrap(tenantId, row.id, row) };
  }

  async #createDataKey(tx: Transaction, tenantId: string): Promise<DataKey> {
    // Two first secrets at once must not make two keys: the second waits here and then finds the first one's.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`tenant-data-key:${tenantId}`}, 0))`;
    const existing = await this.#currentDataKey(tx, tenantId);
    if (existing !== null) return existing;
    const dataKey: DataKey = { id: newId(), bytes: randomBytes(32) };
    const { wrappedKey, wrappingKeyId } = this.#keyring.wrap(tenantId, dataKey.id, dataKey.bytes);
    await tx.tenantDataKey.create({
      data: { id: dataKey.id, tenantId, wrappedKey: Uint8Array.from(wrappedKey), wrappingKeyId },
    });
    return dataKey;
  }
}

interface DataKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/**
 * The id of the data key that a sealed secret needs, for the column that keeps the key from being deleted.
 * @throws VaultError `ciphertext-malformed`
 */
export const dataKeyIdOf = (sealed: Uint8Array): string => {
  if (sealed.byteLength < headerBytes + boxOverheadBytes || sealed[0] !== formatVersion) {
    throw new VaultError('ciphertext-malformed', 'This is not a sealed secret of this vault');
  }
  try {
    return uuidToText(sealed, 1);
  } catch (cause) {
    throw new VaultError('ciphertext-malformed', 'This is not a sealed secret of this vault', { cause });
  }
};

const secretContext = (tenantId: string, context: SecretContext, dataKeyId: string): Uint8Array =>
  associatedDataOf('plimsoll/secret/v1', tenantId, context.purpose, context.subjectId, dataKeyId);
