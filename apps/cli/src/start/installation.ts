import { join, resolve } from 'node:path';
import type { Config } from '@plimsoll/config';
import {
  PersistenceError,
  appRoleOf,
  appUrlOf,
  deriveAppRole,
  migrate,
  startEmbeddedPostgres,
} from '@plimsoll/persistence';
import { MasterKeyring, VaultError, loadOrCreateMasterKey, loadOrCreateSigningKey } from '@plimsoll/vault';
import { CommandFailed } from '../output/command-failed.ts';
import type { Steps } from './steps.ts';

/** What an installation stands on, ready for its processes. */
export interface Installation {
  /** Absolute. */
  dataDir: string;
  /** For API and worker: no owner's rights. */
  appUrl: string;
  /** Ed25519 private key as PKCS #8 PEM. */
  signingKey: string;
  keyring: MasterKeyring;
  stop: () => Promise<void>;
}

/**
 * Starts or finds the database, migrates it and makes the keys that are missing. Safe to call at every start.
 * @throws CommandFailed with what to do: no disk space, data of a newer version, database out of reach …
 */
export const prepareInstallation = async (config: Config, steps: Steps): Promise<Installation> => {
  const dataDir = resolve(config.dataDir);
  try {
    const { ownerUrl, stop } = await openDatabase(config, dataDir, steps);
    try {
      const appUrl = config.database.appUrl;
      const appRole = appUrl === undefined ? deriveAppRole(ownerUrl) : appRoleOf(appUrl);
      await steps.run('Bringing the database up to date', () => migrate({ ownerUrl, appRole }));
      const { masterKey } = config.secrets;
      const keyring =
        masterKey === undefined
          ? await loadOrCreateMasterKey(join(dataDir, 'keys', 'master.key'))
          : MasterKeyring.parse(masterKey);
      const signingKey =
        config.secrets.tokenSigningKey ?? (await loadOrCreateSigningKey(join(dataDir, 'keys', 'token-signing.pem')));
      return { dataDir, appUrl: appUrl ?? appUrlOf(ownerUrl, appRole), signingKey, keyring, stop };
    } catch (error) {
      await stop();
      throw error;
    }
  } catch (error) {
    if (error instanceof PersistenceError)
      throw new CommandFailed(error.code, error.message, { fix: error.nextStep, cause: error });
    if (error instanceof VaultError) throw new CommandFailed(error.code, error.message, { cause: error });
    throw error;
  }
};

const openDatabase = async (
  config: Config,
  dataDir: string,
  steps: Steps,
): Promise<{ ownerUrl: string; stop: () => Promise<void> }> => {
  const { ownerUrl } = config.database;
  if (ownerUrl !== undefined) return { ownerUrl, stop: async () => {} };
  return steps.run('Starting PostgreSQL', () =>
    startEmbeddedPostgres({ dataDir, guarded: true, onProgress: (step) => steps.note(step) }),
  );
};
