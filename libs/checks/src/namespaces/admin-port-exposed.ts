import { z } from 'zod';
import type { ContainerEntry } from '@plimsoll/snapshot';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import { imageRepositoriesOf } from '../engine/image-names.ts';
import { type IpNetwork, ipAddressOf, ipNetworkOf, liesWithin } from '../engine/ip-networks.ts';
import { type PublishedPort, describePort, publishedPorts } from '../engine/published-ports.ts';
import { serviceOfTask } from '../engine/swarm-tasks.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { type Severity, severities } from '../engine/vocabulary.ts';
import { modeEvidence, portEvidence } from './container-ports.ts';
import { type ServicePort, describeServicePort, eachService } from './service-ports.ts';

/** By port, tcp unless said otherwise: UDP and TCP of one number are different services. */
const adminPorts: Readonly<Record<string, string>> = {
  '2375': 'Docker API',
  '2376': 'Docker API with TLS',
  '4243': 'Docker API, old',
  '9000': 'Portainer',
  '9443': 'Portainer',
  '8000': 'Portainer edge',
  '9001': 'Portainer agent',
  '10250': 'kubelet',
  '6443': 'Kubernetes API',
  '2379': 'etcd',
  '6379': 'Redis',
  '11211': 'memcached',
  '11211/udp': 'memcached',
  '9200': 'Elasticsearch',
  '9300': 'Elasticsearch nodes',
  '5601': 'Kibana',
  '5432': 'PostgreSQL',
  '3306': 'MySQL',
  '1433': 'SQL Server',
  '1521': 'Oracle',
  '27017': 'MongoDB',
  '5984': 'CouchDB',
  '8086': 'InfluxDB',
  '9042': 'Cassandra',
  '5672': 'RabbitMQ',
  '15672': 'RabbitMQ console',
  '9092': 'Kafka',
  '2181': 'ZooKeeper',
  '4222': 'NATS',
  '8500': 'Consul',
  '8200': 'Vault',
  '4646': 'Nomad',
  '50000': 'Jenkins agents',
  '9090': 'Prometheus',
  '9093': 'Alertmanager',
  '8080': 'Traefik dashboard or another console',
  '5000': 'registry',
  '22': 'SSH',
  '3389': 'remote desktop',
  '5900': 'VNC',
  '111': 'portmapper',
  '111/udp': 'portmapper',
  '2049': 'NFS',
  '445': 'SMB',
  '389': 'LDAP',
  '161/udp': 'SNMP',
};
/** Whoever reaches these is root on the host or master of the cluster. */
const criticalPorts: ReadonlySet<number> = new Set([2375, 4243, 2379, 10_250]);
/** Ordinary applications use these as well: the image has to agree. */
const commonPorts: ReadonlyMap<number, RegExp> = new Map([
  [8080, /traefik|console|admin|dashboard/],
  [8000, /portainer/],
  [5000, /registry/],
]);
const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fe80::/10'];

const networksOf = (texts: readonly string[]): IpNetwork[] =>
  texts.map(ipNetworkOf).filter((network) => network !== undefined);

interface Exposure {
  readonly name: string;
  readonly port: number;
}

const weightOf = ({ port }: Exposure, images: readonly string[]): Severity => {
  if (criticalPorts.has(port)) return 'critical';
  const image = commonPorts.get(port);
  return image === undefined || images.some((name) => image.test(name)) ? 'high' : 'low';
};

