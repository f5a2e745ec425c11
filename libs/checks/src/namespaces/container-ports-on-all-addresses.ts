import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import { engineIsAtLeast } from '../engine/engine-version.ts';
import { type PublishedPort, describePort } from '../engine/published-ports.ts';
import { serviceOfTask } from '../engine/swarm-tasks.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { judgePublishedPorts } from './container-ports.ts';
import { describeServicePort, eachService } from './service-ports.ts';

export default defineCheck({
  id: 'container-ports-on-all-addresses',
  theme: 'namespaces',
  severity: 'medium',
  subject: 'container',
  cis: { '1.5.0': '5.13', '1.6.0': '5.14', '1.7.0': '5.14', '1.8.0': '5.14' },
  cisLevel: 1,
  title: 'Published ports are bound to one address of the host',
  rationale:
    'A port without an address is open on every interface of the host, the public one included, and the rules that the engine writes pass by ufw and the zones of firewalld.',
  remediation:
    'Name the address: docker run -p 127.0.0.1:8080:80 …, or that of one interface (compose: ports: ["127.0.0.1:8080:80"]). To change the default, in daemon.json: "ip": "127.0.0.1" for the default bridge and "default-network-opts": {"bridge": {"com.docker.network.bridge.host_binding_ipv4": "127.0.0.1"}} for new networks.',
  decidedBy:
    'HostIp in NetworkSettings.Ports of a running container; of another, in HostConfig.PortBindings, where an empty one is the default address of its network. Fails for 0.0.0.0, :: and their other spellings. Swarm services are judged once each: swarm can not bind to one address.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    allowedWildcardPorts: z.array(z.int().min(1).max(65_535)).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.14',
    'moby/moby daemon/libnetwork/drivers/bridge/port_mapping_linux.go (sortAndNormPBs)',
    'moby/moby#45610',
    'https://docs.docker.com/engine/network/port-publishing/#setting-the-default-bind-address-for-containers',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const allowed = new Set(parameters.allowedWildcardPorts);
    const isAllowed = ({ hostPort }: PublishedPort): boolean => {
      if (hostPort === undefined) return false;
      for (let port = hostPort.from; port <= hostPort.to; port += 1) if (!allowed.has(port)) return false;
      return true;
    };
    const leaksLoopback = engineIsAtLeast(context, 28, 0) === false;
    const engineVersion = context.version?.Version ?? context.info?.ServerVersion;
    yield* eachContainer(snapshot, { ...parameters, severity: 'medium' }, ({ container, inspect }) => {
      const service = serviceOfTask(snapshot, container);
      if (service !== undefined && service !== 'not-seen')
        return notApplicable('The container is a task of a swarm service, whose ports are judged once for the service');
      return judgePublishedPorts(snapshot, container, inspect, ({ ports }, evidence) => {
        const open = ports.filter((port) => port.reach === 'every-address' && !isAllowed(port));
        if (open.length > 0)
          return fail(`Published on every address of the host: ${open.map(describePort).join(', ')}`, evidence);
        const undecided = ports.filter((port) => port.reach === undefined && !isAllowed(port));
        if (undecided.length > 0)
          return unknown(
            `The default address of the network ${inspect.HostConfig?.NetworkMode || 'bridge'} was not seen: ${undecided.map(describePort).join(', ')}`,
            'A scan while the network exists and can be listed, or while the container runs',
            evidence,
          );
        const remark =
          leaksLoopback && ports.some(({ reach }) => reach === 'loopback')
            ? `; engine ${engineVersion ?? ''} lets hosts of the same network segment reach ports on the loopback address`
            : '';
        return pass(`Every published port is bound to one address, or the policy allows it${remark}`, evidence);
      });
    });
    yield* eachService(snapshot, (ports) => {
      const evidence = [{ source: 'Endpoint.Ports', value: ports.map(describeServicePort) }];
      const open = ports
        .filter(({ publishedPort }) => publishedPort === undefined || !allowed.has(publishedPort))
        .map(describeServicePort);
      return open.length === 0
        ? pass('The policy allows every port that the service publishes', evidence)
        : fail(`Swarm publishes these on every address: ${open.join(', ')}`, evidence, {
            remediation:
              'Swarm can not bind a port to one address: docker service update --publish-rm PORT SERVICE and put a proxy with an address of its own in front, or list the port in the parameter allowedWildcardPorts.',
          });
    });
  },
});
