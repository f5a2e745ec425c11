import { createHash } from 'node:crypto';
import type { DockerCommand } from '../dockerd.ts';
import { importBusybox } from '../images.ts';

export const appImage = 'registry.test.example/app:1.4.2';
export const rootImage = 'busybox:latest';
/** In the environment of `open`; must be in no snapshot. */
export const plantedSecret = `Pl4-${createHash('sha256').update('planted').digest('hex').slice(0, 20)}`;

/** What differs from engine to engine in how the same four containers are made. */
export interface Peculiarities {
  /** Where this engine's unix socket stands, for the container that mounts it. */
  readonly socket: string;
  /** False where the engine has no namespace of processes of the host to give (rootless). Default true. */
  readonly hostProcesses?: boolean;
  /** False where the import of an image refuses HEALTHCHECK. Default true. */
  readonly healthInImage?: boolean;
  /** Further flags by container. */
  readonly flags?: Partial<Record<'good' | 'open' | 'host' | 'privileged', readonly string[]>>;
}

const words = (line: string): string[] => line.split(' ');

/**
 * Two images, a network, two volumes and four containers: `good` keeps every rule that a container can keep; `open` is
 * what a tutorial starts; `host` shares the host's namespaces and files; `privileged` was made and never started.
 */
export const populate = async (
  engine: DockerCommand,
  { socket, hostProcesses = true, healthInImage = true, flags = {} }: Peculiarities,
): Promise<void> => {
  await importImages(engine, healthInImage);
  await engine.docker('network', 'create', 'app');
  await engine.docker('volume', 'create', 'data');
  await engine.docker(...words('volume create --opt type=none --opt o=bind --opt device=/etc hidden'));
  const create = (name: keyof typeof flags, given: string, image: string): Promise<string> =>
    engine.docker('create', '--name', name, ...words(given), ...(flags[name] ?? []), image);
  await create(
    'good',
    '--network app --read-only --cap-drop ALL --security-opt no-new-privileges:true --memory 64m --memory-swap 64m --cpus 0.25 --cpu-shares 256 --pids-limit 50 --restart on-failure:5 --log-opt max-size=1m --volume data:/data --publish 127.0.0.1:8443:8443',
    appImage,
  );
  await create(
    'open',
    `--publish 8080:80 --restart always --env DB_PASSWORD=${plantedSecret} --volume ${socket}:/var/run/docker.sock`,
    rootImage,
  );
  await create(
    'host',
    `${hostProcesses ? '--pid host ' : ''}--network host --uts host --cap-add SYS_ADMIN --security-opt seccomp=unconfined --volume /etc:/host/etc --user 0`,
    appImage,
  );
  await create('privileged', '--privileged', rootImage);
  await engine.docker('start', 'good', 'open', 'host');
};

const importImages = async (engine: DockerCommand, healthInImage: boolean): Promise<void> => {
  const command = 'CMD ["sleep","86400"]';
  // The first probe comes after the interval: an hour keeps it out of the scan.
  const health = 'HEALTHCHECK --interval=1h CMD ["/bin/true"]';
  await importBusybox(engine, rootImage, [command]);
  await importBusybox(engine, appImage, ['USER 1000:1000', ...(healthInImage ? [health] : []), command]);
};

/**
 * Makes the engine a manager of a swarm of one, with three services: `web` keeps the rules and runs, `agent` asks for
 * what leads to the node, `setup` is given a password; the latter two have no task. Two overlay networks, one of them
 * encrypted, two secrets, one of them in use, and two configs, one of them with a password in it.
 */
export const populateSwarm = async (engine: DockerCommand): Promise<void> => {
  await importImages(engine, true);
  await engine.docker(...words('swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377'));
  await engine.docker(...words('network create --driver overlay front'));
  await engine.docker(...words('network create --driver overlay --opt encrypted sealed'));
  await engine.dockerWithInput(plantedSecret, 'secret', 'create', 'in-use', '-');
  await engine.dockerWithInput(plantedSecret, 'secret', 'create', 'left', '-');
  await engine.dockerWithInput('worker_processes 1;', 'config', 'create', 'settings', '-');
  await engine.dockerWithInput(
    `[default]\naws_access_key_id = AKIA${'Q7XW'.repeat(4)}\n`,
    'config',
    'create',
    'keys',
    '-',
  );
  const create = (name: string, given: string, image: string): Promise<string> =>
    engine.docker(...words('service create --quiet --detach --no-resolve-image --name'), name, ...words(given), image);
  await create(
    'web',
    '--network front --read-only --cap-drop ALL --limit-memory 64m --limit-cpu 0.25 --limit-pids 50 --restart-condition on-failure --restart-max-attempts 3 --health-cmd true --health-interval 1s --log-opt max-size=1m --secret in-use --config settings --publish 8081:8080',
    appImage,
  );
  await create(
    'agent',
    '--replicas 0 --network host --cap-add SYS_ADMIN --mount type=bind,source=/run/docker.sock,target=/var/run/docker.sock --mount type=bind,source=/etc,target=/host/etc',
    rootImage,
  );
  await create('setup', `--replicas 0 --env DB_PASSWORD=${plantedSecret}`, rootImage);
  await untilRunning(engine, 'web');
};

const untilRunning = async (engine: DockerCommand, service: string): Promise<void> => {
  for (const giveUpAt = Date.now() + 30_000; Date.now() < giveUpAt;) {
    const state = await engine.docker('service', 'ps', '--format', '{{.CurrentState}}', service);
    if (state.startsWith('Running')) return;
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error(`no task of ${service} runs: ${await engine.docker('service', 'ps', '--no-trunc', service)}`);
};
