import type { ContainerInspect, SwarmService } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { isMeantBy } from '../engine/name-patterns.ts';
import { serviceOfTask } from '../engine/swarm-tasks.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';

export default defineCheck({
  id: 'container-endless-restarts',
  theme: 'control-groups',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.14', '1.6.0': '5.15', '1.7.0': '5.15', '1.8.0': '5.15' },
  cisLevel: 1,
  title: 'Containers are not restarted without end when they fail',
  rationale:
    'A container that crashes and is started again for ever uses up processor, disk and log space, and gives an attacker as many tries as it takes.',
  remediation:
    'docker update --restart on-failure:5 NAME (compose: restart: on-failure:5). Where a service has to come back always, name it in the parameter allowAlwaysFor. daemon.json has no default for it.',
  decidedBy:
    'HostConfig.RestartPolicy: none, or on-failure with 1 to maxRetries tries, passes. For a task of a swarm the restart policy of its service decides.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    maxRetries: z.int().min(1).default(5),
    /** Patterns of container names, services or images. */
    allowAlwaysFor: z.array(z.string()).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.15',
    'moby/moby api/types/container/hostconfig.go (ValidateRestartPolicy)',
    'moby/moby#10809',
    'https://docs.docker.com/engine/containers/start-containers-automatically/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ container, inspect }) => {
      const service = serviceOfTask(snapshot, container);
      if (service === 'not-seen')
        return unknown(
          'The container is, or may be, a task of a swarm service, whose restart policy only a manager knows',
          'A scan of a manager of this swarm',
        );
      const judged =
        service === undefined
          ? judgePolicy(inspect, parameters.maxRetries, context.isPodman === true)
          : judgeService(service, parameters.maxRetries);
      if (judged.outcome !== 'fail') return judged;
      if (isMeantBy(parameters.allowAlwaysFor, container))
        return pass(`${judged.reason}; the policy allows that for this container`, judged.evidence);
      return withRestarts(judged, inspect);
    });
  },
});

const judgePolicy = (inspect: ContainerInspect, maxRetries: number, isPodman: boolean): Judgement => {
  const policy = inspect.HostConfig?.RestartPolicy;
  if (policy?.Name === undefined) return fieldNotSeen('HostConfig.RestartPolicy.Name');
  const evidence: Evidence[] = [{ source: 'HostConfig.RestartPolicy.Name', value: policy.Name }];
  const remark = isPodman ? ' (Podman does so only while podman-restart.service or a Quadlet unit runs)' : '';
  switch (policy.Name) {
    // Engines before 25 stored an empty name; a count beside any name but on-failure means nothing.
    case '':
    case 'no':
      return pass('The container is not restarted by itself', evidence);
    case 'always':
    case 'unless-stopped':
      return fail(`The container is restarted without end: ${policy.Name}${remark}`, evidence);
    case 'on-failure': {
      if (policy.MaximumRetryCount === undefined) return fieldNotSeen('HostConfig.RestartPolicy.MaximumRetryCount');
      return judgeTries(policy.MaximumRetryCount, maxRetries, [
        ...evidence,
        { source: 'HostConfig.RestartPolicy.MaximumRetryCount', value: policy.MaximumRetryCount },
      ]);
    }
    default:
      return unknown(`No restart policy "${policy.Name}" is known`, 'A newer version of this check', evidence);
  }
};

/** Condition and tries that are absent mean "any" and "no limit". */
const judgeService = ({ Spec }: SwarmService, maxRetries: number): Judgement => {
  if (Spec?.TaskTemplate === undefined) return fieldNotSeen('Spec.TaskTemplate of the service');
  const { Condition = 'any', MaxAttempts = 0 } = Spec.TaskTemplate.RestartPolicy ?? {};
  const evidence: Evidence[] = [
    { source: 'Spec.TaskTemplate.RestartPolicy.Condition', value: Condition },
    { source: 'Spec.TaskTemplate.RestartPolicy.MaxAttempts', value: MaxAttempts },
  ];
  if (Condition === 'none') return pass('The service does not restart its tasks', evidence);
  if (Condition !== 'any' && Condition !== 'on-failure' && Condition !== '')
    return unknown(`No restart condition "${Condition}" is known`, 'A newer version of this check', evidence);
  const judged = judgeTries(MaxAttempts, maxRetries, evidence);
  if (judged.outcome !== 'fail') return judged;
  const name = Spec.Name ?? 'SERVICE';
  return {
    ...judged,
    remediation: `docker service update --restart-condition on-failure --restart-max-attempts ${maxRetries} ${name} (compose: deploy.restart_policy: condition: on-failure, max_attempts: ${maxRetries})`,
  };
};

const judgeTries = (tries: number, maxRetries: number, evidence: readonly Evidence[]): Judgement => {
  if (tries <= 0) return fail('The container is restarted after failures without end', evidence);
  return tries > maxRetries
    ? fail(`The container is restarted up to ${tries} times, more than ${maxRetries}`, evidence)
    : pass(`The container is restarted at most ${tries} times`, evidence);
};

/** A crash loop that is going on now weighs a step more than the possibility of one. */
const withRestarts = (judged: Judgement, { RestartCount = 0, State }: ContainerInspect): Judgement => {
  if (RestartCount <= 0) return judged;
  const loops = State?.Restarting === true;
  return {
    ...judged,
    reason: `${judged.reason}; so far ${RestartCount} times${loops ? ', and it is failing right now' : ''}`,
    evidence: [...judged.evidence, { source: 'RestartCount', value: RestartCount }],
    ...(loops ? { severity: 'medium' as const } : {}),
  };
};
