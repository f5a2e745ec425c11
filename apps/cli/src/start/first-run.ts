import type { Config } from '@plimsoll/config';
import { type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { type BootstrappedInstallation, bootstrapInstallation, createIdentity } from '@plimsoll/identity';
import { createDatabase } from '@plimsoll/persistence';
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
  { appUrl, dataDir, signingKey }: Installation,
): Promise<FirstRun> => {
  const database = createDatabase({ url: appUrl, poolSize: 2 });
  try {
    const owner = await bootstrapInstallation(database, config.identity.firstOwner);
    const [tenantId] = await database.platform.listTenantIds(1);
    if (tenantId === undefined) throw new CommandFailed('no-tenant', 'The installation has no tenant.');
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

export const startSampleHost = (): Promise<SimulatedHost> => startSimulatedHost();
