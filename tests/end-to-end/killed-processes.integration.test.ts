import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ScanPage } from '@plimsoll/contracts';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, writeClientFiles } from './client-folder.ts';
import { plimsoll } from './command.ts';
import { processRunning, processesOf } from './processes.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';

let folder: string;
let dataDir: string;
beforeAll(async () => {
  folder = await temporaryFolder('killed');
  dataDir = join(folder, 'data');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const patience = { timeout: 90_000, interval: 50 };
const apiProgram = 'apps/api/dist/main.js';
const workerProgram = 'apps/worker/dist/main.js';

describe('after kill -9', () => {
  let running: RunningPlimsoll;
  beforeAll(async () => {
    running = await RunningPlimsoll.start({ dataDir, args: ['--no-local'] });
    await running.hasScanned();
  });
  afterAll(async () => {
    running.command.kill('SIGTERM');
    await running.command.ended();
  });

  test(
    'of the worker in the middle of a scan, another takes it up, and it ends once',
    { timeout: 240_000 },
    async () => {
      const slow = await startSimulatedHost({
        faults: { requests: [{ path: /^\/images\/json$/u, fault: { kind: 'hang' }, times: 1 }] },
      });
      try {
        const host = await running.register('slow', slow);
        const scan = await running.startScan(host);
        await expect.poll(() => slow.requests.some(({ url }) => url.includes('/images/json')), patience).toBe(true);
        const killed = await processRunning(dataDir, workerProgram);
        process.kill(killed, 'SIGKILL');
        await running.command.prints('The worker ended and is started again');
        const end = await running.scanEnds(scan);
        expect(end).toMatchObject({ id: scan.id, state: 'succeeded', fixed: 0, reopened: 0, missingParts: [] });
        expect(await processRunning(dataDir, workerProgram)).not.toBe(killed);

        expect((await running.get(`/v1/hosts/${host.id}/scans`, ScanPage)).items.map(({ id }) => id)).toEqual([
          scan.id,
        ]);
        const events = await (await running.call('GET', `/v1/scans/${scan.id}/events`)).text();
        expect(events.match(/"state":"succeeded"/gu)).toHaveLength(1);

        const findings = await running.findings(host);
        expect(findings).toHaveLength(end.opened ?? -1);
        const tlsDir = await writeClientFiles(join(folder, 'client'), slow.tls);
        const { stdout } = await plimsoll(['scan', slow.url, '--tls-dir', tlsDir, '--format', 'json']);
        const results: { check: string; outcome: string; causedBy: string | null; subject: { name: string } }[] =
          JSON.parse(stdout).results;
        const failed = results.filter(({ outcome, causedBy }) => outcome === 'fail' && causedBy === null);
        const named = (all: readonly { check: string; subject: { name: string } }[]): string[] =>
          all.map(({ check, subject }) => `${check} ${subject.name}`).toSorted();
        expect(named(findings)).toEqual(named(failed));
      } finally {
        await slow.close();
      }
    },
  );

  test('of the API, another answers', async () => {
    const killed = await processRunning(dataDir, apiProgram);
    process.kill(killed, 'SIGKILL');
    await running.command.prints('The api ended and is started again');
    const status = (): Promise<number> =>
      fetch(`${running.url}/readyz`).then(
        ({ status: code }) => code,
        () => 0,
      );
    await expect.poll(status, patience).toBe(200);
    expect(await processRunning(dataDir, apiProgram)).not.toBe(killed);
  });

  test(
    'of the one that started them all, they end by themselves, and the next start goes on with the data',
    { timeout: 240_000 },
    async () => {
      const hosts = await running.hosts();
      expect((await processesOf(dataDir)).length).toBeGreaterThanOrEqual(4);
      running.command.kill('SIGKILL');
      expect(await running.command.ended()).toMatchObject({ exitCode: 'SIGKILL' });
      await expect.poll(() => processesOf(dataDir), patience).toEqual([]);

      running = await RunningPlimsoll.start({ dataDir, args: ['--no-local'] });
      await running.hasScanned();
      expect((await running.hosts()).map(({ id }) => id)).toEqual(hosts.map(({ id }) => id));
    },
  );

  test('of the one that started them all, a start right after it works too', { timeout: 240_000 }, async () => {
    running.command.kill('SIGKILL');
    await running.command.ended();
    const environment = { PLIMSOLL_PORT: new URL(running.url).port };
    running = await RunningPlimsoll.start({ dataDir, args: ['--no-local'], environment });
    await running.hasScanned();
    expect((await running.stop()).exitCode).toBe(0);
    await expect.poll(() => processesOf(dataDir), patience).toEqual([]);
  });
});
