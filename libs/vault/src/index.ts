export { generateSigningKey, loadOrCreateMasterKey, loadOrCreateSigningKey } from './key-files.ts';
export { MasterKeyring, generateMasterKey } from './master-keyring.ts';
export { Vault, dataKeyIdOf } from './vault.ts';
export type { SecretContext } from './vault.ts';
export { VaultError } from './vault-error.ts';
export type { VaultErrorCode } from './vault-error.ts';
