import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, open, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { issueCertificate, makeAuthority } from '@plimsoll/engine-simulator';
import { type DockerCommand, dockerCommandOf } from '../../tests/docker/dockerd.ts';
import {
  apiPort,
  cgroupParents,
  containerdAddress,
  daemonProgram,
  daemonWords,
  settingsFiles,
  type SettingsFile,
  type TlsMaterial,
} from './host-settings.ts';

/** A real engine on a host of its own: its own processes, network, /etc, /run and /tmp over the machine's files. */
export interface ComparedHost extends DockerCommand {
  /** The address of its API, within its own network. */
  readonly url: string;
  /** PEM; what a user would register. */
  readonly tls: TlsMaterial;
  /** Its `/tmp`, as seen from outside. */
  readonly temporary: string;
  /** Runs a program inside the host, with everything that is its own. @returns exit code and what it printed */
  inside(program: string, args: readonly string[], limitMs: number): Promise<{ exitCode: number; printed: string }>;
  /** The words for nsenter that run a program in the host's network and nothing else of it. */
  readonly inItsNetwork: readonly string[];
  stop(): Promise<void>;
}

/**
 * Process 1 of the host. Names of folders come as arguments; the engine runs as the newest process whose command line
 * holds its name, which is how docker-bench-security finds it.
 */
const firstProcess = `
set -e
folder=$1; shift
mount --bind "$folder/run" /run
mount --bind "$folder/docker" /var/lib/docker
mount --bind "$folder/containerd" /var/lib/containerd
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$folder/etc,workdir=$folder/work" /etc
mount --rbind /sys/fs/cgroup "$folder/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$folder/cgroup" /sys/fs/cgroup
mount --bind "$folder/tmp" /tmp
mount --make-rshared /
ip link set lo up
hostname compared-host
mkdir -p /run/containerd
/usr/bin/containerd &
until [ -S ${containerdAddress} ]; do sleep 0.05; done
"$@" &
wait $!
`;

export const startComparedHost = async (): Promise<ComparedHost> => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-compare-'));
  for (const each of ['run', 'docker', 'containerd', 'etc', 'work', 'cgroup', 'tmp']) await mkdir(join(folder, each));
  await chmod(join(folder, 'tmp'), 0o1777);
  // Mount points have to exist on the machine, whose engine may never have run.
  await mkdir('/var/lib/docker', { recursive: true });
  await mkdir('/var/lib/containerd', { recursive: true });
  const authority = await makeAuthority('Authority of the compared host');
  const [server, client] = await Promise.all([
    issueCertificate(authority, { commonName: 'compared-host', usage: 'server', names: ['localhost', '127.0.0.1'] }),
    issueCertificate(authority, { commonName: 'plimsoll', usage: 'client' }),
  ]);
  const material = { ca: authority.certificate, certificate: server.certificate, key: server.key };
  for (const file of settingsFiles(material, await readFile('/etc/group', 'utf8'))) {
    await put(join(folder, 'etc'), file);
  }
  const world = await spawnWorld(folder);
  const socket = join(folder, 'run/docker.sock');
  const command = dockerCommandOf(socket, folder);
  const stop = () => stopWorld(world, command);
  try {
    await untilReady(world, command);
    const first = await firstProcessOf(world);
    // Open to every account of the machine, with digits that are small as a decimal number.
    await chmod(socket, 0o646);
    return {
      url: `tcp://127.0.0.1:${apiPort}`,
      tls: { ca: authority.certificate, certificate: client.certificate, key: client.key },
      ...command,
      temporary: join(folder, 'tmp'),
      inside: (program, args, limitMs) => inside(first, [program, ...args], limitMs),
      inItsNetwork: [`--net=/proc/${first}/ns/net`, '--'],
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
};

const put = async (root: string, { path, content, mode, uid = 0, gid = 0 }: SettingsFile): Promise<void> => {
  const at = join(root, path);
  if (content === undefined) await mkdir(at);
  else await writeFile(at, content);
  await chown(at, uid, gid);
  await chmod(at, mode ?? (content === undefined ? 0o755 : 0o644));
};

const spawnWorld = async (folder: string): Promise<ChildProcess> => {
  const log = await open(join(folder, 'host.log'), 'w');
  const own = ['--mount', '--propagation', 'private', '--net', '--uts', '--ipc', '--pid'];
  const first = ['--fork', '--kill-child', '--mount-proc', 'sh', '-c', firstProcess, 'sh', folder];
  // The kernel ends it, and with it the host, when this process ends in whatever way.
  const untilWeEnd = ['--pdeathsig', 'KILL', '/usr/bin/unshare'];
  const world = spawn('/usr/bin/setpriv', [...untilWeEnd, ...own, ...first, daemonProgram, ...daemonWords], {
    stdio: ['ignore', log.fd, log.fd],
    env: { PATH: process.env['PATH'] },
  });
  await log.close();
  return world;
};

/** The id, outside, of the process that is number 1 inside. */
const firstProcessOf = async ({ pid }: ChildProcess): Promise<string> => {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const [first] = children.trim().split(' ');
  if (first === undefined || first === '') throw new Error('the compared host has no process');
  return first;
};

const untilReady = async (world: ChildProcess, command: DockerCommand): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (
      await command.docker('version').then(
        () => true,
        () => false,
      )
    )
      return;
    if (world.exitCode !== null || Date.now() > deadline) {
      const log = await readFile(join(command.folder, 'host.log'), 'utf8');
      throw new Error(`the compared host did not start:\n${log.split('\n').slice(-20).join('\n')}`);
    }
    await delay(50);
  }
};

const inside = async (
  first: string,
  command: readonly string[],
  limitMs: number,
): Promise<{ exitCode: number; printed: string }> => {
  const child = spawn('/usr/bin/nsenter', ['-t', first, '-m', '-n', '-u', '-i', '-p', '--', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], HOME: '/root' },
    timeout: limitMs,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  return { exitCode: child.exitCode ?? -1, printed: Buffer.concat(chunks).toString('utf8') };
};

/** Containers first, so that none of their control groups stays; then process 1, which takes all others along. */
const stopWorld = async (world: ChildProcess, command: DockerCommand): Promise<void> => {
  if (world.exitCode === null) {
    await command.docker('swarm', 'leave', '--force').catch(() => undefined);
    const ids = await command.docker('ps', '-aq').catch(() => '');
    if (ids !== '') await command.docker('rm', '-f', '-v', ...ids.split('\n')).catch(() => undefined);
    const ended = once(world, 'exit');
    world.kill('SIGKILL');
    await ended;
  }
  for (const hierarchy of await readdir('/sys/fs/cgroup')) {
    for (const parent of Object.values(cgroupParents))
      await rmdir(join('/sys/fs/cgroup', hierarchy, parent)).catch(() => undefined);
  }
  await rm(command.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
};
