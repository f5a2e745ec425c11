import { type ContainerEntry, type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { imageRepositoriesOf } from '../engine/image-names.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { membersUp, networkKey, networkMembers } from '../engine/network-members.ts';
import { publishedPorts } from '../engine/published-ports.ts';
import { networkSubject } from '../engine/subjects.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { bridgeLetsContainersTalk, defaultBridgeOf } from './default-bridge.ts';

const Parameters = z.strictObject({
  /** Ports of Config.ExposedPorts by which a data store is known. */
  dataStorePorts: z
    .array(z.int().min(1).max(65_535))
    .default([5432, 3306, 1433, 27017, 6379, 9200, 5984, 8086, 9042, 5672, 9092, 11211, 2379, 8500]),
  /** Patterns for the last part of an image's name, without registry and tag. */
  dataStoreImages: z
    .array(z.string())
    .default([
      'postgres*',
      'mysql*',
      'mariadb*',
      'mongo',
      'mongodb*',
      'redis*',
      'valkey*',
      'elasticsearch',
      'opensearch',
      'memcached',
      'rabbitmq',
      'influxdb',
      'couchdb',
      'cassandra',
      'clickhouse*',
      'minio',
    ]),
  /** Patterns of networks that are meant to be shared. */
  sharedNetworks: z.array(z.string()).default([]),
});

const projectLabels = ['com.docker.compose.project', 'com.docker.stack.namespace'] as const;

/** Null: no project; undefined: the labels were not seen. */
const projectOf = ({ labels }: ContainerEntry): string | null | undefined => {
  if (labels === undefined) return undefined;
  for (const name of projectLabels) if (labels?.[name] !== undefined) return labels[name];
  return null;
};

/** Undefined where neither image nor ports were seen. */
const isDataStore = (
  container: ContainerEntry,
  images: readonly string[],
  ports: ReadonlySet<string>,
): boolean | undefined => {
  const names = imageRepositoriesOf(container).map((name) => name.slice(name.lastIndexOf('/') + 1));
  if (names.some((name) => images.some((pattern) => matchesPattern(name, pattern)))) return true;
  const config = valueOf(container.inspect)?.Config;
  for (const port of Object.keys(config?.ExposedPorts ?? {})) if (ports.has(port)) return true;
  // The engine leaves ExposedPorts out where a container has none.
  return config === undefined || (names.length === 0 && config.Image === undefined) ? undefined : false;
};

const isOpenToAll = (snapshot: HostSnapshot, container: ContainerEntry): boolean => {
  const inspect = valueOf(container.inspect);
  const published = inspect && publishedPorts(snapshot, container, inspect);
  return published?.kind === 'ports' && published.ports.some(({ reach }) => reach === 'every-address');
};

interface Members {
  readonly stores: readonly ContainerEntry[];
  readonly all: readonly ContainerEntry[];
  /** Whether more could be attached, or be a data store, than was seen. */
  readonly unsure: boolean;
}

const judgeMembers = (snapshot: HostSnapshot, { stores, all, unsure }: Members): Judgement => {
  const evidence: Evidence[] = [
    { source: 'data stores on the network', value: stores.map(({ name }) => name).slice(0, 20) },
    { source: 'all on the network', value: all.map(({ name }) => name).slice(0, 20) },
  ];
  const projects = all.map(projectOf);
  // What most lack tells nothing about those who lack it.
  const unlabelledIsUsual = projects.filter((project) => project === null).length * 2 > projects.length;
  const strangers = new Set<ContainerEntry>();
  let undecided = unsure || projects.includes(undefined);
  const storeProjects = new Set(stores.map(projectOf));
  for (const store of storeProjects) {
    if (store === undefined) continue;
    all.forEach((other, index) => {
      const project = projects[index];
      if (project === undefined || project === store) return;
      if (project !== null && store !== null) strangers.add(other);
      else if (unlabelledIsUsual) undecided = true;
      else strangers.add(other);
    });
  }
  // Two without a project: whether they belong together, nothing tells.
  if (storeProjects.has(null) && projects.filter((project) => project === null).length > 1) undecided = true;
  if (strangers.size > 0) {
    const open = [...strangers].some((stranger) => isOpenToAll(snapshot, stranger));
    const names = [...strangers].map(({ name }) => name).slice(0, 5);
    return fail(
      `${stores
        .map(({ name }) => name)
        .slice(0, 3)
        .join(
          ', ',
        )} is reached by containers of other projects: ${names.join(', ')}${open ? ', of which one is open to the outside' : ''}`,
      evidence,
      open ? { severity: 'high' } : {},
    );
  }
  return undecided
    ? unknown(
        'Whether all on the network belong to one project was not seen, or is written in no label',
        'Labels of compose or of a stack, or the network in the parameter sharedNetworks',
        evidence,
      )
    : pass('All on the network belong to the project of its data stores', evidence);
};

export default defineCheck({
  id: 'flat-network',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'network',
  title: 'Data stores share networks only with the containers of their project',
  rationale:
    'Databases trust their network, often without a password worth the name. One that shares a network with another application is one break-in away from that application’s intruder.',
  remediation:
    'Give each project its own network, put its data store on one that is internal, and connect only the application to both: docker network create --internal shop-data; docker network connect shop-data shop-app (compose: networks: data: internal: true). There is no key for it in daemon.json.',
  decidedBy:
    'Containers that are up and known as data stores by the last part of their image’s name or by Config.ExposedPorts, and who else is up on their networks (NetworkSettings.Networks): another compose project or stack fails, more so when that one is published on every address; so does the default bridge while containers there may talk.',
  needs: ['networks', 'containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/engine/network/drivers/bridge/',
    'https://docs.docker.com/compose/how-tos/networking/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const networks = valueOf(snapshot.networks) ?? [];
    const ports = new Set(parameters.dataStorePorts.map((port) => `${port}/tcp`));
    const { byNetwork, complete } = networkMembers(snapshot);
    const verdicts = new Map<ContainerEntry, boolean | undefined>(
      (valueOf(snapshot.containers) ?? []).map((container) => [
        container,
        isDataStore(container, parameters.dataStoreImages, ports),
      ]),
    );
    const defaultBridge = defaultBridgeOf(networks);
    const judgeNetwork = (network: EngineNetwork): Judgement => {
      if (network.Driver === 'host' || network.Driver === 'null') return notApplicable('The network joins nobody');
      const all = membersUp(byNetwork.get(networkKey(network)));
      const stores = all.filter((container) => verdicts.get(container) === true);
      const unseen =
        !complete || network.Id === undefined || all.some((container) => verdicts.get(container) === undefined);
      if (stores.length === 0)
        return unseen
          ? unknown('Whether a data store is on the network was not seen', 'A scan that can inspect every container')
          : notApplicable('No container on the network is known as a data store');
      if (parameters.sharedNetworks.some((pattern) => matchesPattern(network.Name ?? '', pattern)))
        return pass('The policy lets this network be shared', []);
      if (network === defaultBridge && context.isPodman !== true) {
        const talk = bridgeLetsContainersTalk(network);
        const evidence = [
          { source: 'data stores on the default bridge', value: stores.map(({ name }) => name).slice(0, 20) },
        ];
        if (talk === undefined)
          return unknown('The options of the default bridge were not seen', 'An engine that reports them', evidence);
        return talk
          ? fail('A data store is on the default bridge, open to every container that names no network', evidence)
          : pass('A data store is on the default bridge, where containers are kept apart', evidence);
      }
      // An overlay network has members on other nodes, too.
      return judgeMembers(snapshot, {
        stores,
        all,
        unsure: unseen || network.Driver === 'overlay' || network.Driver === undefined,
      });
    };
    for (const network of networks)
      yield {
        subject: networkSubject(network),
        ...(context.isWindows === true
          ? notApplicable('Networks of Windows engines are not judged')
          : judgeNetwork(network)),
      };
  },
});
