import type { ContainerInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';

const judgeHealthCheck = (inspect: ContainerInspect, failOnUnhealthy: boolean): Judgement => {
  if (inspect.Config === undefined) return fieldNotSeen('Config');
  const test = inspect.Config.Healthcheck?.Test ?? [];
  const [kind, ...command] = test;
  // The command may hold a secret, the first word never does.
  const evidence: Evidence[] = [{ source: 'Config.Healthcheck.Test[0]', value: kind ?? null }];
  if (kind === undefined) return fail('The container has no health check', evidence);
  if (kind === 'NONE') return fail('The health check of the image is switched off for this container', evidence);
  if (kind !== 'CMD' && kind !== 'CMD-SHELL')
    return fail(`The health check begins with "${kind.slice(0, 50)}", for which the engine runs nothing`, evidence);
  if (command.every((word) => word === '')) return fail('The health check has no command', evidence);
  if (!failOnUnhealthy) return pass('The container has a health check', evidence);
  return judgeStatus(inspect, evidence);
};

const judgeStatus = ({ State: state }: ContainerInspect, evidence: readonly Evidence[]): Judgement => {
  const status = state?.Health?.Status;
  if (state?.Status === undefined || status === undefined) return fieldNotSeen('State.Health.Status');
  const all = [...evidence, { source: 'State.Health.Status', value: status }];
  // The engine stops probing a paused container and then calls it unhealthy.
  if (status === 'unhealthy' && state.Status.toLowerCase() !== 'paused') return fail('The container is unhealthy', all);
  return pass(`The container has a health check, and is ${status}`, all);
};

export default defineCheck({
  id: 'container-health-check',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.26', '1.6.0': '5.27', '1.7.0': '5.27', '1.8.0': '5.27' },
  cisLevel: 1,
  title: 'Containers that run have a health check',
  rationale:
    'A program that hangs, or that an attack has brought to its knees, still counts as running. Only a health check shows that it has stopped to serve, so that somebody, or swarm, can start it anew.',
  remediation:
    'Add HEALTHCHECK CMD … to the Dockerfile, or docker run --health-cmd "curl -fsS localhost/health" --health-interval 30s --health-retries 3 … (compose: healthcheck: {test: [CMD, curl, -fsS, localhost/health], interval: 30s, retries: 3}). daemon.json has no key for it.',
  decidedBy:
    'Config.Healthcheck.Test, in which the engine has merged what the image and the command line say: it begins with CMD or CMD-SHELL and has a command. With failOnUnhealthy also State.Health.Status. Only containers that are up are judged.',
  needs: ['containers'],
  parameters: z.strictObject({ failOnUnhealthy: z.boolean().default(false) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.27',
    'https://docs.docker.com/reference/dockerfile/#healthcheck',
    'moby/moby daemon/health.go (getProbe, initHealthMonitor)',
    'moby/moby daemon/container/health.go (CloseMonitorChannel)',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachContainer(snapshot, { stoppedContainers: 'same', severity: 'low' }, ({ inspect, up }) =>
      up
        ? judgeHealthCheck(inspect, parameters.failOnUnhealthy)
        : notApplicable('The container is not up: there is nothing to probe'),
    );
  },
});
