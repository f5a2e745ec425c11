import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Session } from '@plimsoll/contracts';
import { type SimulatedHost, startSimulatedHost } from '@plimsoll/engine-simulator';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@plimsoll/persistence';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestRedis, startRedis, whyNoRedis } from '../../libs/queue/src/testing/redis-server.ts';
import { temporaryFolder, writeClientFiles } from './client-folder.ts';
import { processesOf } from './processes.ts';
import { RunningPlimsoll } from './running-plimsoll.ts';

const redisMissing = await whyNoRedis();
if (redisMissing !== null) process.stderr.write(`SKIPPED: the start on a Redis of one's own. ${redisMissing}\n`);

let folder: string;
let postgres: EmbeddedPostgres;
beforeAll(async () => {
  folder = await temporaryFolder('own');
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: false });
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

const owner = { email: 'ada@example.test', password: 'a-long-enough-passphrase' };

describe('start with DATABASE_URL, a given owner, and a Docker host in DOCKER_HOST', () => {
  let dataDir: string;
  let machine: SimulatedHost;
  let running: RunningPlimsoll;
  beforeAll(async () => {
    dataDir = join(folder, 'data');
    machine = await startSimulatedHost();
    running = await RunningPlimsoll.start({
      dataDir,
      environment: {
        DATABASE_URL: postgres.ownerUrl,
        PLIMSOLL_OWNER_EMAIL: owner.email,
        PLIMSOLL_OWNER_PASSWORD: owner.password,
        DOCKER_HOST: machine.url,
        DOCKER_TLS_VERIFY: '1',
        DOCKER_CERT_PATH: await writeClientFiles(join(folder, 'machine'), machine.tls),
      },
    });
    await running.hasScanned();
  });
  afterAll(async () => {
    running.command.kill('SIGTERM');
    await running.command.ended();
    await machine.close();
  });

  test('starts no database of its own', async () => {
    expect(running.command.stderr).not.toContain('Starting PostgreSQL');
    expect((await readdir(dataDir)).toSorted()).toEqual(['keys', 'logs']);
    const programs = (await processesOf(dataDir)).map(
      ({ commandLine }) => /(cli|api|worker)\/dist/u.exec(commandLine)?.[1] ?? '',
    );
    expect(programs.toSorted()).toEqual(['api', 'cli', 'worker']);
    const client = new pg.Client({ connectionString: postgres.ownerUrl });
    await client.connect();
    const { rows } = await client.query('SELECT name FROM hosts ORDER BY name');
    await client.end();
    expect(rows.map(({ name }) => name)).toEqual([hostname(), 'sample-host'].toSorted());
  });

  test('gives API and worker no owner’s rights on it', async () => {
    const { password } = new URL(postgres.ownerUrl);
    const withOwnersPassword = (await processesOf(dataDir)).filter(({ environment }) => environment.includes(password));
    expect(withOwnersPassword.map(({ commandLine }) => commandLine.includes('cli/dist'))).toEqual([true]);
  });

  test('lets that owner sign in, and shows no password', async () => {
    expect(running.command.stderr).toContain(`The first owner is ${owner.email}`);
    expect(`${running.command.stderr}${running.command.stdout}`).not.toMatch(/with the password|passphrase/u);
    const answer = await fetch(`${running.url}/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(owner),
    });
    expect(answer.status).toBe(201);
    expect(Session.parse(await answer.json())).toMatchObject({ role: 'owner' });
  });

  test('registers and scans the Docker host of this machine beside the sample host', async () => {
    const hosts = await running.hosts();
    expect(hosts.map(({ name, lastScanState }) => ({ name, lastScanState }))).toEqual(
      [hostname(), 'sample-host'].toSorted().map((name) => ({ name, lastScanState: 'succeeded' })),
    );
    expect(machine.requests.length).toBeGreaterThan(0);
    expect(running.command.stdout).toMatch(new RegExp(`^${hostname()}: score \\d+ of 100`, 'mu'));
  });
});

test.skipIf(redisMissing !== null)(
  'start with REDIS_URL keeps the queue there, and --no-local leaves DOCKER_HOST alone',
  async () => {
    const redis: TestRedis = await startRedis();
    const machine = await startSimulatedHost();
    const client = new Redis(redis.url);
    try {
      const environment = { REDIS_URL: redis.url, DOCKER_HOST: machine.url, DOCKER_CERT_PATH: '/nonexistent' };
      const dataDir = join(folder, 'with-redis');
      const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir, args: ['--no-local'], environment });
      expect({ exitCode, warnings: stderr.match(/^(?:error|warning).*/gmu) }).toEqual({ exitCode: 0, warnings: null });
      expect(stdout).toMatch(/^sample-host \(simulated\): score/mu);
      expect(machine.connections).toEqual([]);
      expect((await client.keys('*')).length).toBeGreaterThan(0);
    } finally {
      client.disconnect();
      await redis.stop();
      await machine.close();
    }
  },
);

test('a database that was used with another master key is refused before anything goes wrong', async () => {
  const environment = { DATABASE_URL: postgres.ownerUrl };
  const dataDir = join(folder, 'other-key');
  const { exitCode, stderr } = await RunningPlimsoll.once({ dataDir, args: ['--no-local'], environment });
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/^error {2}master-key-does-not-fit .*\nwhy .*\nfix .*PLIMSOLL_MASTER_KEY/mu);
  expect(await processesOf(dataDir)).toEqual([]);
});

test('a Docker host of this machine that can not be registered is told, and keeps nothing from starting', async () => {
  const environment = { DOCKER_HOST: 'tcp://127.0.0.1:1' };
  const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir: join(folder, 'plain'), environment });
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(stderr).toMatch(/This machine’s Docker at tcp:\/\/127\.0\.0\.1:1 is not scanned: .+/u);
  expect(stdout).toMatch(/^sample-host \(simulated\): score/mu);
});

test('a database that does not answer is told, with nothing started', async () => {
  const dataDir = join(folder, 'unreachable');
  const environment = { DATABASE_URL: 'postgresql://nobody:secret-word@127.0.0.1:1/none' };
  const { exitCode, stdout, stderr } = await RunningPlimsoll.once({ dataDir, args: ['--no-local'], environment });
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/^error {2}database-unreachable .*\nfix /mu);
  expect(stderr).not.toContain('secret-word');
  expect(await processesOf(dataDir)).toEqual([]);
});
