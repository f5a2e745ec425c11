import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer } from '../engine/containers.ts';
import { describePort } from '../engine/published-ports.ts';
import { fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { judgePublishedPorts } from './container-ports.ts';
import { describeServicePort, eachService } from './service-ports.ts';

const PortNumber = z.int().min(1).max(65_535);

export default defineCheck({
  id: 'container-privileged-host-ports',
  theme: 'namespaces',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.7', '1.6.0': '5.8', '1.7.0': '5.8', '1.8.0': '5.8' },
  cisLevel: 1,
  title: 'Containers publish no privileged port of the host',
  rationale:
    'Ports below 1024 are those that others trust to belong to the administrator of a host. The engine opens them for any container that asks, whoever wrote its image.',
  remediation:
    'Publish on a port of 1024 or above, behind a load balancer: docker run -p 127.0.0.1:8443:443 … (compose: ports: ["127.0.0.1:8443:443"]). Where 80 and 443 are meant, list them in the parameter allowedPorts. There is no key for it in daemon.json.',
  decidedBy:
    'Host ports in NetworkSettings.Ports of a running container and in HostConfig.PortBindings of another, from 1 to below privilegedBelow and outside allowedPorts. A swarm service is judged once for what it publishes in ingress mode.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    privilegedBelow: z.int().min(1).max(65_536).default(1024),
    allowedPorts: z.array(PortNumber).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.8',
    'moby/moby daemon/network.go (getPortMapInfo)',
    'https://docs.docker.com/engine/network/port-publishing/',
  ],
  *evaluate({ snapshot, parameters }) {
    const { privilegedBelow } = parameters;
    const allowed = new Set(parameters.allowedPorts);
    const isPrivileged = (port: number): boolean => port >= 1 && port < privilegedBelow && !allowed.has(port);
    /** A range of a stopped container may take any of its ports. */
    const reachesPrivileged = ({ from, to }: { from: number; to: number }): boolean => {
      for (let port = Math.max(from, 1); port <= to && port < privilegedBelow; port += 1)
        if (isPrivileged(port)) return true;
      return false;
    };
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect }) =>
      judgePublishedPorts(snapshot, container, inspect, ({ ports }, evidence) => {
        // A port that the engine picks comes from the kernel's ephemeral range, far above.
        const privileged = ports.filter(({ hostPort }) => hostPort !== undefined && reachesPrivileged(hostPort));
        return privileged.length === 0
          ? pass(`No published port of the host is below ${privilegedBelow}, or the policy allows it`, evidence)
          : fail(`The container publishes privileged ports: ${privileged.map(describePort).join(', ')}`, evidence);
      }),
    );
    yield* eachService(snapshot, (ports) => {
      const inIngress = ports.filter(({ mode }) => mode === 'ingress');
      if (inIngress.length === 0)
        return notApplicable('The service publishes in host mode: its tasks are judged as containers');
      const privileged = inIngress
        .filter(({ publishedPort }) => publishedPort !== undefined && isPrivileged(publishedPort))
        .map(describeServicePort);
      const evidence = [{ source: 'Endpoint.Ports', value: inIngress.map(describeServicePort) }];
      if (privileged.length === 0 && inIngress.some(({ publishedPort }) => publishedPort === undefined))
        return unknown('A published port of the service was not seen', 'A manager that reports this field', evidence);
      if (privileged.length === 0)
        return pass(`No published port of the service is below ${privilegedBelow}, or the policy allows it`, evidence);
      return fail(`The service publishes privileged ports on every node: ${privileged.join(', ')}`, evidence, {
        remediation:
          'docker service update --publish-rm PORT --publish-add published=8443,target=443 SERVICE, or list the port in the parameter allowedPorts.',
      });
    });
  },
});
