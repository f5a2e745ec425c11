import { hkdfSync, randomBytes } from 'node:crypto';
import { associatedDataOf, openBox, sealBox } from './sealed-box.ts';
import { VaultError } from './vault-error.ts';

const keyBytes = 32;

interface MasterKey {
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A data key as the database holds it. */
export interface WrappedKey {
  readonly wrappedKey: Uint8Array;
  /** Id of the master key that wrapped it. */
  readonly wrappingKeyId: string;
}

/** A fresh master key as text, for a key file or `PLIMSOLL_MASTER_KEY`: 32 random bytes in base64. */
export const generateMasterKey = (): string => randomBytes(keyBytes).toString('base64');

/**
 * The keys that wrap the tenants' data keys. The first wraps; the others only unwrap what is not yet re-wrapped.
 * A key's id is derived from the key, one way, so nobody has to name keys and a wrong key is recognised as such.
 */
export class MasterKeyring {
  readonly #keys: readonly [MasterKey, ...MasterKey[]];

  private constructor(keys: readonly [MasterKey, ...MasterKey[]]) {
    this.#keys = keys;
  }

  /**
   * @param text 32 bytes in base64 or base64url; several are separated by commas or white space, the current one first
   * @throws VaultError `master-key-invalid`
   */
  static parse(text: string): MasterKeyring {
    const keys = text
      .split(/[\s,]+/)
      .filter((part) => part !== '')
      .map(parseMasterKey);
    const [first, ...rest] = keys;
    if (first === undefined) throw new VaultError('master-key-invalid', 'No master key was given');
    return new MasterKeyring([first, ...rest]);
  }

  /** Id of the key that wraps. */
  get currentKeyId(): string {
    return this.#keys[0].id;
  }

  /** Ids of all keys, the current one first. */
  get keyIds(): readonly string[] {
    return this.#keys.map((key) => key.id);
  }

  /** Secrets for another purpose, one derived from each key of the ring, that of the current key first. */
  deriveSecrets(purpose: string): readonly Uint8Array[] {
    return this.#keys.map(
      ({ bytes }) => new Uint8Array(hkdfSync('sha256', bytes, '', `plimsoll/${purpose}`, keyBytes)),
    );
  }

  /** Wraps a data key for one tenant. */
  wrap(tenantId: string, dataKeyId: string, dataKey: Uint8Array): WrappedKey {
    const { id, bytes } = this.#keys[0];
    return { wrappedKey: sealBox(bytes, wrappingContext(id, tenantId, dataKeyId), dataKey), wrappingKeyId: id };
  }

  /**
   * @throws VaultError `master-key-missing` when no key of the ring has the id, `data-key-damaged` when it does not fit
   */
  unwrap(tenantId: string, dataKeyId: string, wrapped: WrappedKey): Uint8Array {
    const key = this.#keys.find((candidate) => candidate.id === wrapped.wrappingKeyId);
    if (key === undefined) {
      throw new VaultError(
        'master-key-missing',
        `The stored secrets need the master key ${wrapped.wrappingKeyId}, but this process was given ${this.keyIds.join(', ')}. ` +
          'Start it with the master key that this installation was first started with (PLIMSOLL_MASTER_KEY, PLIMSOLL_MASTER_KEY_FILE or the key file in the data folder).',
      );
    }
    try {
      return openBox(key.bytes, wrappingContext(key.id, tenantId, dataKeyId), wrapped.wrappedKey);
    } catch (cause) {
      throw new VaultError('data-key-damaged', `The stored data key ${dataKeyId} was changed or moved`, { cause });
    }
  }
}

const wrappingContext = (masterKeyId: string, tenantId: string, dataKeyId: string): Uint8Array =>
  associatedDataOf('plimsoll/data-key/v1', masterKeyId, tenantId, dataKeyId);

const parseMasterKey = (text: string): MasterKey => {
  const bytes = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
  if (bytes.byteLength !== keyBytes) {
    throw new VaultError(
      'master-key-invalid',
      'A master key must be 32 bytes in base64; make one with: openssl rand -base64 32',
    );
  }
  if (bytes.every((byte) => byte === bytes[0])) {
    throw new VaultError('master-key-invalid', 'A master key must be random; this one repeats a single byte');
  }
  return { id: Buffer.from(hkdfSync('sha256', bytes, '', 'plimsoll/master-key-id', 6)).toString('hex'), bytes };
};
