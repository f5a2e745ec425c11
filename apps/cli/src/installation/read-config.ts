import { ConfigInvalid, type Config, loadConfig } from '@plimsoll/config';
import { CommandFailed } from '../output/command-failed.ts';

/** The settings of this process. @throws CommandFailed `configuration-invalid` with every mistake */
export const readConfig = ({ exitCode = 1 }: { exitCode?: number } = {}): Config => {
  try {
    return loadConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigInvalid)) throw error;
    throw new CommandFailed('configuration-invalid', error.message, {
      fix: 'See docs/configuration.md',
      exitCode,
      cause: error,
    });
  }
};
