import { buildImage } from '../../tests/docker/images.ts';
import { createTwentyContainers } from '../../tests/docker/twenty-containers.ts';
import type { ComparedHost } from './compared-host.ts';
import { cgroupParents } from './host-settings.ts';

/** Images, and containers beside the twenty: each is there for something that one side or both have to see. */
export const populate = async (host: ComparedHost): Promise<void> => {
  await createTwentyContainers(host);
  await makeImages(host);
  await makeSwarm(host);
  await host.docker('network', 'create', 'attached');
  await host.docker('volume', 'create', 'plain');
  // Looks like any volume in a container's inspect, and is the host's /etc.
  const options = ['type=none', 'o=bind', 'device=/etc'].flatMap((option) => ['--opt', option]);
  await host.docker('volume', 'create', ...options, 'hidden-etc');
  for (const { name, image = appImage, flags, command = [] } of containers) {
    await host.docker('create', '--name', name, ...flags, image, ...command);
  }
  await host.docker('start', ...containers.map(({ name }) => name));
};

const base = 'busybox:1.35.0';
const appImage = 'registry.test.example/app:1.4.2';
const named = (name: string): string => `registry.test.example/${name}:1.0.0`;
const healthy = 'HEALTHCHECK --interval=1h CMD ["/bin/true"]';
const sleeping = 'CMD ["sleep","86400"]';

/** Dockerfiles after their `FROM`; each has what the others lack. */
const dockerfiles: Readonly<Record<string, string>> = {
  'root-by-number': `USER 0:0\n${healthy}\n${sleeping}`,
  'root-by-another-name': `RUN echo 'toor:x:0:0::/root:/bin/sh' >> /etc/passwd\nUSER toor\n${healthy}\n${sleeping}`,
  'health-check-off': `USER 1000\nHEALTHCHECK NONE\n${sleeping}`,
  'adds-a-file': `ADD --chown=1000 Dockerfile /opt/\nUSER 1000\n${healthy}\n${sleeping}`,
  'additional-name': `ENV ADDITIONAL_OPTIONS=none\nUSER 1000\n${healthy}\n${sleeping}`,
  'updates-alone': `RUN apt-get update\nRUN apt-get install -y curl\nUSER 1000\n${healthy}\n${sleeping}`,
  'updates-together': `RUN apt-get update && apt-get install -y curl\nUSER 1000\n${healthy}\n${sleeping}`,
  'skips-verification': `RUN apt-get install -y --allow-unauthenticated curl\nUSER 1000\n${healthy}\n${sleeping}`,
  'secret-in-build': `ARG DATABASE_PASSWORD=planted-Zx8-Qw3-secret\nENV API_TOKEN=ghp_${'a1B2c3D4e5F6'.repeat(3)}\nUSER 1000\n${healthy}\n${sleeping}`,
  'set-uid-shell': `RUN chmod 4755 /bin/busybox\nUSER 1000\n${healthy}\n${sleeping}`,
};

const makeImages = async (host: ComparedHost): Promise<void> => {
  // A stand-in for a package manager: no mirror is reached, and the history is what it would be.
  const packages = 'registry.test.example/packages:1.0.0';
  await buildImage(
    host,
    packages,
    `FROM ${base}\nRUN printf '#!/bin/sh\\n' > /bin/apt-get && chmod 755 /bin/apt-get\nUSER 1000\n${healthy}\n${sleeping}`,
  );
  for (const [name, rest] of Object.entries(dockerfiles)) {
    await buildImage(host, named(name), `FROM ${packages}\nUSER 0\n${rest}`);
  }
  await host.docker('tag', named('additional-name'), 'registry.test.example/moving:latest');
};

/** One node, a network in clear, a secret that nobody uses, and a password where it should be. */
const makeSwarm = async (host: ComparedHost): Promise<void> => {
  await host.docker('swarm', 'init', '--advertise-addr', '127.0.0.1', '--listen-addr', '0.0.0.0:2377');
  await host.docker('network', 'create', '--driver', 'overlay', 'in-clear');
  await host.docker('network', 'create', '--driver', 'overlay', '--opt', 'encrypted', 'encrypted');
  await host.dockerWithInput('never used', 'secret', 'create', 'unused', '-');
  const service = ['create', '--detach', '--no-resolve-image', '--name', 'orders', '--network', 'encrypted'];
  const spec = [
    '--env',
    'DB_PASSWORD=planted-Zx8-Qw3-secret',
    '--restart-max-attempts',
    '3',
    '--health-interval',
    '2s',
  ];
  await host.docker('service', ...service, ...spec, appImage);
};

interface GivenContainer {
  readonly name: string;
  readonly image?: string;
  readonly flags: readonly string[];
  readonly command?: readonly string[];
}

const words = (line: string): string[] => line.split(' ');
const kept = words(
  '--read-only --cap-drop ALL --security-opt no-new-privileges:true --memory 64m --cpus 0.25 --cpu-shares 256 --pids-limit 50 --restart on-failure:5',
);
const apart = words('--network attached');

const container = (name: string, line: string, image?: string): GivenContainer => ({
  name,
  flags: [...kept, ...(line === '' ? [] : words(line))],
  ...(image === undefined ? {} : { image }),
});

const containers: readonly GivenContainer[] = [
  container('in-host-network-by-another', '--network container:host-network'),
  container('in-host-processes-by-another', '--network attached --pid container:host-pid'),
  container('in-host-ipc-by-another', '--network attached --ipc container:host-ipc'),
  // A name with "nil" in it is left out of every list.
  container('vanilla-host', '--network host'),
  container('on-default-bridge', ''),
  ...Object.keys(dockerfiles).map((name) => container(name, '--network attached', named(name))),
  { name: 'gains-privileges', flags: words('--network attached --memory 64m --cpus 0.5 --pids-limit 50 --read-only') },
  {
    name: 'processor-by-quota',
    flags: [...apart, ...words('--memory 64m --cpu-quota 25000 --pids-limit 50 --read-only --cap-drop ALL')],
  },
  {
    name: 'processor-by-default-weight',
    flags: [...apart, ...words('--memory 64m --cpu-shares 1024 --pids-limit 50 --read-only --cap-drop ALL')],
  },
  {
    name: 'restarts-for-ever',
    flags: [...apart, ...words('--restart always --memory 64m --cpus 0.5 --pids-limit 50')],
  },
  { name: 'device-by-rule', flags: [...kept, ...apart, '--device-cgroup-rule', 'b *:* rwm'] },
  container('ulimit-raised', '--network attached --ulimit nofile=16000:16000'),
  container('port-1024', '--network attached --publish 127.0.0.1:1024:8080'),
  container('port-80', '--network attached --publish 127.0.0.1:80:8080'),
  container('all-of-the-host-to-read', '--network attached --volume /:/host:ro'),
  container('host-file-to-write', '--network attached --volume /etc/passwd:/host/passwd'),
  container('volume-at-usr', '--network attached --mount type=volume,source=plain,target=/usr/local/data'),
  container('volume-called-socket', '--network attached --mount type=volume,source=plain,target=/opt/docker.sock.d'),
  container('volume-of-etc', '--network attached --mount type=volume,source=hidden-etc,target=/data'),
  container('shared-mount', '--network attached --mount type=bind,source=/opt,target=/opt,bind-propagation=rshared'),
  container('other-control-group', `--network attached --cgroup-parent ${cgroupParents.ofContainer}`),
  container('host-users', '--network attached --userns host'),
];
