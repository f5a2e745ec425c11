import { z } from 'zod';

/** What a container may hold of the host. */
export const rights = [
  'socket',
  'control-socket',
  'root',
  'root-read-only',
  'privileged',
  'capabilities',
  'host-pid',
  'host-network',
] as const;
export const Right = z.enum(rights);
export type Right = z.infer<typeof Right>;

export const Manager = z.strictObject({
  /** What it is, and what would be better. */
  task: z.string(),
  /** What it can not do without. */
  needs: z.array(Right),
});
export type Manager = z.infer<typeof Manager>;

const needing = (patterns: readonly string[], task: string, ...needs: Right[]): [string, Manager][] =>
  patterns.map((pattern) => [pattern, { task, needs }]);

/** Images, by pattern of their repository, that are there to control or to measure Docker. */
export const usualManagers: Readonly<Record<string, Manager>> = Object.fromEntries([
  ...needing(['portainer/agent'], 'the remote arm of a console: keep its port 9001 private', 'socket'),
  ...needing(
    ['portainer/portainer*'],
    'a console that writes: prefer its agent over TLS, and close port 9000',
    'socket',
  ),
  ...needing(
    ['containrrr/watchtower', 'nickfedor/watchtower'],
    "it updates containers by itself: whoever writes an image's tag is root here",
    'socket',
  ),
  ...needing(['*/cadvisor'], 'it measures: /, /sys and the data root read-only are enough', 'root-read-only'),
  ...needing(['*/node-exporter'], 'it measures the host', 'root-read-only', 'host-pid', 'host-network'),
  ...needing(
    [
      'traefik',
      'nginxproxy/docker-gen',
      'nginxproxy/nginx-proxy',
      'nginxproxy/acme-companion',
      'lucaslorentz/caddy-docker-proxy',
    ],
    'a reverse proxy that reads labels and events: a reading socket proxy is enough',
  ),
  ...needing(
    ['crazymax/diun', 'amir20/dozzle', 'gethomepage/homepage', 'louislam/uptime-kuma'],
    'it reads: a reading socket proxy is enough',
  ),
  ...needing(['louislam/dockge'], 'a console that writes: keep it private', 'socket'),
  ...needing(['willfarrell/autoheal'], 'it restarts unhealthy containers', 'socket'),
  ...needing(
    [
      'gitlab/gitlab-runner',
      'jenkins/jenkins',
      'gitea/act_runner',
      'woodpeckerci/woodpecker-agent',
      'drone/drone-runner-docker',
    ],
    'it builds foreign code beside the socket: use a rootless builder or a machine of its own',
  ),
  ...needing(
    ['docker'],
    'a daemon in a container, or the client: prefer the rootless variant, and close 2375 and 2376',
    'privileged',
  ),
  ...needing(
    [
      'netdata/netdata',
      'datadog/agent',
      'datadoghq/agent',
      'newrelic/infrastructure',
      'grafana/alloy',
      'grafana/promtail',
      'telegraf',
      'elastic/filebeat',
      'timberio/vector',
      'nicolargo/glances',
    ],
    'monitoring: folders of the host read-only and a reading socket proxy are enough',
    'root-read-only',
  ),
  ...needing(
    ['falcosecurity/falco', 'sysdig/agent', 'aquasec/tracee'],
    'detection by probes in the kernel, which needs the host by nature',
    ...rights,
  ),
  ...needing(
    ['tecnativa/docker-socket-proxy', 'linuxserver/socket-proxy', 'wollomatic/socket-proxy'],
    'a socket proxy, which socket-proxy judges',
    'socket',
  ),
  ...needing(
    ['coollabsio/coolify', 'dokploy/dokploy', 'caprover/caprover', 'cloudron/*', 'home-assistant/*-hassio-supervisor'],
    'a platform that manages the whole host',
    ...rights,
  ),
]);
