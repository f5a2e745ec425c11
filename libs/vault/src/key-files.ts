import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MasterKeyring, generateMasterKey } from './master-keyring.ts';
import { VaultError } from './vault-error.ts';

/**
 * Reads the master keys from a file, or makes the file (mode 0600) with a fresh key where there is none.
 * @param path one key per line, the current one first
 * @throws VaultError `key-file-invalid`, `master-key-invalid`
 */
export const loadOrCreateMasterKey = async (path: string): Promise<MasterKeyring> =>
  MasterKeyring.parse(await readOrCreate(path, () => `${generateMasterKey()}\n`));

/**
 * Reads the key that signs access tokens, or makes it (mode 0600) where there is none.
 * @returns an Ed25519 private key as PKCS #8 PEM
 * @throws VaultError `key-file-invalid`
 */
export const loadOrCreateSigningKey = (path: string): Promise<string> => readOrCreate(path, generateSigningKey);

/** A fresh Ed25519 private key as PKCS #8 PEM. */
export const generateSigningKey = (): string =>
  generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;

const readOrCreate = async (path: string, make: () => string): Promise<string> => {
  try {
    const existing = await readIfThere(path);
    if (existing !== null) return existing;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await createWhole(path, make());
    // Read back: another process may have been first, and then its key is the one that counts.
    const created = await readIfThere(path);
    if (created !== null) return created;
  } catch (cause) {
    throw new VaultError('key-file-invalid', `The key file ${path} can not be read or made`, { cause });
  }
  throw new VaultError('key-file-invalid', `The key file ${path} vanished while it was made`);
};

const readIfThere = async (path: string): Promise<string | null> => {
  try {
    await closeToOthers(path);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
};

/** A restored backup or a careless copy may have left the file open to others on this machine. */
const closeToOthers = async (path: string): Promise<void> => {
  const { mode, uid } = await stat(path);
  if ((mode & 0o077) !== 0 && uid === process.geteuid?.()) await chmod(path, 0o600);
};

/** The file appears with its whole content or not at all, and never replaces one that is there. */
const createWhole = async (path: string, content: string): Promise<void> => {
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
    await link(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await file.close();
    await unlink(temporary);
  }
};
