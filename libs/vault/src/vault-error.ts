export type VaultErrorCode =
  /** The master key's text is not 32 bytes in base64. */
  | 'master-key-invalid'
  /** A data key is wrapped by a master key that this process was not given. */
  | 'master-key-missing'
  /** The master key has the right id, yet does not unwrap the data key: the stored row was changed. */
  | 'data-key-damaged'
  /** A ciphertext names a data key that the tenant does not have. */
  | 'data-key-missing'
  /** Not a ciphertext of this vault: too short, or of an unknown version. */
  | 'ciphertext-malformed'
  /** Changed, or sealed for another tenant, purpose or subject. */
  | 'ciphertext-rejected'
  /** A key file could not be read or is not what it should be. */
  | 'key-file-invalid';

/** Why a secret could not be sealed or opened. Never holds key material or plaintext. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
  readonly code: VaultErrorCode;

  constructor(code: VaultErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
