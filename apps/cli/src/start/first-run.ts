import type { Config } from '@plimsoll/config';
import { type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { type BootstrappedInstallation, bootstrapInstallation, createIdentity } from '@plimsoll/identity';
import { type Database, createDatabase } from '@plimsoll/persistence';
import { type MasterKeyring, Vault, VaultError } from '@plimsoll/vault';
import { CommandFailed } from '../output/command-failed.ts';
import type { Installation } from './installation.ts';
import { startKey } from './start-key.ts';

export interface FirstRun {
  /** The owner that was made now; null on later starts. */
  owner: BootstrappedInstallation | null;
  apiKey: string;
}

/** Makes the first tenant and owner of an empty installation, and the key with which the start calls the API. */
export const prepareFirstRun = async (
  config: Config,
  { appUrl, dataDir, signingKey, keyring }: Installation,
): Promise<FirstRun> => {
  const database = createDatabase({ url: appUrl, poolSize: 2 });
  try {
    const owner = await bootstrapInstallation(database, config.identity.firstOwner);
    const [tenantId] = await database.platform.listTenantIds(1);
    if (tenantId === undefined) throw new CommandFailed('no-tenant', 'The installation has no tenant.');
    await confirmMasterKey(database, keyring, tenantId);
    const identity = createIdentity({
      database,
      signingKey,
      signUpOpen: config.identity.signUp,
      accessTokenSeconds: config.identity.accessTokenSeconds,
      refreshTokenSeconds: config.identity.refreshTokenSeconds,
    });
    return { owner, apiKey: await startKey(identity, tenantId, dataDir) };
  } finally {
    await database.close();
  }
};

/** A key that does not fit would only be found out when the first host is scanned, or never. */
const confirmMasterKey = async (database: Database, keyring: MasterKeyring, tenantId: string): Promise<void> => {
  try {
    await database.forTenant(tenantId, (tx) => new Vault(keyring).confirmMasterKey(tx, tenantId));
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new CommandFailed(
      'master-key-does-not-fit',
      'The master key is not the one that this database was used with.',
      {
        why: `${error.message}: no stored host credential could be opened.`,
        fix: 'Put back keys/master.key of the data folder that belongs to this database, or give that key in PLIMSOLL_MASTER_KEY.',
        cause: error,
      },
    );
  }
};

export const startSampleHost = (): Promise<SimulatedHost> => startSimulatedHost();
