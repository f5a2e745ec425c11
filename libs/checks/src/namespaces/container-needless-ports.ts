import type { ContainerEntry, ContainerInspect, HostSnapshot } from '@plimsoll/snapshot';
import { valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { isUnprotected, networkOfMode } from '../engine/default-host-address.ts';
import { isMeantBy } from '../engine/name-patterns.ts';
import { describePort, publishedPorts } from '../engine/published-ports.ts';
import { serviceOfTask } from '../engine/swarm-tasks.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { modeEvidence } from './container-ports.ts';
import { describeServicePort, servicePorts } from './service-ports.ts';

/** A published port in the spelling of `docker run -p`: `80`, `80/udp`, `8080:80/tcp`. */
const NeededPort = z.string().regex(/^(?:\d{1,5}:)?\d{1,5}(?:\/(?:tcp|udp|sctp))?$/);

interface OpenPort {
  readonly containerPort: number;
  readonly protocol: string;
  /** Undefined where the engine picks it. */
  readonly hostPort: number | undefined;
  readonly described: string;
}

export default defineCheck({
  id: 'container-needless-ports',
  theme: 'namespaces',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.8', '1.6.0': '5.9', '1.7.0': '5.9', '1.8.0': '5.9' },
  cisLevel: 1,
  title: 'Containers open only the ports they need',
  rationale:
    'Every published port is one more way in. Publishing all that an image exposes opens debug and administration ports that nobody meant to offer.',
  remediation:
    'Publish ports one by one, docker run -p 127.0.0.1:8080:80 … instead of -P (compose: ports), drop those not needed, and let services that only talk to each other share a network without publishing. There is no key for it in daemon.json. Then say in the parameter neededPorts which are meant.',
  decidedBy:
    'Nothing published passes; HostConfig.PublishAllPorts and the network of the host fail. Published ports are compared with neededPorts: by pattern of container names, services or images, a list of ports as docker run -p spells them, e.g. {"web-*": ["443:8443/tcp", "9000"]}.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    neededPorts: z.record(z.string(), z.array(NeededPort)).default({}),
    failOnPublishAll: z.boolean().default(true),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.9',
    'moby/moby daemon/network.go (buildPortsRelatedCreateEndpointOptions)',
    'https://docs.docker.com/engine/network/port-publishing/#gateway-modes',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const lists = Object.entries(parameters.neededPorts).map(
      ([pattern, ports]) => [pattern, ports.map(readNeededPort)] as const,
    );
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect }) => {
      const published = publishedPorts(snapshot, container, inspect);
      if (published.kind === 'no-mapping') return judgeWithoutMapping(published.networkMode, inspect);
      const publishAll = inspect.HostConfig?.PublishAllPorts;
      if (publishAll === undefined) return fieldNotSeen('HostConfig.PublishAllPorts');
      if (publishAll && parameters.failOnPublishAll)
        return fail('The container publishes every port that its image exposes', [
          { source: 'HostConfig.PublishAllPorts', value: true },
          { source: 'Config.ExposedPorts', value: Object.keys(inspect.Config?.ExposedPorts ?? {}) },
        ]);
      if (published.kind === 'not-seen')
        return unknown(published.why, 'An engine that reports the ports of its containers');
      const service = serviceOfTask(snapshot, container);
      if (service === 'not-seen')
        return unknown(
          'The container is, or may be, a task of a swarm service, whose ingress ports only a manager knows',
          'A scan of a manager of this swarm',
        );
      const ofService = service === undefined ? [] : servicePorts(service);
      if (ofService === undefined) return fieldNotSeen('Endpoint of the service');
      // Host mode shows in the table of the task as well.
      const inIngress = ofService.filter(({ mode }) => mode === 'ingress');
      const exposed = imageExposes(context, container);
      const open: OpenPort[] = [
        ...published.ports.map((port) => ({
          containerPort: port.containerPort,
          protocol: port.protocol,
          hostPort: port.hostPort?.from === port.hostPort?.to ? port.hostPort?.from : undefined,
          described: `${describePort(port)}${exposed(`${port.containerPort}/${port.protocol}`)}`,
        })),
        ...inIngress.map((port) => ({
          containerPort: port.targetPort,
          protocol: port.protocol,
          hostPort: port.publishedPort,
          described: describeServicePort(port),
        })),
      ];
      return judgeOpenPorts(
        {
          open,
          source: inIngress.length > 0 ? `${published.source}, Endpoint.Ports of the service` : published.source,
        },
        lists.flatMap(([pattern, ports]) => (isMeantBy([pattern], container) ? [ports] : [])),
        nearbyRemark(snapshot, inspect),
      );
    });
  },
});

