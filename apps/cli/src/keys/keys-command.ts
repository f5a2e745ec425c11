import { join } from 'node:path';
import { MasterKeyring, loadOrCreateMasterKey } from '@plimsoll/vault';
import { Command } from 'commander';
import { type OpenInstallation, withInstallation } from '../installation/with-installation.ts';
import { CommandFailed } from '../output/command-failed.ts';
import { terminal } from '../output/terminal.ts';
import { rotateKeys } from './rotate-keys.ts';

/** Looks after the master key, under which the tenants' data keys are wrapped. */
export const keysCommand = (): Command =>
  new Command('keys').description('Look after the master key').addCommand(rotateCommand().exitOverride());

const rotateCommand = (): Command =>
  new Command('rotate')
    .description('Wrap the data keys of all tenants by the first of the master keys that are configured')
    .action(async () => {
      await withInstallation(async (installation) => {
        const keyring = await keyringOf(installation);
        const { tenants, rewrapped, failed } = await rotateKeys(installation.database, keyring, (done) =>
          terminal.progress(`Tenants seen: ${done}`),
        ).finally(() => terminal.endProgress());
        process.stdout.write(
          `Data keys wrapped anew by the master key ${keyring.currentKeyId}: ${rewrapped}. Tenants seen: ${tenants}.\n`,
        );
        const [first] = failed;
        if (first !== undefined)
          throw new CommandFailed(
            'keys-not-rotated',
            `Tenants whose data keys could not be opened: ${failed.length}.`,
            {
              why: `${first.tenantId}: ${first.reason}`,
              fix: 'Keep the old master key behind the new one in PLIMSOLL_MASTER_KEY or the key file, then run this again.',
            },
          );
        const others = keyring.keyIds.slice(1);
        process.stdout.write(
          others.length === 0
            ? 'No other master key is configured.\n'
            : `${others.join(', ')} is not needed for them any more: docs/operations.md says when to remove it.\n`,
        );
      });
    });

/** As API and worker find it. */
const keyringOf = async ({ config, dataDir }: OpenInstallation): Promise<MasterKeyring> =>
  config.secrets.masterKey === undefined
    ? loadOrCreateMasterKey(join(dataDir, 'keys', 'master.key'))
    : MasterKeyring.parse(config.secrets.masterKey);
