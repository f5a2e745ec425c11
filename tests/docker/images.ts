import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DockerCommand } from './dockerd.ts';

const run = promisify(execFile);

/** The files of a small root with BusyBox, as a tar: no registry can be reached. */
const busyboxRoot = async (folder: string): Promise<Buffer> => {
  const root = join(folder, 'busybox-root');
  for (const each of ['bin', 'etc', 'tmp', 'root', 'proc', 'sys', 'dev', 'var', 'home/app']) {
    await mkdir(join(root, each), { recursive: true });
  }
  await copyFile('/bin/busybox', join(root, 'bin/busybox'));
  await chmod(join(root, 'bin/busybox'), 0o755);
  for (const applet of (await run('/bin/busybox', ['--list'])).stdout.trim().split('\n')) {
    if (applet === 'busybox') continue;
    await rm(join(root, 'bin', applet), { force: true });
    await symlink('busybox', join(root, 'bin', applet));
  }
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n');
  await writeFile(join(root, 'etc/group'), 'root:x:0:\napp:x:1000:\n');
  const archive = join(folder, 'busybox-root.tar');
  await run('tar', ['-C', root, '-cf', archive, '.']);
  return readFile(archive);
};

/** Imports BusyBox as an image. @param changes Dockerfile instructions, e.g. `CMD ["sleep","86400"]` */
export const importBusybox = async (
  dockerd: DockerCommand,
  reference = 'busybox:test',
  changes: readonly string[] = ['CMD ["sleep","86400"]'],
): Promise<string> => {
  const root = await busyboxRoot(dockerd.folder);
  return dockerd.dockerWithInput(root, 'import', ...changes.flatMap((change) => ['--change', change]), '-', reference);
};

/** Builds an image by the classic builder, which gives layers and history. */
export const buildImage = async (dockerd: DockerCommand, reference: string, dockerfile: string): Promise<string> =>
  dockerd.dockerWithInput(dockerfile, 'build', '--quiet', '--force-rm', '--tag', reference, '-');
