import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { DockerCommand } from './dockerd.ts';

const run = promisify(execFile);

/**
 * All that a scan must leave as it was, a line each: names, kinds, modes, owners, sizes, times and links of files below
 * some folders, and the engine's containers, volumes and images.
 * @param laidOver folders that lie over the host's own in a test: overlayfs itself marks a folder in there when it is
 * first read through, so the time of its last change of state is left out
 */
export const traceOf = async (
  engine: DockerCommand,
  folders: readonly string[],
  laidOver: readonly string[],
): Promise<string[]> => {
  const listed = async (paths: readonly string[], times: string): Promise<string[]> => {
    const format = `%p %y %m %U %G %s ${times} %l\n`;
    const { stdout } = await run('find', [...paths, '-printf', format], { maxBuffer: 256 * 1024 * 1024 });
    return stdout.split('\n').toSorted();
  };
  const listings = await Promise.all([
    engine.docker('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.State}}'),
    engine.docker('volume', 'ls', '--quiet'),
    engine.docker('images', '--all', '--no-trunc', '--quiet'),
  ]);
  // Things made in one second come in any order.
  const things = listings.flatMap((listing) => listing.split('\n').toSorted());
  return [...(await listed(folders, '%T@ %C@')), ...(await listed(laidOver, '%T@')), ...things];
};
