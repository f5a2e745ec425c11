import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { describeWithDocker } from '../availability.ts';

/** Ids of processes whose environment names a folder: all of a world's have it. */
const processesOf = async (folder: string): Promise<string[]> => {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/u.test(name))) {
    const environment = await readFile(join('/proc', pid, 'environ'), 'utf8').catch(() => '');
    if (environment.includes(`FOLDER=${folder}`)) found.push(pid);
  }
  return found;
};

describeWithDocker('the world of a test engine', () => {
  test('ends as a whole with the process that started it, even when that is killed', async () => {
    const starter = spawn(process.execPath, [join(import.meta.dirname, 'start-one-world.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let folder = '';
    for await (const line of createInterface({ input: starter.stdout })) {
      folder = line;
      break;
    }
    try {
      expect((await processesOf(folder)).length).toBeGreaterThan(3); // unshare, sh, dockerd, relay
      const ended = once(starter, 'exit');
      starter.kill('SIGKILL');
      await ended;
      await expect.poll(() => processesOf(folder), { timeout: 10_000 }).toEqual([]);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(folder);
    } finally {
      starter.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    }
  });
});
