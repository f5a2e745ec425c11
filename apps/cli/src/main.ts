import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit/audit-command.ts';
import { checksCommand } from './checks/checks-command.ts';
import { keysCommand } from './keys/keys-command.ts';
import { migrateCommand } from './migrate/migrate-command.ts';
import { CommandFailed, printableLines, renderFailure } from './output/command-failed.ts';
import { outboxCommand } from './outbox/outbox-command.ts';
import { passwordCommand } from './password/password-command.ts';
import { scanCommand } from './scan/scan-command.ts';
import { snapshotCommand } from './snapshot/snapshot-command.ts';
import { startCommand } from './start/start-command.ts';

const program = new Command('plimsoll')
  .description('Tells which Docker hosts are safe, from outside and without an agent.')
  .version('0.1.0')
  .exitOverride()
  .addCommand(startCommand().exitOverride())
  .addCommand(scanCommand().exitOverride())
  .addCommand(snapshotCommand().exitOverride())
  .addCommand(checksCommand().exitOverride())
  .addCommand(migrateCommand().exitOverride())
  .addCommand(passwordCommand().exitOverride())
  .addCommand(keysCommand().exitOverride())
  .addCommand(auditCommand().exitOverride())
  .addCommand(outboxCommand().exitOverride());

/** Wrong usage and what nobody expected are "could not scan", not "found something": pipelines tell them by the code. */
const couldNotExitCode = 2;

// A reader that has seen enough (`| head`), or is gone, is no failure of ours: what was started still has to be stopped.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : couldNotExitCode;
  else if (error instanceof CommandFailed) {
    process.stderr.write(`${renderFailure(error)}\n`);
    process.exitCode = error.exitCode;
  } else {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${printableLines(text)}\n`);
    process.exitCode = couldNotExitCode;
  }
}
