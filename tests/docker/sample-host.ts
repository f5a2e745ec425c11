import { buildImage, importBusybox } from './images.ts';
import type { TestDockerd } from './dockerd.ts';

/**
 * The host of a small shop as it might be found: some of it well kept, some grown. Images are stand-ins made of
 * BusyBox with the names, users, ports and histories of what they stand for.
 */
export const populateSampleHost = async (dockerd: TestDockerd): Promise<void> => {
  await makeImages(dockerd);
  await makeNetworksAndVolumes(dockerd);
  for (const { name, image, project, service, flags, command = [] } of containers) {
    const compose =
      project === undefined
        ? []
        : Object.entries({
            'com.docker.compose.project': project,
            'com.docker.compose.service': service ?? name,
            'com.docker.compose.container-number': '1',
            'com.docker.compose.version': '2.29.7',
            'com.docker.compose.project.config_files': `/srv/${project}/compose.yaml`,
          }).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
    await dockerd.docker('create', '--name', name, ...compose, ...flags, image, ...command);
  }
  for (const { name, start } of containers) if (start) await dockerd.docker('start', name);
  await dockerd.docker('stop', '--time', '0', 'shop-migrate-1');
};

const makeImages = async (dockerd: TestDockerd): Promise<void> => {
  await importBusybox(dockerd, 'debian:12.7-slim', ['CMD ["sh"]']);
  const httpd = 'CMD ["httpd","-f","-p","8080"]';
  await Promise.all([
    buildImage(
      dockerd,
      'registry.shop.example/shop-web:2.4.1',
      `FROM debian:12.7-slim\nLABEL org.opencontainers.image.source=https://git.shop.example/shop/web org.opencontainers.image.version=2.4.1\nENV NODE_ENV=production PORT=8080\nUSER 1000:1000\nEXPOSE 8080\nHEALTHCHECK --interval=30s CMD wget -q -O /dev/null http://127.0.0.1:8080/ || exit 1\n${httpd}`,
    ),
    buildImage(
      dockerd,
      'registry.shop.example/shop-api:latest',
      // A build argument stays readable in the history of every later step.
      `FROM debian:12.7-slim\nARG NPM_TOKEN=npm_${'x7Kq'.repeat(9)}\nRUN mkdir -p /srv/api\nENV LOG_LEVEL=debug\nEXPOSE 3000\n${httpd}`,
    ),
    buildImage(
      dockerd,
      'postgres:13',
      'FROM debian:12.7-slim\nENV PGDATA=/var/lib/postgresql/data PG_MAJOR=13\nVOLUME /var/lib/postgresql/data\nEXPOSE 5432\nSTOPSIGNAL SIGINT\nCMD ["sleep","86400"]',
    ),
    buildImage(dockerd, 'redis:7.2.5', 'FROM debian:12.7-slim\nUSER 999\nEXPOSE 6379\nCMD ["sleep","86400"]'),
    buildImage(dockerd, 'traefik:v2.10', 'FROM debian:12.7-slim\nEXPOSE 80\nENTRYPOINT ["sleep"]\nCMD ["86400"]'),
    buildImage(
      dockerd,
      'portainer/portainer-ce:latest',
      'FROM debian:12.7-slim\nEXPOSE 9000 9443\nCMD ["sleep","86400"]',
    ),
    buildImage(dockerd, 'prom/node-exporter:v1.8.2', 'FROM debian:12.7-slim\nUSER nobody\nCMD ["sleep","86400"]'),
    buildImage(dockerd, 'gitlab/gitlab-runner:latest', 'FROM debian:12.7-slim\nCMD ["sleep","86400"]'),
    buildImage(dockerd, 'registry.shop.example/backup:1.0.3', 'FROM debian:12.7-slim\nCMD ["sleep","86400"]'),
  ]);
};

