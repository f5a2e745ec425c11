import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { VaultError } from './vault-error.ts';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Bytes that a box adds to its plaintext. */
export const boxOverheadBytes = nonceBytes + tagBytes;

/**
 * AES-256-GCM with a random nonce: `nonce (12) | ciphertext | tag (16)`.
 * A random 96-bit nonce is safe for 2^32 boxes per key (NIST SP 800-38D, 8.3); keys here are per tenant.
 */
export const sealBox = (key: Uint8Array, associatedData: Uint8Array, plaintext: Uint8Array): Uint8Array => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, cipher.getAuthTag()]);
};

/**
 * Opens what `sealBox` made with the same key and associated data.
 * @throws VaultError `ciphertext-malformed` when too short, `ciphertext-rejected` when anything differs
 */
export const openBox = (key: Uint8Array, associatedData: Uint8Array, box: Uint8Array): Uint8Array => {
  if (box.byteLength < boxOverheadBytes) throw new VaultError('ciphertext-malformed', 'The ciphertext is too short');
  // A fixed tag length: without it GCM would accept a tag cut down to four bytes.
  const decipher = createDecipheriv(algorithm, key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(associatedData);
  decipher.setAuthTag(box.subarray(box.byteLength - tagBytes));
  try {
    return Buffer.concat([decipher.update(box.subarray(nonceBytes, box.byteLength - tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new VaultError(
      'ciphertext-rejected',
      'The ciphertext was changed, or sealed under another key or for another purpose',
      { cause },
    );
  }
};

/** Joins parts so that no two different lists give the same bytes: each is preceded by its length. */
export const associatedDataOf = (...parts: readonly string[]): Uint8Array =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part, 'utf8');
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.byteLength);
      return [length, bytes];
    }),
  );
