import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Builds the console, quick when nothing has changed, and puts it where the API of this run looks for it. */
export const buildConsole = async (commandLine: string): Promise<void> => {
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  await run(process.execPath, [nx, 'run', '@plimsoll/console:build', '--output-style=static'], {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
    maxBuffer: 2 ** 26,
  });
  await cp(join(root, 'apps/console/dist'), join(dirname(commandLine), '../../console/dist'), { recursive: true });
};
