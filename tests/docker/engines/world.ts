import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { issueCertificate, makeAuthority, type TestAuthority } from '@plimsoll/engine-simulator';
import { type DockerCommand, dockerCommandOf } from '../dockerd.ts';
import { containerIds, untilAnswering } from './ask-socket.ts';
import { removeControlGroups } from './control-groups.ts';
import { pipe } from './pipe.ts';

/** How to run one kind of engine in a world of its own. */
export interface WorldDefinition {
  /** For names of files: short, lower case. */
  readonly name: string;
  /**
   * Shell lines that start the engine. They see a root of their own making: /etc, /run and /var/lib are private, and
   * `$FOLDER/tls` holds `ca.pem`, `cert.pem` and `key.pem`. The engine must answer by mutual TLS on 127.0.0.1:2376.
   */
  readonly script: string;
  /** Where its unix socket appears, below `/run`. Default `docker.sock`. */
  readonly socketBelowRun?: string;
  /** Root of an unpacked engine, see `unpackEngine`. Default: the one that is installed. */
  readonly engineRoot?: string;
  /** Called with the folder that the world sees as /run, before the engine starts. */
  readonly prepare?: (runFolder: string) => Promise<void>;
}

/** A running world: what is inside goes with its process 1. */
export interface World extends DockerCommand {
  /** `tcp://127.0.0.1:PORT`, mutual TLS. */
  readonly url: string;
  /** Path of the engine's unix socket, as seen from outside. */
  readonly socket: string;
  /** PEM; what a user would register. The certificate's common name is `plimsoll-test`. */
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  readonly authority: TestAuthority;
  /** What the engine and its neighbours printed so far. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * What comes before the engine. Data in memory, and every change to /etc in a layer above: when the last process ends,
 * mounts, bridges and firewall rules go with their namespaces, and nothing has to be tidied up.
 */
const preparation = `
set -e
mount -t tmpfs -o mode=0755 tmpfs "$FOLDER/state"
mkdir "$FOLDER/state/etc" "$FOLDER/state/work" "$FOLDER/state/cgroup"
mount -t overlay overlay -o "lowerdir=/etc,upperdir=$FOLDER/state/etc,workdir=$FOLDER/state/work" /etc
rm -rf /etc/docker # only in the layer: what the machine's own engine is told does not hold here
mount -t tmpfs -o mode=0755 tmpfs /var/lib
mkdir /var/lib/docker
mount --bind "$FOLDER/run" /run
# /sys of the own network, or newer engines complain of bridges that they can not read.
mount --rbind /sys/fs/cgroup "$FOLDER/state/cgroup"
mount -t sysfs sysfs /sys
mount --rbind "$FOLDER/state/cgroup" /sys/fs/cgroup
mount --make-rshared /
ip link set lo up
"$NODE" "$RELAY" /run/relay.sock 2376 &
set +e
`;

/**
 * Starts an engine in namespaces of its own (mounts, network, host name, IPC, processes), so that it can clash with
 * nothing on this machine. All of it ends with this process, even when that is killed.
 * @throws Error with the end of the log when the engine does not answer within a minute
 */
export const startWorld = async (definition: WorldDefinition): Promise<World> => {
  const folder = await mkdtemp(join(tmpdir(), `plimsoll-engine-${definition.name}-`));
  for (const each of ['run', 'state', 'tls']) await mkdir(join(folder, each), { mode: 0o755 });
  const authority = await makeAuthority(`Test authority of ${definition.name}`);
  const [server, client] = await Promise.all([
    issueCertificate(authority, { commonName: 'engine', usage: 'server', names: ['localhost', '127.0.0.1'] }),
    issueCertificate(authority, { commonName: 'plimsoll-test', usage: 'client' }),
  ]);
  await writeFile(join(folder, 'tls/ca.pem'), authority.certificate);
  await writeFile(join(folder, 'tls/cert.pem'), server.certificate);
  await writeFile(join(folder, 'tls/key.pem'), server.key, { mode: 0o400 });
  await definition.prepare?.(join(folder, 'run'));
  const logFile = join(folder, 'world.log');
  const first = await spawnFirstProcess(definition, folder, logFile);
  const ended = once(first, 'exit');
  const door = await openDoor(join(folder, 'run/relay.sock'));
  const socket = join(folder, 'run', definition.socketBelowRun ?? 'docker.sock');
  const log = (): Promise<string> => readFile(logFile, 'utf8');
  const stop = async (): Promise<void> => {
    const ids = await containerIds(socket);
    await endAll(first);
    await ended;
    await door.close();
    await removeControlGroups(ids);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    await untilAnswering(socket, () => first.exitCode === null && first.signalCode === null);
    await untilTlsAnswers(door.port, { ca: authority.certificate, cert: client.certificate, key: client.key });
  } catch (error) {
    const lastLines = (await log()).trimEnd().split('\n').slice(-15).join('\n');
    await stop();
    throw new Error(`${definition.name} did not start: ${String(error)}\n${lastLines}`, { cause: error });
  }
  const tls = { ca: authority.certificate, certificate: client.certificate, key: client.key };
  return { url: `tcp://127.0.0.1:${door.port}`, socket, tls, authority, ...dockerCommandOf(socket, folder), log, stop };
};

const spawnFirstProcess = async (
  { script, engineRoot = '' }: WorldDefinition,
  folder: string,
  logFile: string,
): Promise<ChildProcess> => {
  const log = await open(logFile, 'w');
  // setpriv asks the kernel to kill unshare when this process ends in whatever way.
  const world = ['--mount', '--propagation', 'private', '--net', '--uts', '--ipc', '--pid', '--fork'];
  const first = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', ...world, '--kill-child', '--mount-proc', 'sh', '-c', `${preparation}${script}`],
    {
      stdio: ['ignore', log.fd, log.fd],
      env: {
        // The engine's own containerd and shim, but the machine's runc.
        PATH: [`${engineRoot}/usr/bin`, `${engineRoot}/usr/sbin`, '/usr/sbin:/usr/bin:/sbin:/bin'].join(':'),
        FOLDER: folder,
        NODE: process.execPath,
        RELAY: join(import.meta.dirname, 'relay.ts'),
      },
    },
  );
  await log.close();
  return first;
};

