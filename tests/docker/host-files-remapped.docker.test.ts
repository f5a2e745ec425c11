import { chmod } from 'node:fs/promises';
import { valueOf } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { startDockerd } from './dockerd.ts';
import { importBusybox } from './images.ts';
import { plantFiles } from './planted-host.ts';
import { eventsDuring, scanOnce, targetOf } from './scan.ts';

describeWithDocker('a daemon with remapped users', () => {
  test("shows the files of its host with the host's own owners", { timeout: 120_000 }, async ({ onTestFinished }) => {
    const dockerd = await startDockerd({
      name: 'remapped-files',
      args: ['--userns-remap', 'default'],
      plantFiles: async (folder) => {
        await chmod(folder, 0o711); // the remapped root has to get to its data
        await plantFiles(folder);
      },
    });
    onTestFinished(() => dockerd.stop());
    await importBusybox(dockerd);
    let snapshot: Awaited<ReturnType<typeof scanOnce>> | undefined;
    const options = { processLists: false, endpointProbe: false, hostFiles: { read: true, owner: 'test:remapped' } };
    const events = await eventsDuring(dockerd, async () => {
      snapshot = await scanOnce(targetOf(dockerd), options);
    });
    const actions = events.map(({ Action }) => Action).filter((action) => action !== 'archive-path');
    expect(actions).toEqual(['create', 'destroy']);
    expect(valueOf(snapshot?.info)?.SecurityOptions).toContain('name=userns');
    const paths = valueOf(snapshot?.hostFiles)?.paths;
    expect(paths?.['/etc/docker/daemon.json']).toMatchObject({ mode: 0o664, uid: 0, gid: 0 });
    expect(paths?.['/etc/docker/key.pem']).toMatchObject({ mode: 0o640, uid: 1000, gid: 0 });
    // The folder above the one that the engine reports, which is of the mapping alone.
    expect(paths?.[`${dockerd.folder}/data`]).toMatchObject({ exists: true, kind: 'folder' });
    expect(valueOf(snapshot?.hostFiles)?.audit?.files).toHaveLength(2);
  });
});
