import type { Config } from '@plimsoll/config';
import { PersistenceError, appUrlOf, createDatabase, deriveAppRole } from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { Metrics, createLogger } from '@plimsoll/telemetry';
import { MasterKeyring, Vault, loadOrCreateMasterKey } from '@plimsoll/vault';
import { join } from 'node:path';
import type { Core } from './core.module.ts';

/**
 * Opens what a process is made of: logger, database, queues, vault. The database must have been migrated: the queue is
 * looked at before any job is.
 * @throws PersistenceError, QueueError, VaultError with the way out, when one of them can't be used
 */
export const openCore = async (config: Config, service: 'api' | 'worker'): Promise<Core> => {
  const logger = createLogger({ ...config.log, service });
  const metrics = new Metrics(service);
  metrics.observeProcess();
  const url = applicationUrlOf(config, service);
  const { masterKey } = config.secrets;
  const keyring =
    masterKey === undefined
      ? await loadOrCreateMasterKey(join(config.dataDir, 'keys', 'master.key'))
      : MasterKeyring.parse(masterKey);
  const database = createDatabase({ url, poolSize: config.database.poolSize });
  try {
    const queues = await Queues.open({
      databaseUrl: url,
      redisUrl: config.queue.redisUrl,
      onError: (error, queue) => logger.warn({ err: error, queue }, 'queue connection failed, will retry'),
    });
    return { config, logger, metrics, database, queues, vault: new Vault(keyring) };
  } catch (error) {
    await database.close();
    throw error;
  }
};

/** The queues first: what they still write goes through the database. */
export const closeCore = async ({ queues, database }: Pick<Core, 'queues' | 'database'>): Promise<void> => {
  await queues.close();
  await database.close();
};

/** The connection of the role that is bound by row-level security, never the owner's. */
const applicationUrlOf = ({ database }: Config, service: string): string => {
  if (database.appUrl !== undefined) return database.appUrl;
  if (database.ownerUrl !== undefined) return appUrlOf(database.ownerUrl, deriveAppRole(database.ownerUrl));
  throw new PersistenceError(
    'database-unreachable',
    `The ${service === 'api' ? 'API' : 'worker'} was started without a database.`,
    'Give it PLIMSOLL_APP_DATABASE_URL or DATABASE_URL, or run `npm start`, which brings a database of its own.',
  );
};
