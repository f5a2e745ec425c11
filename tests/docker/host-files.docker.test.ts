import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue, judge } from '@plimsoll/checks';
import { EngineClient, type HostFileDoor } from '@plimsoll/docker-engine';
import { hostFileReaderLabel, HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { startDockerd, type TestDockerd } from './dockerd.ts';
import { traceOf } from './host-trace.ts';
import { importBusybox } from './images.ts';
import { unpackEngine } from './newer-engine.ts';
import { plantedFiles, plantedSecret, plantFiles } from './planted-host.ts';
import { eventsDuring, scanOnce, targetOf } from './scan.ts';
import { throttledLine } from './throttled-line.ts';

/** The third of so many scans is killed, with its reader made. */
const killedEvery = 20;
const owner = 'test:reader';
const hostFiles = { read: true, owner };

/** A scan of the old engine takes two seconds, since it holds back statistics: a hundred of them when asked for. */
const scansOfOldEngine = Number(process.env['PLIMSOLL_TEST_HOST_FILE_SCANS'] ?? 5);
const engines = [
  { name: 'the installed engine', unpack: () => Promise.resolve(undefined), scansBetween: scansOfOldEngine },
  { name: 'the newest engine that Debian packages', unpack: () => unpackEngine('sid'), scansBetween: 100 },
] as const;

describeWithDocker('files of a host', () => {
  describe.for(engines)('on $name', ({ unpack, scansBetween }) => {
    let dockerd: TestDockerd | undefined;
    let whyNot = '';
    let vanished = '';
    beforeAll(async () => {
      try {
        const engineRoot = await unpack();
        const name = engineRoot === undefined ? 'files' : 'files-new';
        dockerd = await startDockerd({ name, plantFiles, ...(engineRoot === undefined ? {} : { engineRoot }) });
      } catch (error) {
        if (unpack === engines[0].unpack) throw error;
        whyNot = `no newer engine: ${String(error).split('\n')[0]}`;
        console.warn(`SKIPPED, ${whyNot}`);
        return;
      }
      await importBusybox(dockerd);
      await importBusybox(dockerd, 'volumes:test', ['CMD ["sleep","86400"]', 'VOLUME /data']);
      vanished = join(dockerd.folder, 'vanished');
      await mkdir(vanished);
      await dockerd.docker('create', '--name', 'vanished', '--volume', `${vanished}:/x`, 'busybox:test');
      await dockerd.docker('create', '--name', 'with-volume', 'volumes:test');
      await rm(vanished, { recursive: true });
    }, 600_000);
    afterAll(() => dockerd?.stop(), 60_000);
    beforeEach(({ skip }) => skip(dockerd === undefined, whyNot));

    const engine = (): TestDockerd => {
      if (dockerd === undefined) throw new Error(whyNot);
      return dockerd;
    };
    const scan = (options: Parameters<typeof scanOnce>[1] = {}): Promise<HostSnapshot> =>
      scanOnce(targetOf(engine()), { processLists: false, endpointProbe: false, hostFiles, ...options });
    const actions = async (work: () => Promise<unknown>): Promise<string[]> => {
      const events = await eventsDuring(engine(), work);
      return events
        .map(({ Type, Action }) => `${Type} ${Action}`)
        .filter((event) => event !== 'container archive-path');
    };
    const readers = async (): Promise<string[]> => {
      const listed = await engine().docker('ps', '-aq', '--no-trunc', '--filter', `label=${hostFileReaderLabel}`);
      return listed.split('\n').filter((id) => id !== '');
    };
    const withDoor = async <T>(work: (door: HostFileDoor) => Promise<T>): Promise<T> => {
      const client = await EngineClient.connect(targetOf(engine()), { tier: 2 });
      try {
        return await work(client.hostFiles());
      } finally {
        await client.close();
      }
    };
    const imageId = (): Promise<string> => engine().docker('inspect', '--format', '{{.Id}}', 'busybox:test');
    const leaveBehind = async (reader: string): Promise<string> => {
      const sources = [{ path: '/etc', recursive: true }];
      const request = { imageId: await imageId(), label: hostFileReaderLabel, owner: reader, sources };
      return withDoor(async (door) => (await door.create(request)).id);
    };

    /** @returns whether it was killed with a reader made, and not ended before */
    const killedScan = async (): Promise<boolean> => {
      const { url, tls } = engine();
      const child = spawn(process.execPath, [join(import.meta.dirname, 'scan-process.ts')], {
        env: { ...process.env, PLIMSOLL_TEST_SCAN: JSON.stringify({ url, tls, owner }) },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      const ended = once(child, 'exit');
      while (child.exitCode === null && (await readers()).length === 0);
      child.kill('SIGKILL');
      await ended;
      return child.signalCode === 'SIGKILL';
    };

    test('are read with one create and one destroy, and with it off there is no event at all', async () => {
      expect(await actions(() => scan())).toEqual(['container create', 'container destroy']);
      expect(await actions(() => scan({ hostFiles: undefined }))).toEqual([]);
      expect(await actions(() => scan({ hostFiles: { read: false, owner } }))).toEqual([]);
    });

    test('come as they are, with no secret', async () => {
      const snapshot = await scan();
      expect(HostSnapshot.parse(snapshot)).toEqual(snapshot);
      expect(snapshot.settings.hostFiles).toBe(true);
      expect(snapshot.notes.filter(({ part }) => part === 'hostFiles')).toEqual([]);
      const text = JSON.stringify(snapshot);
      for (const secret of [plantedSecret, Buffer.from(`pusher:${plantedSecret}`).toString('base64')])
        expect(text).not.toContain(secret);
      const facts = valueOf(snapshot.hostFiles);
      expect(facts?.paths?.['/etc/shadow']).toBeUndefined();
      const files = plantedFiles.filter(({ path, linkTo }) => linkTo === undefined && /docker[./]/u.test(path));
      for (const { path } of files.filter((file) => !/^root|meta/u.test(file.path))) {
        const { mode, uid, gid } = await stat(join(engine().folder, path));
        expect({ path, ...facts?.paths?.[`/${path}`] }).toMatchObject({ path, mode: mode & 0o7777, uid, gid });
      }
      for (const path of ['/usr/sbin/dockerd', '/usr/bin/containerd', '/usr/lib/systemd/system/docker.service']) {
        const { mode } = await stat(path);
        expect(facts?.paths?.[path]).toMatchObject({ exists: true, kind: 'file', mode: mode & 0o7777 });
      }
      expect(facts?.paths?.['/run/docker.sock']).toMatchObject({ kind: 'socket', mode: 0o660 });
      expect(facts?.paths?.['/etc/docker/certs.d/registry.example/ca.crt']).toMatchObject({
        linkTarget: '../../ca.pem',
      });
      expect(facts?.units?.['docker.service']?.dropIns).toEqual(['/etc/systemd/system/docker.service.d/override.conf']);
      expect(facts?.daemonConfig).toMatchObject({ state: 'read', settings: { 'live-restore': true } });
      expect(facts?.clientFolders).toMatchObject([
        { registries: [{ name: 'registry.example', holdsCredential: true }], proxyPassword: true },
      ]);
      expect(facts?.clientFolders?.[0]?.contexts).toEqual([{ host: 'tcp://prod:2376', hasKey: true }]);
      expect(facts?.enabledUnits).toContainEqual({ unit: 'nginx.service', wantedBy: 'multi-user.target' });
      expect(facts?.sysctls).toMatchObject({ 'kernel.sysrq': '1' });
      expect(facts?.kernelCommandLine).toEqual(['mitigations=off']);
    });

    test('decide what CIS asks of the host and its files', async () => {
      const snapshot = await scan();
      const judged = judge(snapshot, catalogue).filter(({ check }) => {
        const number = check.cis?.['1.6.0'] ?? '';
        return /^(?:1\.1|3)\./u.test(number);
      });
      expect(judged.length).toBeGreaterThan(40);
      const undecided = judged.filter(({ outcome }) => outcome === 'unknown').map(({ check }) => check.id);
      // The newer engine says where its own containerd listens: below /tmp, which no scan looks into.
      const elsewhere = ['audit-containerd-socket', 'containerd-socket-mode', 'containerd-socket-owner'];
      const isElsewhere = valueOf(snapshot.info)?.Containerd?.Address?.startsWith('/tmp/') === true;
      expect(undecided.toSorted()).toEqual(isElsewhere ? elsewhere : []);
      const outcomes = Object.fromEntries(judged.map(({ check, outcome }) => [check.id, outcome]));
      expect(outcomes).toMatchObject({
        'audit-dockerd-binary': 'pass',
        'audit-docker-configuration-folder': 'fail',
        'daemon-json-mode': 'fail',
        'daemon-json-owner': 'pass',
        'docker-service-unit-mode': 'fail',
        'tls-key-owner': 'fail',
        'tls-key-mode': 'fail',
        'tls-ca-file-mode': 'pass',
        'tls-certificate-owner': 'fail',
        'registry-certificates-mode': 'fail',
        'docker-socket-mode': 'pass',
        'sysconfig-docker-file-mode': 'not-applicable',
      });
    });

    test(
      'leave the host as it was, with vanished bind sources, images with volumes and scans that were killed',
      { timeout: 900_000 },
      async () => {
        const planted = ['etc', 'root'].map((name) => join(engine().folder, name));
        const folders = ['/etc', '/boot', '/usr/lib/systemd', '/usr/local/bin'];
        const before = await traceOf(engine(), folders, planted);
        let killed = 0;
        for (let count = 1; count <= scansBetween; count += 1) {
          if (count % killedEvery !== 3) await scan();
          else if (await killedScan()) killed += 1;
        }
        expect(killed).toBeGreaterThan(0);
        await scan({ hostFiles: { read: false, owner } });
        expect(await readers()).toEqual([]);
        expect(await traceOf(engine(), folders, planted)).toEqual(before);
        await expect(stat(vanished)).rejects.toMatchObject({ code: 'ENOENT' });
      },
    );

    test('are not asked for below a folder that is gone, which the engine refuses and does not make', async () => {
      const gone = join(engine().folder, 'gone');
      const sources = [
        { path: '/etc', recursive: true },
        { path: gone, recursive: false },
      ];
      const request = { imageId: await imageId(), label: hostFileReaderLabel, owner, sources };
      const events = await actions(() =>
        expect(withDoor((door) => door.create(request))).rejects.toMatchObject({ httpStatus: 400 }),
      );
      expect(events).toEqual([]);
      await expect(stat(gone)).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await readers()).toEqual([]);
    });

    test("of a killed scan leave a reader that the next contact removes, and nobody else's", async () => {
      const mine = await leaveBehind(owner);
      const others = await leaveBehind('test:somebody-else');
      const label = `${hostFileReaderLabel}=${owner}`;
      await engine().docker('create', '--name', 'impostor', '--label', label, 'busybox:test');
      onTestFinished(async () => {
        await engine().docker('rm', '--volumes', 'impostor', others);
      });
      const events = await actions(() => scan({ hostFiles: { read: false, owner } }));
      expect(events).toEqual(['container destroy']);
      const left = await readers();
      expect(left).not.toContain(mine);
      expect(left).toContain(others);
      expect(left).toHaveLength(2);
      expect(await actions(() => scan())).toEqual(['container create', 'container destroy']);
      expect(await readers()).toEqual(left);
    });

    test('are given up when the scan is cancelled, and the reader goes all the same', async () => {
      const cancelling = new AbortController();
      const cancelOnceMade = async (): Promise<void> => {
        await expect.poll(readers, { interval: 5, timeout: 20_000 }).toHaveLength(1);
        cancelling.abort();
      };
      const [scanned] = await Promise.allSettled([scan({ signal: cancelling.signal }), cancelOnceMade()]);
      expect(scanned).toMatchObject({ status: 'rejected', reason: { reason: 'cancelled' } });
      expect(await readers()).toEqual([]);
    });

    // Once is enough for what takes longest: the older engine is the one that locks the most.
    test('are read over a slow line while others inspect and stop containers', { timeout: 180_000 }, async () => {
      await engine().docker('run', '--detach', '--name', 'ordinary', '--init', '--network', 'none', 'busybox:test');
      onTestFinished(async () => {
        await engine().docker('rm', '--force', 'ordinary');
      });
      const line = await throttledLine(engine().port, 20_000);
      onTestFinished(() => line.close());
      const target = targetOf({ url: `tcp://127.0.0.1:${line.port}`, tls: engine().tls });
      const scanning = scanOnce(target, { processLists: false, endpointProbe: false, hostFiles });
      const ended = scanning.then(
        () => true,
        () => true,
      );
      await expect.poll(readers, { interval: 20, timeout: 60_000 }).toHaveLength(1);
      const msOf = async (...command: string[]): Promise<number> => {
        const startedAt = performance.now();
        await engine().docker(...command);
        return performance.now() - startedAt;
      };
      const [reader = ''] = await readers();
      const stopMs = await msOf('stop', '--time', '1', 'ordinary');
      const inspectMs: number[] = [];
      while (!(await Promise.race([ended, Promise.resolve(false)]))) {
        inspectMs.push(await msOf('inspect', 'ordinary'));
        // Gone in the very moment in which it is asked for, at the end.
        inspectMs.push(await msOf('inspect', reader).catch(() => 0));
      }
      const snapshot = await scanning;
      expect(Math.max(...inspectMs)).toBeLessThan(3_000);
      expect(stopMs).toBeLessThan(5_000);
      expect(valueOf(snapshot.hostFiles)?.units?.['docker.service']?.path).toMatch(/docker\.service$/u);
      expect(snapshot.notes).toEqual([]);
      expect(await readers()).toEqual([]);
    });

    test('are not read where the only images have volumes, and the reason says what to do', async () => {
      await engine().docker('rm', 'vanished');
      await engine().docker('rmi', 'busybox:test');
      const missing = { missing: 'not-supported', detail: expect.stringMatching(/No image .* docker pull busybox/u) };
      let snapshot: HostSnapshot | undefined;
      expect(await actions(async () => (snapshot = await scan()))).toEqual([]);
      expect(snapshot?.hostFiles).toEqual(missing);
    });
  });
});
