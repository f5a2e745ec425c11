import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DockerCommand } from './dockerd.ts';

const run = promisify(execFile);

/**
 * All that a scan must leave as it was, a line each: names, kinds, modes, owners, sizes, times and links of files below
 * some folders, and the engine's containers, volumes and images.
 */
export const traceOf = async (engine: DockerCommand, folders: readonly string[]): Promise<string[]> => {
  const format = '%p %y %m %U %G %s %T@ %C@ %l\n';
  const { stdout } = await run('find', [...folders, '-printf', format], { maxBuffer: 256 * 1024 * 1024 });
  const listings = await Promise.all([
    engine.docker('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.State}}'),
    engine.docker('volume', 'ls', '--quiet'),
    engine.docker('images', '--all', '--no-trunc', '--quiet'),
  ]);
  return [...stdout.split('\n').toSorted(), ...listings];
};
