import { resolve } from 'node:path';
import type { Config } from '@plimsoll/config';
import { Problem } from '@plimsoll/contracts';
import {
  type Database,
  PersistenceError,
  appUrlOf,
  assertMigrated,
  createDatabase,
  deriveAppRole,
  openEmbeddedPostgres,
} from '@plimsoll/persistence';
import { VaultError } from '@plimsoll/vault';
import { CommandFailed } from '../output/command-failed.ts';
import { readConfig } from './read-config.ts';

/** An installation that a command works on, beside its processes or while they are stopped. */
export interface OpenInstallation {
  readonly config: Config;
  /** Absolute. */
  readonly dataDir: string;
  /** With the application's rights, never the owner's. */
  readonly database: Database;
}

/** What a command can not do for want of the installation is not what it reports: 1 may mean something else. */
const couldNotExitCode = 2;

/**
 * Opens the installation that the settings name: the database in `PLIMSOLL_APP_DATABASE_URL` or `DATABASE_URL`, else the
 * embedded one of the data folder, which is started for as long as the work takes where it does not run.
 * @throws CommandFailed with exit code 2
 */
export const withInstallation = async <T>(work: (installation: OpenInstallation) => Promise<T>): Promise<T> => {
  const config = readConfig({ exitCode: couldNotExitCode });
  const dataDir = resolve(config.dataDir);
  try {
    const { appUrl, stop } = await findDatabase(config, dataDir);
    try {
      await assertMigrated(appUrl);
      const database = createDatabase({ url: appUrl, poolSize: 2 });
      try {
        return await work({ config, dataDir, database });
      } finally {
        await database.close();
      }
    } finally {
      await stop();
    }
  } catch (error) {
    throw asCommandFailed(error);
  }
};

const findDatabase = async (
  { database: { appUrl, ownerUrl } }: Config,
  dataDir: string,
): Promise<{ appUrl: string; stop: () => Promise<void> }> => {
  const nothingToStop = (): Promise<void> => Promise.resolve();
  if (appUrl !== undefined) return { appUrl, stop: nothingToStop };
  if (ownerUrl !== undefined) return { appUrl: applicationUrlOf(ownerUrl), stop: nothingToStop };
  const embedded = await openEmbeddedPostgres(dataDir);
  if (embedded !== undefined) return { appUrl: applicationUrlOf(embedded.ownerUrl), stop: () => embedded.stop() };
  throw new CommandFailed('no-installation', `There is no database in the data folder ${dataDir}.`, {
    fix: 'Name the folder in PLIMSOLL_DATA_DIR, or the database in DATABASE_URL or PLIMSOLL_APP_DATABASE_URL.',
    exitCode: couldNotExitCode,
  });
};

const applicationUrlOf = (ownerUrl: string): string => appUrlOf(ownerUrl, deriveAppRole(ownerUrl));

const asCommandFailed = (error: unknown): unknown => {
  const exitCode = couldNotExitCode;
  if (error instanceof PersistenceError)
    return new CommandFailed(error.code, error.message, { fix: error.nextStep, exitCode, cause: error });
  if (error instanceof VaultError) return new CommandFailed(error.code, error.message, { exitCode, cause: error });
  if (error instanceof Problem)
    return new CommandFailed(error.slug, error.title, { why: error.detail, exitCode, cause: error });
  return error;
};
