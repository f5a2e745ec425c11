import type { ContainerEntry, ContainerInspect, HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import containerDockerSocket from '../daemon-attack-surface/container-docker-socket.ts';
import { defineCheck } from '../engine/check.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { isMeantBy } from '../engine/name-patterns.ts';
import { publishedPorts } from '../engine/published-ports.ts';
import { fail, notApplicable, pass } from '../engine/verdict.ts';

export default defineCheck({
  id: 'logging-off',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'container',
  title: 'No container runs without any log',
  rationale: 'What happened in a container without a log can not be told afterwards, whoever was in it.',
  remediation:
    'Take --log-driver none away (compose: logging: driver: none) and use the driver local, which bounds itself: docker run --log-driver local --log-opt max-size=1m … For all: "log-driver": "local" in daemon.json.',
  decidedBy:
    "HostConfig.LogConfig.Type of running containers is none. Medium where the container publishes ports or holds the engine's socket. Where none is the daemon's default it follows from container-logs-leave-host.",
  needs: ['containers'],
  parameters: z.strictObject({
    /** Patterns of containers or images that keep a log of their own elsewhere. */
    exemptImages: z.array(z.string()).default([]),
  }),
  sources: ['https://docs.docker.com/engine/logging/configure/'],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { stoppedContainers: 'same', severity: 'low' }, ({ container, inspect, up }) => {
      if (!up) return notApplicable('The container is not up');
      if (isMeantBy(parameters.exemptImages, container)) return notApplicable('The container is exempt by policy');
      const type = inspect.HostConfig?.LogConfig?.Type;
      // Of very old containers: the default of that time.
      if (type === undefined || type === '') return fieldNotSeen('HostConfig.LogConfig.Type');
      const evidence = [{ source: 'HostConfig.LogConfig.Type', value: type }];
      if (type !== 'none') return pass(`The container logs by the driver ${type}`, evidence);
      const isDefault = context.info?.LoggingDriver === 'none';
      return fail('The container leaves no log', evidence, {
        severity: isExposed(snapshot, context, container, inspect) ? 'medium' : 'low',
        ...(isDefault ? { causedBy: 'container-logs-leave-host' } : {}),
      });
    });
  },
});

const isExposed = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  container: ContainerEntry,
  inspect: ContainerInspect,
): boolean => {
  const published = publishedPorts(snapshot, container, inspect);
  if (published.kind === 'ports' && published.ports.length > 0) return true;
  const alone = { ...snapshot, containers: { value: [container] } };
  return [...containerDockerSocket.evaluate({ snapshot: alone, context, parameters: {} })].some(
    ({ outcome }) => outcome === 'fail',
  );
};
