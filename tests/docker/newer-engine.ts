import { execFile } from 'node:child_process';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const packages = ['docker.io', 'docker-cli', 'containerd'];

/** Suites of Debian with an engine newer than this machine's own: 13 has 26.1, unstable the newest packaged. */
export type EngineSuite = 'trixie' | 'sid';

/**
 * Fetches and unpacks an engine of another suite, with an apt configuration of its own: nothing is installed.
 * Its runc is left out, since it wants a newer C library; the machine's own does.
 * @returns the folder to hand to `startDockerd` as `engineRoot`
 * @throws Error when the packages can't be had: which is a loud skip and no failure
 */
export const unpackEngine = async (suite: EngineSuite): Promise<string> => {
  const folder = join(import.meta.dirname, '../../.test/engines', suite);
  const root = join(folder, 'root');
  const isThere = await stat(root).then(
    () => true,
    () => false,
  );
  if (isThere) return root;
  await rm(folder, { recursive: true, force: true });
  for (const each of ['state/lists/partial', 'cache/archives/partial', 'debs', 'unpacking']) {
    await mkdir(join(folder, each), { recursive: true });
  }
  const list = join(folder, 'sources.list');
  const signedBy = '/usr/share/keyrings/debian-archive-keyring.gpg';
  await writeFile(list, `deb [signed-by=${signedBy}] http://deb.debian.org/debian ${suite} main\n`);
  const settings = {
    'Dir::Etc::SourceList': list,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::State': join(folder, 'state'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  await run('apt-get', [...options, 'update', '-q'], { timeout: 120_000 });
  await run('apt-get', [...options, 'download', '-q', ...packages], { cwd: join(folder, 'debs'), timeout: 300_000 });
  for (const file of await readdir(join(folder, 'debs'))) {
    await run('dpkg', ['-x', join(folder, 'debs', file), join(folder, 'unpacking')]);
  }
  await rename(join(folder, 'unpacking'), root); // whole or not at all
  return root;
};
