import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestDockerd } from '../docker/dockerd.ts';
import { importBusybox } from '../docker/images.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const base = 'busybox:stand-in';

/** Programs that say yes or wait: no registry can be reached, and a scan looks at what runs from outside. */
const programs: Readonly<Record<string, string>> = {
  // `migrate` and health probes end well, API and worker go on.
  node: 'case "$*" in *migrate*|*fetch*) exit 0 ;; esac\nexec sleep 86400',
  'docker-entrypoint.sh': 'exec "$@"',
  postgres: 'exec sleep 86400',
  pg_isready: 'exit 0',
  'valkey-server': 'exec sleep 86400',
  'valkey-cli': 'echo PONG',
};

/** What the publishers' own Dockerfiles say of user, volumes, ports and commands; neither names a user or a probe. */
const foreignImages: Readonly<Record<string, string>> = {
  postgres:
    'ENV PG_MAJOR=18 PGDATA=/var/lib/postgresql/18/docker\nVOLUME /var/lib/postgresql\nENTRYPOINT ["docker-entrypoint.sh"]\nSTOPSIGNAL SIGINT\nEXPOSE 5432\nCMD ["postgres"]',
  'valkey/valkey':
    'ENV VALKEY_VERSION=8.1.4\nVOLUME /data\nWORKDIR /data\nENTRYPOINT ["docker-entrypoint.sh"]\nEXPOSE 6379\nCMD ["valkey-server"]',
};

/** Makes an image under each reference, with the configuration of the real one and programs that stand in for its own. */
export const makeStandInImages = async (dockerd: TestDockerd, references: readonly string[]): Promise<void> => {
  await importBusybox(dockerd, base);
  const context = join(dockerd.folder, 'stand-in');
  await mkdir(join(context, 'bin'), { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(context, 'bin', name), `#!/bin/sh\n${script}\n`);
    await chmod(join(context, 'bin', name), 0o755);
  }
  for (const reference of references) {
    const name = reference.replace(/:[^:/]+$/u, '');
    const configuration = name === 'plimsoll' ? await ownConfiguration() : foreignImages[name];
    if (configuration === undefined) throw new Error(`no stand-in for ${reference}`);
    await writeFile(join(context, 'Dockerfile'), `FROM ${base}\nCOPY bin/ /usr/local/bin/\n${configuration}\n`);
    const { stdout } = await run('tar', ['-C', context, '-cf', '-', '.'], { encoding: 'buffer' });
    await dockerd.dockerWithInput(stdout, 'build', '--quiet', '--force-rm', '--tag', reference, '-');
  }
};

/** The last stage of deploy/Dockerfile without what runs or copies. */
const ownConfiguration = async (): Promise<string> => {
  const text = (await readFile(join(root, 'deploy/Dockerfile'), 'utf8')).replaceAll(/\\\n\s*/gu, ' ');
  const lastStage = text.slice(text.lastIndexOf('\nFROM '));
  return lastStage
    .split('\n')
    .filter((line) => /^(LABEL|ENV|WORKDIR|USER|EXPOSE|HEALTHCHECK|CMD|ENTRYPOINT|VOLUME) /u.test(line))
    .join('\n');
};