export default defineCheck({
  id: 'admin-port-exposed',
  theme: 'namespaces',
  severity: 'high',
  subject: 'container',
  title: 'Administration and database ports are not published to every address',
  rationale:
    'Databases, consoles and APIs of this kind are searched for day and night, and many ask for no login at all. The rules that the engine writes come before those of ufw and most others, so that a firewall that seems to close the port often does not.',
  remediation:
    'Publish on one address, docker run -p 127.0.0.1:6379:6379 … (compose: ports: ["127.0.0.1:6379:6379"]), or not at all and let the application share a network with it. As the default: "ip": "127.0.0.1" in daemon.json.',
  decidedBy:
    'Port of container and of host in NetworkSettings.Ports (HostConfig.PortBindings of one that is not running), compared with adminPorts, and bound to every address or to one outside internalAddresses. 2375, 4243, 2379 and 10250 critical; 8080, 8000 and 5000 low unless the image agrees, and then no more than container-ports-on-all-addresses says. Swarm services are judged once each. On the host’s network the API does not show what listens.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** What listens there, by port: `6379`, `161/udp`. */
    adminPorts: z.record(z.string().regex(/^\d{1,5}(?:\/(?:tcp|udp|sctp))?$/), z.string()).default({ ...adminPorts }),
    internalAddresses: z.array(z.string()).default(['127.0.0.0/8', '::1/128']),
    privateRangesCountAsInternal: z.boolean().default(false),
  }),
  sources: [
    'https://docs.docker.com/engine/network/packet-filtering-firewalls/',
    'https://docs.docker.com/engine/network/port-publishing/',
    'moby/moby api/swagger.yaml (PortBinding)',
  ],
  *evaluate({ snapshot, parameters }) {
    const named = new Map(
      Object.entries(parameters.adminPorts).map(([port, name]) => [port.includes('/') ? port : `${port}/tcp`, name]),
    );
    const internal = networksOf([
      ...parameters.internalAddresses,
      ...(parameters.privateRangesCountAsInternal ? privateNetworks : []),
    ]);
    const isInternal = (text: string): boolean => {
      const address = ipAddressOf(text);
      return address !== undefined && liesWithin(address, internal);
    };
    const find = (ports: readonly (number | undefined)[], protocol: string): Exposure | undefined => {
      for (const port of ports) {
        const name = port === undefined ? undefined : named.get(`${port}/${protocol}`);
        if (port !== undefined && name !== undefined) return { name, port };
      }
      return undefined;
    };
    const exposureOf = ({ containerPort, hostPort, protocol }: PublishedPort): Exposure | undefined =>
      find([containerPort, hostPort?.from === hostPort?.to ? hostPort?.from : undefined], protocol);
    const describe = (exposure: Exposure, port: string, image: readonly string[]): string =>
      weightOf(exposure, image) === 'low' ? `${port} (commonly ${exposure.name})` : `${port} (${exposure.name})`;

    const judgePorts = (container: ContainerEntry, source: string, ports: readonly PublishedPort[]): Judgement => {
      const evidence = [portEvidence(source, ports)];
      const listed = ports.flatMap((port) => {
        const exposure = exposureOf(port);
        return exposure === undefined ? [] : [{ port, exposure }];
      });
      const images = listed.length === 0 ? [] : imageRepositoriesOf(container);
      const open = listed.filter(
        ({ port }) =>
          port.reach === 'every-address' || (port.reach !== undefined && !port.hostAddresses.every(isInternal)),
      );
      if (open.length > 0) {
        const weights = new Set(open.map(({ exposure }) => weightOf(exposure, images)));
        const severity = severities.find((candidate) => weights.has(candidate)) ?? 'high';
        const isSaidThere = severity === 'low' && open.some(({ port }) => port.reach === 'every-address');
        return fail(
          `Open beyond internal addresses: ${open.map(({ port, exposure }) => describe(exposure, describePort(port), images)).join(', ')}`,
          evidence,
          isSaidThere ? { severity, causedBy: 'container-ports-on-all-addresses' } : { severity },
        );
      }
      return listed.some(({ port }) => port.reach === undefined)
        ? unknown('The default address of the network was not seen', 'A scan while the container runs', evidence)
        : pass('No port of the list is open beyond internal addresses', evidence);
    };

    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ container, inspect }) => {
      const service = serviceOfTask(snapshot, container);
      if (service !== undefined && service !== 'not-seen')
        return notApplicable('The container is a task of a swarm service, whose ports are judged once for the service');
      const published = publishedPorts(snapshot, container, inspect);
      if (published.kind === 'not-seen')
        return unknown(published.why, 'An engine that reports the ports of its containers');
      if (published.kind === 'no-mapping')
        return published.networkMode === 'host'
          ? unknown(
              'The container is on the network of the host: where it listens is not in the API',
              'The list of listening sockets of the host',
              modeEvidence(inspect),
            )
          : notApplicable('The container maps no ports of its own', modeEvidence(inspect));
      return published.ports.length === 0
        ? notApplicable('The container publishes no port')
        : judgePorts(container, published.source, published.ports);
    });
    yield* eachService(snapshot, (ports) => {
      const exposed = ports.flatMap((port: ServicePort) => {
        const exposure = find([port.targetPort, port.publishedPort], port.protocol);
        return exposure === undefined ? [] : [{ port, exposure }];
      });
      const evidence = [{ source: 'Endpoint.Ports', value: ports.map(describeServicePort) }];
      if (exposed.length === 0) return pass('The service publishes no port of the list', evidence);
      const weights = new Set(exposed.map(({ exposure }) => weightOf(exposure, [])));
      return fail(
        `Open on every address of the nodes: ${exposed.map(({ port, exposure }) => describe(exposure, describeServicePort(port), [])).join(', ')}`,
        evidence,
        {
          severity: severities.find((severity) => weights.has(severity)) ?? 'high',
          remediation:
            'docker service update --publish-rm PORT SERVICE, and let the application reach it over an overlay network (compose: networks in place of ports).',
        },
      );
    });
  },
});
