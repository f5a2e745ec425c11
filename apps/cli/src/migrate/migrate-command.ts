import { PersistenceError, appRoleOf, deriveAppRole, migrate } from '@plimsoll/persistence';
import { Command } from 'commander';
import { readConfig } from '../installation/read-config.ts';
import { CommandFailed } from '../output/command-failed.ts';

/** Brings the database in `DATABASE_URL` up to date: for deployments whose API and worker have no owner's rights. */
export const migrateCommand = (): Command =>
  new Command('migrate').description('Bring the database in DATABASE_URL up to date').action(async () => {
    try {
      const { ownerUrl, appUrl } = readConfig().database;
      if (ownerUrl === undefined)
        throw new CommandFailed('no-database', 'DATABASE_URL is not set.', {
          fix: 'Set it to a user who may make tables and roles. The embedded database is migrated by `npm start`.',
        });
      const { applied } = await migrate({
        ownerUrl,
        appRole: appUrl === undefined ? deriveAppRole(ownerUrl) : appRoleOf(appUrl),
      });
      process.stdout.write(applied.length === 0 ? 'The database is up to date.\n' : `Applied ${applied.join(', ')}.\n`);
    } catch (error) {
      if (error instanceof PersistenceError)
        throw new CommandFailed(error.code, error.message, { fix: error.nextStep, cause: error });
      throw error;
    }
  });
