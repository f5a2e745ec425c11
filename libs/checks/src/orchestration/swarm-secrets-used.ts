import type { SwarmService } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';
import { eachService } from './each-service.ts';

export default defineCheck({
  id: 'swarm-secrets-used',
  theme: 'orchestration',
  severity: 'medium',
  subject: 'service',
  cis: { '1.5.0': '7.5', '1.6.0': '7.4', '1.7.0': '7.4', '1.8.0': '7.4' },
  cisLevel: 1,
  title: 'Swarm services are given secrets by docker secret',
  rationale:
    'Whoever may ask the API for a service sees its variables, arguments and labels, and so does every program in its containers. A secret of the swarm is encrypted at rest and shows as a file in the tasks that need it, and nowhere else.',
  remediation:
    'printf %s "$VALUE" | docker secret create NAME -; then docker service update --secret-add NAME --env-rm VARIABLE SERVICE, and read /run/secrets/NAME (compose: secrets). Update once more, so that the earlier version of the service, which the engine keeps for a rollback, does not hold the value either. Change the secret, too: it has been seen.',
  decidedBy:
    'What the collector saw in variables, arguments, command and labels of each service, and of its earlier version (PreviousSpec): names and detectors, never a value. That there are no secrets in the swarm is no failure in itself.',
  needs: ['info', 'swarm'],
  parameters: z.strictObject({
    /** Patterns of variables that hold no secret. */
    ignoreNames: z.array(z.string()).default(['*_FILE', '*_PATH']),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 7.4',
    'https://docs.docker.com/engine/swarm/secrets/',
    'moby/moby daemon/cluster/convert/secret.go, config.go',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachService(snapshot, context, (service) => judgeService(service, parameters.ignoreNames));
  },
});

const judgeService = (
  { Spec, PreviousSpec, secretSightings }: SwarmService,
  ignoreNames: readonly string[],
): Judgement => {
  const current = Spec?.TaskTemplate?.ContainerSpec;
  const earlier = PreviousSpec?.TaskTemplate?.ContainerSpec;
  const variables = [
    ...(current?.environment ?? []).map((variable) => ({ where: 'Spec', variable })),
    ...(earlier?.environment ?? []).map((variable) => ({ where: 'PreviousSpec', variable })),
  ].filter(
    ({ variable: { name, verdict } }) =>
      verdict.kind === 'secret' && !ignoreNames.some((pattern) => matchesPattern(name, pattern)),
  );
  const found: Evidence[] = [
    ...variables.map(({ where, variable: { name, verdict } }) => ({
      source: `${where}.TaskTemplate.ContainerSpec.Env["${name}"]`,
      value: verdict.detector ?? 'secret',
    })),
    ...(secretSightings ?? []).map(({ where, detector }) => ({ source: where, value: detector })),
  ];
  const used = {
    source: 'ContainerSpec.Secrets',
    value: (current?.Secrets ?? []).map(({ SecretName }) => SecretName ?? ''),
  };
  if (found.length > 0)
    return fail(`The service is given what looks like a secret in the clear: ${found[0]?.source ?? ''}`, [
      ...found,
      used,
    ]);
  if (Spec?.TaskTemplate?.Runtime === 'plugin')
    return notApplicable('The service installs a plugin and has no containers');
  if (current === undefined || current === null) return infoNotSeen('Spec.TaskTemplate.ContainerSpec');
  if (current.environment === undefined) return infoNotSeen('Spec.TaskTemplate.ContainerSpec.Env');
  if (earlier && earlier.environment === undefined) return infoNotSeen('PreviousSpec.TaskTemplate.ContainerSpec.Env');
  if (secretSightings === undefined) return infoNotSeen('What was seen in arguments and labels of the service');
  return pass('No variable, argument or label of the service looks like a secret', [used]);
};
