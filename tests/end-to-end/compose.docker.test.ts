import { execFile } from 'node:child_process';
import { accessSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CheckResultDocument } from '@plimsoll/contracts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { describeWithDocker } from '../docker/availability.ts';
import { type TestDockerd, startDockerd } from '../docker/dockerd.ts';
import { plimsoll } from './command.ts';
import { freePort } from './running-plimsoll.ts';
import { makeStandInImages } from './stand-in-images.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const composeProgram = '/usr/bin/docker-compose';

const composeMissing = ((): string | undefined => {
  try {
    accessSync(composeProgram);
    return undefined;
  } catch {
    return `${composeProgram} is not there; npm test installs docker-compose as root on Debian`;
  }
})();
if (composeMissing !== undefined) console.warn(`SKIPPED, the compose project: ${composeMissing}`);

const Inspected = z.array(
  z.object({
    Name: z.string(),
    State: z.object({ Status: z.string(), ExitCode: z.int() }),
    Config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
      Labels: z.record(z.string(), z.string()),
    }),
  }),
);
type Inspected = z.infer<typeof Inspected>;

describeWithDocker('the project of docker-compose.yml', () => {
  let dockerd: TestDockerd;
  let folder: string;
  let containers: Inspected;
  let results: CheckResultDocument[];
  beforeAll(async () => {
    if (composeMissing !== undefined) return;
    dockerd = await startDockerd({ name: 'compose' });
    // Where most people clone to, and what the page says of that.
    folder = await mkdtemp(join(homedir(), 'plimsoll-compose-'));
    await startProject(folder, dockerd);
    const ids = (await dockerd.docker('ps', '--all', '--quiet')).split('\n');
    containers = Inspected.parse(JSON.parse(await dockerd.docker('inspect', ...ids)));
    const { stdout } = await plimsoll(['scan', `unix://${dockerd.socket}`, '--format', 'json']);
    results = CheckResultDocument.array().parse(JSON.parse(stdout).results);
  });
  afterAll(async () => {
    if (composeMissing !== undefined) return;
    await dockerd.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(({ skip }) => skip(composeMissing !== undefined, composeMissing));

  const serviceOf = ({ Config: { Labels } }: Inspected[number]): string => Labels['com.docker.compose.service'] ?? '';
  /** Severity, check, and the service or image: what a row of the page names. */
  const rowsOf = (outcome: 'fail' | 'unknown'): string[] => {
    const services = new Map(containers.map((container) => [container.Name.slice(1), serviceOf(container)]));
    const own = results.filter(
      (result) => result.outcome === outcome && !['daemon', 'endpoint', 'host'].includes(result.subject.kind),
    );
    return [
      ...new Set(
        own.map(({ severity, check, subject }) => `${severity} ${check} ${services.get(subject.name) ?? subject.name}`),
      ),
    ].toSorted();
  };

  test('runs as compose runs it: two workers, and the migration before them', () => {
    expect(containers.map((container) => `${serviceOf(container)} ${container.State.Status}`).toSorted()).toEqual([
      'api running',
      'migrate exited',
      'postgres running',
      'valkey running',
      'worker running',
      'worker running',
    ]);
    expect(containers.filter(({ Config: { User } }) => !/^[1-9]\d*:[1-9]\d*$/u.test(User))).toEqual([]);
  });

  test('asks the worker for its health at the port on which it answers', () => {
    for (const { Config } of containers.filter((container) => serviceOf(container) === 'worker')) {
      const port = /127\.0\.0\.1:(\d+)/u.exec(Config.Healthcheck.Test.join(' '))?.[1];
      expect(Config.Env).toContain(`PLIMSOLL_WORKER_PORT=${port}`);
    }
  });

  test('has no finding that docs/deployment-findings.md does not explain, and none that is gone', async () => {
    const page = await readFile(join(root, 'docs/deployment-findings.md'), 'utf8');
    expect(rowsOf('fail')).toEqual(explained(page, 'Accepted'));
    expect(rowsOf('unknown')).toEqual(explained(page, 'Could not be told'));
  });
});

const startProject = async (folder: string, dockerd: TestDockerd): Promise<void> => {
  const file = await readFile(join(root, 'docker-compose.yml'), 'utf8');
  // Compose 1.29 knows no `name`; the command line gives it.
  await writeFile(join(folder, 'docker-compose.yml'), file.replace(/^name: .*\n/mu, ''));
  await mkdir(join(folder, 'deploy'));
  await cp(join(root, 'deploy/make-secrets.sh'), join(folder, 'deploy/make-secrets.sh'));
  await run('sh', [join(folder, 'deploy/make-secrets.sh')]);
  const references = [...file.matchAll(/^\s+image: (\S+)$/gmu)].map(([, reference = '']) => reference);
  await makeStandInImages(dockerd, [...new Set(references)]);
  await run(composeProgram, ['-p', 'plimsoll', 'up', '--detach', '--no-build', '--scale', 'worker=2'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      DOCKER_HOST: `unix://${dockerd.socket}`,
      PLIMSOLL_PORT: String(await freePort()),
    },
  });
};

/** The first three cells of each row below a heading; every row must say why in the fourth. */
const explained = (page: string, heading: string): string[] => {
  const section = page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| severity') && !line.startsWith('| ---'));
  return rows
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .map(([, severity = '', check = '', thing = '', why = '']) => {
      if (why.length < 10) throw new Error(`${check} of ${thing} is not explained`);
      return `${severity} ${check} ${thing}`;
    })
    .toSorted();
};
