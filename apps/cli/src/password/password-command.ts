import { text } from 'node:stream/consumers';
import { Password } from '@plimsoll/contracts';
import { resetPassword } from '@plimsoll/identity';
import { Command } from 'commander';
import { withInstallation } from '../installation/with-installation.ts';
import { CommandFailed, printable } from '../output/command-failed.ts';

const couldNotExitCode = 2;

/** For whoever is locked out: needs the installation's database, and so no password. */
export const passwordCommand = (): Command =>
  new Command('password').description('Look after passwords').addCommand(resetCommand().exitOverride());

const resetCommand = (): Command =>
  new Command('reset')
    .description('Give an account a new password, and end its sessions')
    .argument('<email>', 'email address of the account')
    .option('--password-stdin', 'take the password from stdin instead of making one', false)
    .action(async (email: string, { passwordStdin }: { passwordStdin: boolean }) => {
      const password = passwordStdin ? await readPassword() : undefined;
      const reset = await withInstallation(({ database }) => resetPassword(database, { email, password }));
      if (reset === undefined)
        throw new CommandFailed('account-not-found', `No account has the email address ${email}.`, {
          fix: 'The members of a tenant and their addresses are in the console; the first owner’s is PLIMSOLL_OWNER_EMAIL or owner@plimsoll.local.',
          exitCode: couldNotExitCode,
        });
      if (reset.generatedPassword !== null) process.stdout.write(`${reset.generatedPassword}\n`);
      process.stderr.write(
        [
          `${printable(reset.email)} has a new password${reset.generatedPassword === null ? '' : ', shown only this once; it has to be changed at the next login'}.`,
          'All sessions of the account have ended. API keys stay: revoke those that somebody may have.',
          ...(reset.disabled ? ['The account is switched off, and still is.'] : []),
          '',
        ].join('\n'),
      );
    });

/** One line, without its end. */
const readPassword = async (): Promise<string> => {
  const password = Password.safeParse((await text(process.stdin)).replace(/\r?\n$/u, ''));
  if (password.success) return password.data;
  throw new CommandFailed('password-refused', 'The password on stdin can not be used.', {
    why: password.error.issues.map(({ message }) => message).join('; '),
    exitCode: couldNotExitCode,
  });
};
