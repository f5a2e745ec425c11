import { type HostSnapshot, type SwarmConfig, type SwarmSecret, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { type Judgement, type Subject, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { allOf, objectsNotSeen, swarmRoleOf } from './about-swarm.ts';

const Parameters = z.strictObject({
  maxAgeDays: z.number().int().min(1).default(365),
  /** For how long a secret may wait for a service. */
  unusedDays: z.number().int().min(0).default(30),
});

type Secret = z.infer<typeof SwarmSecret>;
type Config = z.infer<typeof SwarmConfig>;

export default defineCheck({
  id: 'swarm-secret-hygiene',
  theme: 'orchestration',
  severity: 'medium',
  subject: 'secret',
  title: 'Secrets of the swarm are in use and renewed, and configs hold none',
  rationale:
    'A config looks like a secret and is not: whoever may read the API reads it. An old secret is known to more people than it should be, and one that no service uses still lies on every manager.',
  remediation:
    'Move what is secret out of configs: docker secret create NAME FILE, then docker service update --config-rm NAME --secret-add NAME SERVICE (compose: secrets). Renew under a new name: docker service update --secret-rm OLD --secret-add NEW SERVICE. What nobody uses: docker secret rm NAME.',
  decidedBy:
    'Configs: the detector that answered while the collector held the content, which is not kept (high). Secrets: CreatedAt against maxAgeDays, and whether a service names them. A secret can not be changed, so its age is that of its value.',
  needs: ['info', 'swarm'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/engine/swarm/secrets/',
    'https://docs.docker.com/engine/swarm/configs/',
    'moby/moby api/swagger.yaml (ConfigSpec.Data)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const role = swarmRoleOf(context);
    if (role.kind !== 'manager') {
      yield { subject: allOf('secret'), ...role.judgement };
      return;
    }
    const objects = valueOf(snapshot.swarm);
    const [secrets, configs] = [valueOf(objects?.secrets), valueOf(objects?.configs)];
    const now = instantOf(snapshot.takenAt);
    const used = usedSecrets(snapshot);
    for (const secret of secrets ?? [])
      yield { subject: secretSubject(secret), ...judgeSecret(secret, used, now, parameters) };
    for (const config of configs ?? []) yield { subject: configSubject(config), ...judgeConfig(config) };
    if (secrets === undefined || configs === undefined)
      yield { subject: allOf('secret'), ...objectsNotSeen(snapshot, secrets === undefined ? 'secrets' : 'configs') };
    else if (secrets.length + configs.length === 0)
      yield { subject: allOf('secret'), ...notApplicable('The swarm has neither secrets nor configs') };
  },
});

const secretSubject = ({ name, ID }: Secret): Subject => {
  const shown = name ?? ID ?? 'a secret without a name';
  return { kind: 'secret', name: shown, lastingName: shown };
};

const configSubject = ({ name, ID }: Config): Subject => {
  const shown = `config ${name ?? ID ?? 'without a name'}`;
  return { kind: 'secret', name: shown, lastingName: shown.replace(' ', ':') };
};

/** The ids that services name; undefined where services, or one's list, were not seen whole. */
const usedSecrets = (snapshot: HostSnapshot): ReadonlySet<string | undefined> | undefined => {
  const services = valueOf(valueOf(snapshot.swarm)?.services);
  const specifications = services?.map(({ Spec }) => Spec?.TaskTemplate?.ContainerSpec);
  if (specifications === undefined || specifications.includes(undefined)) return undefined;
  return new Set(
    specifications.flatMap((specification) => (specification?.Secrets ?? []).map(({ SecretID }) => SecretID)),
  );
};

const judgeSecret = (
  { ID, CreatedAt }: Secret,
  used: ReadonlySet<string | undefined> | undefined,
  now: number | undefined,
  { maxAgeDays, unusedDays }: z.infer<typeof Parameters>,
): Judgement => {
  const age = daysBetween(instantOf(CreatedAt), now);
  if (age === undefined || ID === undefined)
    return infoNotSeen(ID === undefined ? 'ID of the secret' : 'CreatedAt of the secret');
  const isUsed = used?.has(ID);
  const evidence = [
    { source: 'CreatedAt', value: CreatedAt ?? null },
    ...(isUsed === undefined ? [] : [{ source: 'a service names it', value: isUsed }]),
  ];
  if (age > maxAgeDays) return fail(`The secret is ${Math.floor(age)} days old`, evidence, { severity: 'low' });
  if (isUsed === false && age > unusedDays)
    return fail(`No service uses the secret, which is ${Math.floor(age)} days old`, evidence, { severity: 'low' });
  if (isUsed === undefined)
    return unknown(
      'Whether a service uses the secret was not seen',
      'A scan that can read the services of the swarm',
      evidence,
    );
  return pass(
    isUsed ? 'A service uses the secret, and it is young enough' : 'The secret is new and waits for a service',
    evidence,
  );
};

const judgeConfig = ({ secretDetector }: Config): Judgement =>
  secretDetector === undefined
    ? pass('The config holds nothing that looks like a secret', [])
    : fail(
        'The config holds what looks like a secret, which everybody who may read the API can read',
        [{ source: 'Spec.Data', value: secretDetector }],
        {
          severity: 'high',
        },
      );
