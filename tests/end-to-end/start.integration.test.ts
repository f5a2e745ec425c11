import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ScanPage } from '@plimsoll/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from './client-folder.ts';
import type { CommandResult } from './command.ts';
import { processesOf } from './processes.ts';
import { RunningPlimsoll, freePort } from './running-plimsoll.ts';

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder('start');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const started: RunningPlimsoll[] = [];
afterEach(async () => {
  for (const plimsoll of started.splice(0)) {
    plimsoll.command.kill('SIGTERM');
    await plimsoll.command.ended();
  }
});
const start = async (...args: Parameters<typeof RunningPlimsoll.start>): Promise<RunningPlimsoll> => {
  const plimsoll = await RunningPlimsoll.start(...args);
  started.push(plimsoll);
  return plimsoll;
};

const password = /with the password (\S+) \(shown only this once\)/u;
const local = ['--no-local'];

describe('start', () => {
  let dataDir: string;
  let port: string;
  let first: CommandResult;
  beforeAll(async () => {
    dataDir = join(folder, 'data');
    port = String(await freePort());
    first = await RunningPlimsoll.once({ dataDir, args: local, environment: { PLIMSOLL_PORT: port } });
  });

  test('--once on a fresh folder ends with 0, and leaves no process', async () => {
    expect({ ...first, stdout: '', stderr: '' }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(await processesOf(dataDir)).toEqual([]);
  });

  test('prints its address on a line of its own, the table and one line per host to stdout, and nothing else', () => {
    const [ready, gap, head = '', ...rest] = first.stdout.split('\n');
    expect([ready, gap]).toEqual([`Plimsoll is ready at http://127.0.0.1:${port}`, '']);
    expect(head.split(/\s{2,}/u)).toEqual(['SEVERITY', 'CHECK', 'HOST', 'THING', 'WHY']);
    expect(rest.slice(-5)).toEqual([
      '',
      expect.stringMatching(/^sample-host \(simulated\): score \d+ of 100\. \d+ critical, .*\.$/u),
      '',
      `All of it: http://127.0.0.1:${port}`,
      '',
    ]);
    expect(first.stdout).not.toMatch(/[^\P{Cc}\n]/u);
  });

  test('prints a line for each step to stderr, and the password of the first owner once', () => {
    const steps = first.stderr.split('\n').filter((line) => line.startsWith('✓'));
    expect(steps.map((line) => line.replace(/\(?(\d+\.\d s|tcp:\S+)\)?/gu, '').trim())).toEqual([
      '✓ Starting PostgreSQL',
      '✓ Bringing the database up to date',
      '✓ Starting the API',
      '✓ Scanning the sample host (simulated) at',
      '✓ Stopping',
    ]);
    expect(first.stderr.match(new RegExp(password, 'gu'))).toHaveLength(1);
    expect(first.stdout).not.toContain(password.exec(first.stderr)?.[1]);
  });

  test('does not write the password, or any key, to its logs', async () => {
    const secrets = [password.exec(first.stderr)?.[1] ?? ''];
    for (const name of ['start.key', 'master.key'])
      secrets.push((await readFile(join(dataDir, 'keys', name), 'utf8')).trim());
    const logs = join(dataDir, 'logs');
    for (const name of await readdir(logs)) {
      const text = await readFile(join(logs, name), 'utf8');
      expect(secrets.filter((secret) => secret.length < 8 || text.includes(secret))).toEqual([]);
    }
  });

  describe('again', () => {
    let again: RunningPlimsoll;
    beforeAll(async () => {
      again = await RunningPlimsoll.start({ dataDir, args: local });
      await again.hasScanned();
    });
    afterAll(async () => {
      again.command.kill('SIGTERM');
      await again.command.ended();
    });

    test('keeps what was there: no second host, no finding doubled or reopened, no second password', async () => {
      const hosts = await again.hosts();
      expect(hosts).toMatchObject([{ name: 'sample-host', simulated: true, lastScanState: 'succeeded' }]);
      const [host] = hosts;
      if (host === undefined) throw new Error('no host');
      const scans = (await again.get(`/v1/hosts/${host.id}/scans`, ScanPage)).items;
      expect(scans.map(({ state, opened, fixed, reopened }) => ({ state, opened, fixed, reopened }))).toEqual([
        // The simulated host has another port at each start, and what is wrong with its endpoint is still the same.
        { state: 'succeeded', opened: 0, fixed: 0, reopened: 0 },
        { state: 'succeeded', opened: expect.any(Number), fixed: 0, reopened: 0 },
      ]);
      const findings = await again.findings(host, 50);
      expect(findings).toHaveLength(scans.at(-1)?.opened ?? -1);
      const what = findings.map(({ check, subject }) => `${check} ${subject.kind} ${subject.name}`);
      expect(new Set(what).size).toBe(what.length);
      expect(again.command.stderr).not.toMatch(/password|owner/u);
      expect(again.command.stderr).not.toContain('Creating the database');
    });

    test('on the same folder at the same time is refused, and the running one goes on', async () => {
      const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir, args: local });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^error {2}data-folder-in-use .*\nfix .*PLIMSOLL_DATA_DIR/mu);
      expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
    });

    test('on the same port is refused by its number, with nothing started or written', async () => {
      const other = join(folder, 'other');
      const environment = { PLIMSOLL_PORT: new URL(again.url).port };
      const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir: other, args: local, environment });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
      expect(stderr).toMatch(/^error {2}port-in-use .*\nwhy .*\nfix .*PLIMSOLL_PORT/u);
      expect(stderr).toContain(`127.0.0.1:${environment.PLIMSOLL_PORT}`);
      expect(await readdir(folder)).not.toContain('other');
      expect(await processesOf(other)).toEqual([]);
    });

    test('ends at Ctrl-C with 0, drained, and leaves no process', async () => {
      const { exitCode, stderr } = await again.stop();
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(/✓ Stopping \(\d+\.\d s\)\n$/u);
      expect(await processesOf(dataDir)).toEqual([]);
      for (const name of ['api', 'worker'])
        expect((await readFile(join(dataDir, 'logs', `${name}.log`), 'utf8')).trimEnd().split('\n').at(-1)).toContain(
          '"stopped"',
        );
    });
  });
});