const judgeWithoutMapping = (networkMode: string, inspect: ContainerInspect): Judgement => {
  if (networkMode === 'host')
    return fail(
      'The container is in the network namespace of the host: whatever it listens on is open there and can not be listed',
      modeEvidence(inspect),
      { causedBy: 'container-host-network' },
    );
  return notApplicable(
    networkMode === 'none'
      ? 'The container has no network'
      : 'The container uses the network of another one, where its ports are judged',
    modeEvidence(inspect),
  );
};

const judgeOpenPorts = (
  { open, source }: { readonly open: readonly OpenPort[]; readonly source: string },
  lists: readonly (readonly NeededPortParts[])[],
  remark: string,
): Judgement => {
  if (open.length === 0) return pass(`The container publishes no port${remark}`, []);
  const evidence = [{ source, value: open.map(({ described }) => described) }];
  if (lists.length === 0)
    return unknown(
      `Whether these ports are needed can not be read from the engine: ${open.map(({ described }) => described).join(', ')}`,
      'The ports this container needs, in the parameter neededPorts',
      evidence,
    );
  const needed = lists.flat();
  const needless = open.filter((port) => !needed.some((candidate) => isSamePort(port, candidate)));
  return needless.length === 0
    ? pass('Every published port is one that the policy says is needed', evidence)
    : fail(
        `Published and not needed by the policy: ${needless.map(({ described }) => described).join(', ')}`,
        evidence,
      );
};

interface NeededPortParts {
  readonly hostPort: number | undefined;
  readonly containerPort: number;
  readonly protocol: string;
}

const readNeededPort = (spelled: string): NeededPortParts => {
  const [ports = '', protocol = 'tcp'] = spelled.split('/', 2);
  const [first, second] = ports.split(':', 2);
  return second === undefined
    ? { hostPort: undefined, containerPort: Number(first), protocol }
    : { hostPort: Number(first), containerPort: Number(second), protocol };
};

const isSamePort = (port: OpenPort, needed: NeededPortParts): boolean =>
  port.containerPort === needed.containerPort &&
  port.protocol === needed.protocol &&
  (needed.hostPort === undefined || needed.hostPort === port.hostPort);

/** The container's own list also has what was published, so only the image tells what is meant to be offered. */
const imageExposes = ({ imageById }: JudgingContext, { imageId }: ContainerEntry): ((port: string) => string) => {
  const image = imageId === undefined ? undefined : imageById.get(imageId);
  const config = image && valueOf(image.inspect)?.Config;
  if (config === undefined || config === null) return () => '';
  return (port) => (Object.hasOwn(config.ExposedPorts ?? {}, port) ? '' : ' (not exposed by the image)');
};

/** Ports that are not published can be reached all the same on such a network. */
const nearbyRemark = (snapshot: HostSnapshot, inspect: ContainerInspect): string => {
  const names = Object.keys(inspect.NetworkSettings?.Networks ?? {});
  const unprotected = [inspect.HostConfig?.NetworkMode ?? '', ...names].find((name) =>
    isUnprotected(networkOfMode(snapshot, name)),
  );
  return unprotected === undefined
    ? ''
    : `; the network ${unprotected} does not protect ports that are not published from direct routing`;
};
