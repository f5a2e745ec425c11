import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { issueCertificate, makeAuthority, type TestAuthority } from '@plimsoll/engine-simulator';
import { claimBridge, type Bridge } from './bridge.ts';

const run = promisify(execFile);

export interface DockerdOptions {
  /** For names of files and the bridge: short, lower case. */
  readonly name: string;
  /** Further flags for dockerd. */
  readonly args?: readonly string[];
  /** Mutual TLS on a free loopback port. Default true; false is plain HTTP. */
  readonly tls?: boolean;
  /** Root of an unpacked engine, see `unpackEngine`. Default: the one that is installed. */
  readonly engineRoot?: string;
  /** Told the engine's folder before it starts: what is put into `etc` and `root` there lies over the host's own. */
  readonly plantFiles?: (folder: string) => Promise<void>;
}

/** The docker command against one engine, whatever that is. */
export interface DockerCommand {
  /** A folder for the test's own files; goes with the engine. */
  readonly folder: string;
  /** Runs the docker command against it and gives what it printed, trimmed. */
  docker(...args: string[]): Promise<string>;
  /** As `docker`, with text for standard input. */
  dockerWithInput(input: string | Buffer, ...args: string[]): Promise<string>;
}

/** A real engine of a test's own: nothing is shared with another engine on this machine but the kernel. */
export interface TestDockerd extends DockerCommand {
  /** `tcp://127.0.0.1:PORT` */
  readonly url: string;
  readonly port: number;
  /** Path of its unix socket. */
  readonly socket: string;
  /** PEM; what a user would register. */
  readonly tls: { readonly ca: string; readonly certificate: string; readonly key: string };
  /** Name of its default bridge. */
  readonly bridge: string;
  /** The authority that signed both sides. */
  readonly authority: TestAuthority;
  /** Ends its containers, the daemon and all it left on the machine. */
  stop(): Promise<void>;
}

const freePort = async (): Promise<number> => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/**
 * Starts dockerd with its own data root, exec root, pid file, socket and bridge. Firewall rules stay off: daemons in
 * one network namespace wipe each other's chains at start; published ports work by the userland proxy.
 */
export const startDockerd = async (options: DockerdOptions): Promise<TestDockerd> => {
  const folder = await mkdtemp(join(tmpdir(), `plimsoll-dockerd-${options.name}-`));
  const bridge = await claimBridge(options.name);
  await mkdir(join(folder, 'run'));
  const socket = join(folder, 'run/docker.sock'); // as seen from outside its mount namespace
  const port = await freePort();
  const authority = await makeAuthority(`Test authority of ${options.name}`);
  const [server, client] = await Promise.all([
    issueCertificate(authority, { commonName: 'dockerd', usage: 'server', names: ['localhost', '127.0.0.1'] }),
    issueCertificate(authority, { commonName: 'plimsoll-test', usage: 'client' }),
  ]);
  await writeTls(folder, authority.certificate, server);
  if (options.plantFiles !== undefined) {
    for (const each of ['etc', 'root', 'work']) await mkdir(join(folder, each));
    await options.plantFiles(folder);
  }
  const daemon = await spawnDaemon(folder, bridge, port, options);
  const state: RunningDaemon = { daemon, folder, bridge, socket };
  try {
    await untilReady(state);
  } catch (error) {
    await stop(state);
    throw error;
  }
  return {
    url: `tcp://127.0.0.1:${port}`,
    port,
    socket,
    bridge: bridge.name,
    tls: { ca: authority.certificate, certificate: client.certificate, key: client.key },
    authority,
    ...dockerCommandOf(socket, folder),
    stop: () => stop(state),
  };
};

interface RunningDaemon {
  readonly daemon: ChildProcess;
  readonly folder: string;
  readonly bridge: Bridge;
  readonly socket: string;
}

const writeTls = async (folder: string, ca: string, server: { certificate: string; key: string }): Promise<void> => {
  await mkdir(join(folder, 'tls'), { mode: 0o700 });
  await writeFile(join(folder, 'tls/ca.pem'), ca);
  await writeFile(join(folder, 'tls/cert.pem'), server.certificate);
  await writeFile(join(folder, 'tls/key.pem'), server.key, { mode: 0o400 });
};