test.for([
  ['while the database is made', '  Creating the database'],
  ['while the API starts', '• Starting the API'],
  ['during the first scan', '• Scanning the sample host'],
] as const)('Ctrl-C %s ends with 0 and leaves no process', async ([, moment]) => {
  const dataDir = join(folder, 'interrupted');
  await rm(dataDir, { recursive: true, force: true });
  const plimsoll = await start({ dataDir, args: local });
  await plimsoll.command.prints(moment);
  const { exitCode, stderr } = await plimsoll.stop();
  expect({ exitCode, errors: stderr.match(/^(?:error|warning).*/gmu) }).toEqual({ exitCode: 0, errors: null });
  expect(await processesOf(dataDir)).toEqual([]);
});

test('what it started is stopped, though nobody reads what it prints any more', async () => {
  const dataDir = join(folder, 'unread');
  const { command } = await start({ dataDir, args: local });
  await command.prints('• Scanning the sample host');
  command.abandon();
  command.interrupt();
  expect(await command.ended()).toMatchObject({ exitCode: 0 });
  expect(await processesOf(dataDir)).toEqual([]);
});

test('a folder of a newer version is refused and left as it is', async () => {
  const dataDir = join(folder, 'newer');
  const version = '{"dataFolderVersion":99,"postgresMajor":18}';
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'version.json'), version);
  const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir, args: local });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^error {2}data-folder-too-new .*newer version.*\nfix /mu);
  expect(await readFile(join(dataDir, 'version.json'), 'utf8')).toBe(version);
  expect(await processesOf(dataDir)).toEqual([]);
});

test('every mistake in the configuration is told at once, with nothing started', async () => {
  const dataDir = join(folder, 'misconfigured');
  const environment = { PLIMSOLL_PORT: 'seven', PLIMSOLL_WORKER_CONCURENCY: '2' };
  const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir, environment });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^error {2}configuration-invalid /u);
  for (const name of Object.keys(environment)) expect(stderr).toContain(name);
  expect(stderr).not.toContain('\\u{');
  expect(await readdir(folder)).not.toContain('misconfigured');
});

test('a port that another program uses is told, though that is no Plimsoll', async () => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const { exitCode, stderr } = await RunningPlimsoll.once({
    dataDir: join(folder, 'port'),
    environment: { PLIMSOLL_PORT: String(port) },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`Plimsoll can not listen on 127.0.0.1:${port}.`);
  await new Promise((done) => server.close(done));
});
