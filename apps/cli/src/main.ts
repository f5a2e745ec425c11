import { Command, CommanderError } from 'commander';
import { checksCommand } from './checks/checks-command.ts';
import { migrateCommand } from './migrate/migrate-command.ts';
import { CommandFailed, renderFailure } from './output/command-failed.ts';
import { scanCommand } from './scan/scan-command.ts';
import { startCommand } from './start/start-command.ts';

const program = new Command('plimsoll')
  .description('Tells which Docker hosts are safe, from outside and without an agent.')
  .version('0.1.0')
  .exitOverride()
  .addCommand(startCommand().exitOverride())
  .addCommand(scanCommand().exitOverride())
  .addCommand(checksCommand().exitOverride())
  .addCommand(migrateCommand().exitOverride());

/** Wrong usage is "could not scan", not "found something": pipelines tell them apart by the code. */
const usageExitCode = 2;

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : usageExitCode;
  else if (error instanceof CommandFailed) {
    process.stderr.write(`${renderFailure(error)}\n`);
    process.exitCode = error.exitCode;
  } else throw error;
}
