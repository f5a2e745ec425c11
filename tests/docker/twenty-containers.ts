import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { execFile } from 'node:child_process';
import type { DockerCommand } from './dockerd.ts';
import { buildImage, importBusybox } from './images.ts';

const run = promisify(execFile);

/** A container of the twenty, and the one thing that is wrong with it. */
export interface TestContainer {
  readonly name: string;
  readonly image: string;
  readonly state: 'running' | 'created' | 'exited';
  /** In a few words, in the order of the table; `undefined` for the well-kept ones. */
  readonly wrong: string | undefined;
  readonly flags: readonly string[];
  readonly command?: readonly string[];
}

const appImage = 'registry.test.example/app:1.4.2';
const rootImage = 'registry.test.example/root-app:1.4.2';
const sshImage = 'registry.test.example/ssh-app:1.4.2';
const appNetwork = 'app';
/** In the environment of `secret-environment`: must appear in no finding, log or report. */
export const plantedSecret = 'Zx8-planted-Qw3-secret';

/** What a well-kept container is started with; each bad one differs from it in one thing. */
const kept = {
  network: ['--network', appNetwork],
  root: ['--read-only'],
  capabilities: ['--cap-drop', 'ALL'],
  privileges: ['--security-opt', 'no-new-privileges:true'],
  memory: ['--memory', '64m'],
  cpu: ['--cpus', '0.25', '--cpu-shares', '256'],
  pids: ['--pids-limit', '50'],
  restart: ['--restart', 'on-failure:5'],
  log: ['--log-driver', 'local'],
};
type Kept = keyof typeof kept;

const keptBut = (changes: Partial<Record<Kept, readonly string[]>>, ...more: string[]): string[] => [
  ...Object.values({ ...kept, ...changes }).flat(),
  ...more,
];

const container = (
  name: string,
  wrong: string | undefined,
  flags: readonly string[],
  others: Partial<Pick<TestContainer, 'image' | 'state' | 'command'>> = {},
): TestContainer => ({ name, wrong, flags, image: appImage, state: 'running', ...others });

/** Twenty containers, good and bad on purpose. Names sort in no meaningful order and hold no index. */
export const twentyContainers: readonly TestContainer[] = [
  container('kept-web', undefined, keptBut({}, '--publish', '127.0.0.1::8080')),
  container('kept-api', undefined, keptBut({})),
  container('kept-worker', undefined, keptBut({}, '--mount', 'type=volume,source=work,target=/work')),
  // On engine 20.10 it can't start where the machine lacks a capability; an inspect shows all the same.
  container('privileged', 'privileged', keptBut({}, '--privileged'), { state: 'created' }),
  container(
    'socket-direct',
    'the socket is mounted',
    keptBut({}, '--volume', '/var/run/docker.sock:/var/run/docker.sock'),
  ),
  container('socket-parent', 'a parent folder of the socket is mounted', keptBut({}, '--volume', '/var/run:/host/run')),
  container('host-network', "the host's network", keptBut({ network: ['--network', 'host'] })),
  container('host-pid', "the host's processes", keptBut({}, '--pid', 'host')),
  container('host-ipc', "the host's shared memory", keptBut({}, '--ipc', 'host')),
  container('host-uts', "the host's name", keptBut({}, '--uts', 'host')),
  container(
    'no-limits',
    'no limit of memory, processor, processes or log',
    keptBut({ memory: [], cpu: [], pids: [], log: [] }),
  ),
  container('root-user', 'root', keptBut({}), { image: rootImage }),
  container('published', 'published on every address', keptBut({}, '--publish', '0.0.0.0::8080')),
  container(
    'capabilities',
    'added capabilities',
    keptBut({ capabilities: ['--cap-drop', 'ALL', '--cap-add', 'SYS_ADMIN', '--cap-add', 'NET_ADMIN'] }),
  ),
  container('host-etc', "the host's /etc, writable", keptBut({}, '--volume', '/etc:/host/etc')),
  container('seccomp-off', 'seccomp is off', keptBut({}, '--security-opt', 'seccomp=unconfined')),
  container('host-device', "a device of the host's kernel", keptBut({}, '--device', '/dev/kmsg:/dev/kmsg:r')),
  container(
    'secret-environment',
    'a password in the environment',
    keptBut({}, '--env', `DB_PASSWORD=${plantedSecret}`),
  ),
  container('ssh-server', 'an SSH server', keptBut({}), { image: sshImage }),
  container(
    'writable-root',
    'writable root, privileges to gain, restarts for ever',
    keptBut({ root: [], privileges: [], restart: ['--restart', 'always'] }),
    { state: 'exited' },
  ),
];

/** Makes images, network, volume and the twenty containers; starts those that run. */
export const createTwentyContainers = async (dockerd: DockerCommand): Promise<readonly TestContainer[]> => {
  await makeImages(dockerd);
  await dockerd.docker('network', 'create', appNetwork);
  await dockerd.docker('volume', 'create', 'work');
  for (const { name, image, flags, command = [] } of twentyContainers) {
    await dockerd.docker('create', '--name', name, ...flags, image, ...command);
  }
  const started = twentyContainers.filter(({ state }) => state !== 'created').map(({ name }) => name);
  await dockerd.docker('start', ...started);
  const ended = twentyContainers.filter(({ state }) => state === 'exited').map(({ name }) => name);
  await dockerd.docker('stop', '--time', '0', ...ended);
  await untilTold(dockerd, ended.length);
  return twentyContainers;
};

/** The engine may tell of an end a moment after the command that waited for it: nothing of ours shall come late. */
const untilTold = async (dockerd: DockerCommand, deaths: number): Promise<void> => {
  const filters = ['--filter', 'type=container', '--filter', 'event=die', '--format', '{{.ID}}'];
  for (const giveUpAt = Date.now() + 10_000; Date.now() < giveUpAt;) {
    const until = (Date.now() / 1000).toFixed(3);
    const told = await dockerd.docker('events', '--since', '10m', '--until', until, ...filters);
    if (told.split('\n').filter((line) => line !== '').length >= deaths) return;
  }
  throw new Error('the engine did not tell that its containers ended');
};

const makeImages = async (dockerd: DockerCommand): Promise<void> => {
  await importBusybox(dockerd, 'busybox:1.35.0');
  // The first probe comes after the interval: an hour keeps probes out of the event stream.
  const health = 'HEALTHCHECK --interval=1h CMD ["/bin/true"]';
  const command = 'CMD ["sleep","86400"]';
  await buildImage(dockerd, appImage, `FROM busybox:1.35.0\nUSER 1000:1000\n${health}\n${command}`);
  await buildImage(dockerd, rootImage, `FROM busybox:1.35.0\n${health}\n${command}`);
  // A small static program under the name of an SSH server.
  const context = join(dockerd.folder, 'ssh-image');
  await mkdir(context, { recursive: true });
  await copyFile('/usr/bin/tini-static', join(context, 'sshd'));
  const { stdout } = await run('tar', ['-C', context, '-cf', '-', 'sshd'], { encoding: 'buffer' });
  await dockerd.dockerWithInput(stdout, 'import', '-', 'sshd-program:1');
  await buildImage(
    dockerd,
    sshImage,
    `FROM sshd-program:1 AS program\nFROM busybox:1.35.0\nCOPY --from=program /sshd /usr/sbin/sshd\nUSER 1000:1000\n${health}\nCMD ["/usr/sbin/sshd","-s","--","sleep","86400"]`,
  );
  await dockerd.docker('image', 'rm', 'sshd-program:1');
};
