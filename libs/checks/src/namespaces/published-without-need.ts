import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { describePort, publishedPorts } from '../engine/published-ports.ts';
import { type Evidence, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { modeEvidence, portEvidence } from './container-ports.ts';

/** `80`, `80/tcp 53/udp`, `80, 443`: container's ports, tcp unless said otherwise. */
const readExpected = (label: string): ReadonlySet<string> =>
  new Set(
    label
      .split(/[\s,;]+/)
      .filter((word) => word !== '')
      .map((word) => (word.includes('/') ? word : `${word}/tcp`)),
  );

export default defineCheck({
  id: 'published-without-need',
  theme: 'namespaces',
  severity: 'low',
  subject: 'container',
  title: 'Published ports are named one by one',
  rationale:
    'Publishing all that an image exposes opens more with the next version of the image, and a port that the engine picks is open to everyone without anyone knowing its number.',
  remediation:
    'Name each port: docker run -p 127.0.0.1:8080:80 … instead of -P or -p 80 (compose: ports: ["127.0.0.1:8080:80"]). Say which ports are meant in the label plimsoll.ports (compose: labels). There is no key for it in daemon.json.',
  decidedBy:
    'HostConfig.PublishAllPorts; bindings of HostConfig.PortBindings on every address whose HostPort is empty or 0; and, where the container carries the label of expectedPortsLabel, published ports that it does not list. Publish-all follows from container-needless-ports, a port that the engine picks from container-ports-on-all-addresses.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Lists the container's ports that are meant to be published: `80 443/tcp 53/udp`. */
    expectedPortsLabel: z.string().default('plimsoll.ports'),
  }),
  sources: [
    'https://docs.docker.com/engine/network/port-publishing/',
    'moby/moby api/swagger.yaml (HostConfig.PublishAllPorts)',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect }) => {
      const published = publishedPorts(snapshot, container, inspect);
      if (published.kind === 'no-mapping')
        return notApplicable('The container maps no ports of its own', modeEvidence(inspect));
      const publishAll = inspect.HostConfig?.PublishAllPorts;
      if (publishAll === undefined) return fieldNotSeen('HostConfig.PublishAllPorts');
      if (publishAll)
        return fail(
          'The container publishes every port that its image exposes, now and after its next update',
          [
            { source: 'HostConfig.PublishAllPorts', value: true },
            { source: 'Config.ExposedPorts', value: Object.keys(inspect.Config?.ExposedPorts ?? {}) },
          ],
          { causedBy: 'container-needless-ports' },
        );
      const bindings = inspect.HostConfig?.PortBindings;
      if (bindings === undefined) return fieldNotSeen('HostConfig.PortBindings');
      if (published.kind === 'not-seen')
        return unknown(published.why, 'An engine that reports the ports of its containers');
      if (published.ports.length === 0 && Object.keys(bindings ?? {}).length === 0)
        return notApplicable('The container publishes no port');
      const evidence: Evidence[] = [portEvidence(published.source, published.ports)];
      const picked = Object.entries(bindings ?? {}).filter(
        ([, list]) =>
          list === null || list.length === 0 || list.some(({ HostPort }) => HostPort === '' || HostPort === '0'),
      );
      const open = new Set(
        published.ports
          .filter(({ reach }) => reach === 'every-address')
          .map(({ containerPort, protocol }) => `${containerPort}/${protocol}`),
      );
      // The number is new at each start: the container's port is what stays.
      const random = picked.map(([key]) => (key.includes('/') ? key : `${key}/tcp`)).filter((key) => open.has(key));
      if (random.length > 0)
        return fail(
          `A port that the engine picks is open on every address for ${random.join(', ')}`,
          [...evidence, { source: 'HostConfig.PortBindings', value: random }],
          { causedBy: 'container-ports-on-all-addresses' },
        );
      if (container.labels === undefined) return fieldNotSeen('The labels of the container');
      const label = container.labels?.[parameters.expectedPortsLabel];
      if (label !== undefined) {
        const expected = readExpected(label);
        const beyond = published.ports.filter(
          ({ containerPort, protocol }) => !expected.has(`${containerPort}/${protocol}`),
        );
        if (beyond.length > 0)
          return fail(
            `Published and not among the ports that the container's label names: ${beyond.map(describePort).join(', ')}`,
            [...evidence, { source: `Config.Labels["${parameters.expectedPortsLabel}"]`, value: label }],
          );
      }
      if (Object.values(bindings ?? {}).some((list) => list?.some(({ HostPort }) => HostPort === undefined) === true))
        return fieldNotSeen('HostPort of a binding');
      return published.ports.some(({ reach }) => reach === undefined) && picked.length > 0
        ? unknown('The default address of the network was not seen', 'A scan while the container runs', evidence)
        : pass('Every published port is named one by one', evidence);
    });
  },
});
