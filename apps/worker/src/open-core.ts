import type { Config } from '@plimsoll/config';
import {
  Notifications,
  OUTBOX_CHANNEL,
  PersistenceError,
  appUrlOf,
  createDatabase,
  deriveAppRole,
} from '@plimsoll/persistence';
import { Queues } from '@plimsoll/queue';
import { SCAN_CANCELLATIONS_CHANNEL } from '@plimsoll/scanning';
import { Metrics, createLogger } from '@plimsoll/telemetry';
import { MasterKeyring, Vault, loadOrCreateMasterKey } from '@plimsoll/vault';
import { join } from 'node:path';
import type { Core } from './core.module.ts';

/**
 * Opens what the process is made of. The database must have been migrated: the queue is looked at before any job is.
 * @throws PersistenceError, QueueError, VaultError with the way out, when one of them can't be used
 */
export const openCore = async (config: Config): Promise<Core> => {
  const logger = createLogger({ ...config.log, service: 'worker' });
  const metrics = new Metrics('worker');
  const url = applicationUrlOf(config);
  const { masterKey } = config.secrets;
  const keyring =
    masterKey === undefined
      ? await loadOrCreateMasterKey(join(config.dataDir, 'keys', 'master.key'))
      : MasterKeyring.parse(masterKey);
  const database = createDatabase({ url, poolSize: config.database.poolSize });
  const closing: { close(): Promise<void> }[] = [database];
  try {
    const queues = await Queues.open({
      databaseUrl: url,
      redisUrl: config.queue.redisUrl,
      onError: (error, queue) => logger.warn({ err: error, queue }, 'queue connection failed, will retry'),
    });
    closing.unshift(queues);
    const notifications = await Notifications.open({
      url,
      channels: [OUTBOX_CHANNEL, SCAN_CANCELLATIONS_CHANNEL],
      onError: (error) => logger.warn({ err: error }, 'notifications were cut off, will reconnect'),
    });
    return { config, logger, metrics, database, notifications, queues, vault: new Vault(keyring) };
  } catch (error) {
    for (const part of closing) await part.close();
    throw error;
  }
};

export const closeCore = async ({ queues, notifications, database }: Core): Promise<void> => {
  await queues.close();
  await notifications.close();
  await database.close();
};

/** The connection of the role that is bound by row-level security, never the owner's. */
const applicationUrlOf = ({ database }: Config): string => {
  if (database.appUrl !== undefined) return database.appUrl;
  if (database.ownerUrl !== undefined) return appUrlOf(database.ownerUrl, deriveAppRole(database.ownerUrl));
  throw new PersistenceError(
    'database-unreachable',
    'The worker was started without a database.',
    'Give it PLIMSOLL_APP_DATABASE_URL or DATABASE_URL, or run `npm start`, which brings a database of its own.',
  );
};