/**
 * Process 1 of the world is unshare's only child: when that is killed the kernel ends all the others before unshare
 * sees it gone, so that nothing of the world is left when unshare has ended.
 */
const endAll = async (first: ChildProcess): Promise<void> => {
  const children = await readFile(`/proc/${first.pid}/task/${first.pid}/children`, 'utf8').catch(() => '');
  const inits = children
    .split(' ')
    .map(Number)
    .filter((pid) => pid > 0);
  for (const pid of inits) process.kill(pid, 'SIGKILL');
  if (inits.length === 0) first.kill('SIGKILL');
};

/** The relay, or what speaks TLS for an engine, may be up a moment after the engine's unix socket. */
const untilTlsAnswers = async (port: number, material: { ca: string; cert: string; key: string }): Promise<void> => {
  for (const giveUpAt = Date.now() + 20_000; Date.now() < giveUpAt;) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const socket = connectTls({ host: '127.0.0.1', port, ...material }, () => resolve(true));
    socket.on('error', () => resolve(false)).on('close', () => resolve(false));
    const isThere = await promise;
    socket.destroy();
    if (isThere) return;
    await new Promise((next) => setTimeout(next, 50));
  }
  throw new Error('nothing answered by TLS');
};

/** A loopback port out here, whose connections go into the world. */
const openDoor = async (relaySocket: string): Promise<{ port: number; close(): Promise<void> }> => {
  const connections = new Set<Socket>();
  const server = createServer((from) => {
    connections.add(from);
    from.on('close', () => connections.delete(from));
    pipe(from, connect(relaySocket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    for (const socket of connections) socket.destroy();
    await new Promise((done) => server.close(done));
  };
  return { port: address.port, close };
};