const spawnDaemon = async (
  folder: string,
  bridge: Bridge,
  port: number,
  { args = [], tls = true, engineRoot = '', plantFiles }: DockerdOptions,
): Promise<ChildProcess> => {
  const log = await open(join(folder, 'dockerd.log'), 'w');
  await writeFile(join(folder, 'daemon.json'), '{}');
  const tlsFlags = tls
    ? [
        '--tlsverify',
        '--tlscacert',
        join(folder, 'tls/ca.pem'),
        '--tlscert',
        join(folder, 'tls/cert.pem'),
        '--tlskey',
        join(folder, 'tls/key.pem'),
      ]
    : ['--tls=false'];
  const flags = [
    '--host=unix:///run/docker.sock',
    `--host=tcp://127.0.0.1:${port}`,
    ...tlsFlags,
    `--config-file=${join(folder, 'daemon.json')}`,
    `--pidfile=${join(folder, 'docker.pid')}`,
    `--data-root=${join(folder, 'data')}`,
    `--exec-root=${join(folder, 'exec')}`,
    `--bridge=${bridge.name}`,
    '--iptables=false',
    '--ip6tables=false',
    ...args,
  ];
  // A mount namespace of its own: no mount is left behind, the whole root may be mounted into containers, and in a
  // /run of its own the socket stands where containers look for it while nothing of the machine's is touched.
  const overlay = `mount -t overlay overlay -o 'lowerdir=/etc,upperdir=${folder}/etc,workdir=${folder}/work' /etc`;
  const planted = plantFiles === undefined ? '' : `${overlay} && mount --bind '${folder}/root' /root && `;
  const ownRun = `mount --bind '${join(folder, 'run')}' /run`;
  const script = `mount --make-rshared / && ${planted}${ownRun} && exec "$0" "$@"`;
  const daemon = spawn(
    '/usr/bin/unshare',
    ['--mount', '--propagation', 'private', 'sh', '-c', script, `${engineRoot}/usr/sbin/dockerd`, ...flags],
    {
      stdio: ['ignore', log.fd, log.fd],
      // The engine's own containerd and shim, but the machine's runc.
      env: { PATH: [`${engineRoot}/usr/bin`, `${engineRoot}/usr/sbin`, process.env['PATH']].join(':') },
    },
  );
  await log.close();
  return daemon;
};

const untilReady = async ({ daemon, folder, socket }: RunningDaemon): Promise<void> => {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (
      await docker(socket, ['version']).then(
        () => true,
        () => false,
      )
    )
      return;
    if (daemon.exitCode !== null || Date.now() > deadline) {
      const log = await readFile(join(folder, 'dockerd.log'), 'utf8');
      throw new Error(`dockerd did not start:\n${log.split('\n').slice(-15).join('\n')}`);
    }
    await new Promise((next) => setTimeout(next, 50));
  }
};

/** The docker command of this machine against the engine behind a unix socket. */
export const dockerCommandOf = (socket: string, folder: string): DockerCommand => ({
  folder,
  docker: (...args) => docker(socket, args),
  dockerWithInput: (input, ...args) => docker(socket, args, input),
});

const docker = async (socket: string, args: readonly string[], input?: string | Buffer): Promise<string> => {
  const environment = { PATH: process.env['PATH'], HOME: '/nonexistent', DOCKER_BUILDKIT: '0' };
  const child = run('/usr/bin/docker', ['--host', `unix://${socket}`, ...args], {
    env: environment,
    maxBuffer: 64 * 1024 * 1024,
  });
  // A program that ends without reading what it is given.
  child.child.stdin?.on('error', () => undefined);
  child.child.stdin?.end(input ?? '');
  const { stdout } = await child;
  return stdout.trim();
};

const stop = async ({ daemon, folder, bridge, socket }: RunningDaemon): Promise<void> => {
  if (daemon.exitCode === null) {
    await removeAll(socket);
    const { promise, resolve } = Promise.withResolvers<void>();
    daemon.once('exit', () => resolve());
    daemon.kill('SIGTERM');
    const timer = setTimeout(() => daemon.kill('SIGKILL'), 20_000);
    await promise;
    clearTimeout(timer);
  }
  await unmountBelow(folder);
  await bridge.release();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
};

/** Containers first: their main processes ignore SIGTERM, and the daemon would wait ten seconds for each. */
const removeAll = async (socket: string): Promise<void> => {
  const each = async (listing: string[], remove: string[]): Promise<void> => {
    const ids = (await docker(socket, listing)).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await docker(socket, [...remove, ...ids]);
  };
  await each(['ps', '-aq'], ['rm', '-f', '-v']).catch(() => undefined);
  await each(['network', 'ls', '-q', '--filter', 'type=custom'], ['network', 'rm']).catch(() => undefined);
};

const unmountBelow = async (folder: string): Promise<void> => {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const below = mounts
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((point) => point.startsWith(`${folder}/`))
    .toReversed();
  for (const point of below) await run('umount', ['-l', point]).catch(() => undefined);
};
