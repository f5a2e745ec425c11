import { Command } from 'commander';
import { expect, test } from 'vitest';
import { hostFilesOption } from './host-files-option.ts';
import { scanCommand } from './scan-command.ts';

test('host files are read only when asked for', () => {
  const command = new Command().addOption(hostFilesOption());
  expect(command.opts()).toEqual({ hostFiles: false });
  expect(command.parse(['--host-files'], { from: 'user' }).opts()).toEqual({ hostFiles: true });
});

test('the help says what is made on the host', () => {
  expect(scanCommand().helpInformation().replaceAll(/\s+/gu, ' ')).toMatch(
    /--host-files .*makes one container.*never starts it, and deletes it/u,
  );
});

test('a snapshot from a file has no host whose files could be read', async () => {
  const command = scanCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  const parsing = command.parseAsync(['--host-files', '--from-snapshot', 'host.json'], { from: 'user' });
  await expect(parsing).rejects.toMatchObject({ code: 'commander.conflictingOption' });
});