const makeNetworksAndVolumes = async (dockerd: TestDockerd): Promise<void> => {
  for (const network of ['shop_front', 'ops_default']) await dockerd.docker('network', 'create', network);
  await dockerd.docker('network', 'create', '--internal', 'shop_back');
  for (const volume of ['shop_db', 'shop_cache', 'ops_portainer']) await dockerd.docker('volume', 'create', volume);
};

interface SampleContainer {
  readonly name: string;
  readonly image: string;
  readonly project?: string;
  readonly service?: string;
  readonly flags: readonly string[];
  readonly command?: readonly string[];
  readonly start: boolean;
}

const words = (line: string): string[] => line.split(' ');

const hardened = words(
  '--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges:true --memory 256m --cpus 0.5 --pids-limit 100 --restart on-failure:5',
);

const inProject = (
  project: string,
  service: string,
  image: string,
  flags: readonly string[],
  command: readonly string[] = [],
): SampleContainer => ({ name: `${project}-${service}-1`, image, project, service, flags, command, start: true });

const containers: readonly SampleContainer[] = [
  inProject('shop', 'web', 'registry.shop.example/shop-web:2.4.1', [
    ...hardened,
    ...words('--network shop_front --publish 127.0.0.1:18080:8080'),
  ]),
  inProject(
    'shop',
    'api',
    'registry.shop.example/shop-api:latest',
    words(
      '--network shop_front --publish 13000:3000 --restart always --memory 512m --env DATABASE_URL=postgres://shop:Tr0ub4dor-and-3@db:5432/shop --env JWT_SECRET=k9Zp2vQx7LmNs4Rt',
    ),
  ),
  inProject(
    'shop',
    'db',
    'postgres:13',
    words(
      '--network shop_back --publish 0.0.0.0:15432:5432 --volume shop_db:/var/lib/postgresql/data --env POSTGRES_PASSWORD=Tr0ub4dor-and-3 --env POSTGRES_USER=shop --restart always',
    ),
  ),
  inProject('shop', 'cache', 'redis:7.2.5', [...hardened, ...words('--network shop_back --volume shop_cache:/data')]),
  inProject(
    'shop',
    'migrate',
    'registry.shop.example/shop-api:latest',
    words('--network shop_back --env PGPASSWORD_FILE=/run/secrets/db'),
    words('sleep 86400'),
  ),
  inProject(
    'ops',
    'proxy',
    'traefik:v2.10',
    words(
      '--network ops_default --publish 10080:80 --volume /var/run/docker.sock:/var/run/docker.sock:ro --label traefik.http.middlewares.admin.basicauth.users=admin:$apr1$Hx9zPq1k$wQ3nVb7eTyUiOpAsDfGhJ/',
    ),
  ),
  inProject(
    'ops',
    'portainer',
    'portainer/portainer-ce:latest',
    words(
      '--network ops_default --publish 19000:9000 --volume /var/run:/var/run --volume ops_portainer:/data --restart always',
    ),
  ),
  {
    name: 'node-exporter',
    image: 'prom/node-exporter:v1.8.2',
    flags: words(
      '--network host --pid host --volume /:/host:ro,rslave --read-only --user 65534:65534 --memory 128m --cpu-shares 256 --cap-drop ALL --security-opt no-new-privileges',
    ),
    start: true,
  },
  {
    name: 'runner-1',
    image: 'gitlab/gitlab-runner:latest',
    flags: words(
      '--privileged --volume /var/run/docker.sock:/var/run/docker.sock --restart unless-stopped --env CI_SERVER_TOKEN=glrt-k3Jh5Gf7Ds9Aq1Wz2Xc4',
    ),
    start: false,
  },
  {
    name: 'nightly-backup',
    image: 'registry.shop.example/backup:1.0.3',
    flags: words(
      '--volume /etc:/host/etc:ro --volume /var/lib:/host/lib --cap-add SYS_ADMIN --env AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE --env AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    ),
    start: true,
  },
  {
    name: 'debug-shell',
    image: 'debian:12.7-slim',
    flags: words('--security-opt seccomp=unconfined --ipc host --interactive --tty'),
    command: words('sleep 86400'),
    start: true,
  },
];
