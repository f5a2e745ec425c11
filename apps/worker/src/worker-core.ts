import type { Config } from '@plimsoll/config';
import { closeCore, openCore } from '@plimsoll/core';
import type { Core } from '@plimsoll/core';
import { OUTBOX_CHANNEL } from '@plimsoll/persistence';
import type { Notifications } from '@plimsoll/persistence';
import { SCAN_CANCELLATIONS_CHANNEL } from '@plimsoll/scanning';

/** What the worker is made of beside its jobs: it also listens to the database. */
export interface WorkerCore extends Core {
  readonly notifications: Notifications;
}

/** @throws PersistenceError, QueueError, VaultError with the way out, when one of the parts can't be used */
export const openWorkerCore = async (config: Config): Promise<WorkerCore> => {
  const core = await openCore(config, 'worker');
  try {
    const notifications = await core.database.openNotifications({
      channels: [OUTBOX_CHANNEL, SCAN_CANCELLATIONS_CHANNEL],
      onError: (error) => core.logger.warn({ err: error }, 'notifications were cut off, will reconnect'),
    });
    return { ...core, notifications };
  } catch (error) {
    await closeCore(core);
    throw error;
  }
};

export const closeWorkerCore = async ({ queues, notifications, database }: WorkerCore): Promise<void> => {
  await queues.close();
  await notifications.close();
  await database.close();
};
