import { type EngineVolume, type HostSnapshot, isMissing, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { daysBetween, instantOf } from '../engine/instants.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { volumeSubject } from '../engine/subjects.ts';
import { servicesOf } from '../engine/swarm-tasks.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';

const Parameters = z.strictObject({
  maxAgeDays: z.number().int().min(0).default(30),
  /** Patterns of volume names and labels' values behind which something of worth lies. */
  valuableNames: z
    .array(z.string())
    .default(
      [
        'db',
        'data',
        'postgres',
        'pg',
        'mysql',
        'maria',
        'mongo',
        'vault',
        'secret',
        'backup',
        'mail',
        'git',
        'keycloak',
        'nextcloud',
        'bitwarden',
      ].map((word) => `*${word}*`),
    ),
  exemptLabels: z.array(z.string()).default(['plimsoll.keep']),
});

export default defineCheck({
  id: 'orphan-volume',
  theme: 'logging-and-operations',
  severity: 'low',
  subject: 'volume',
  title: 'Volumes that no container uses do not linger with their data',
  rationale:
    'A volume outlives its application. Its data lies open to whoever next mounts it by name, and nobody renews, backs up or deletes it.',
  remediation:
    'Save what is wanted, then docker volume rm NAME (docker volume prune takes anonymous ones only since engine 23; docker volume prune -a all). compose: docker compose down -v. What is kept on purpose gets the label plimsoll.keep. No key of daemon.json does it.',
  decidedBy:
    "GET /volumes: a volume in no container's Mounts, up or not, and in no service's, made more than maxAgeDays ago. Medium where its name or labels look valuable or its options bind a folder of the host; info for an anonymous one. Its size would cost the engine a walk over all data and is not asked for.",
  needs: ['volumes', 'containers'],
  parameters: Parameters,
  sources: ['https://docs.docker.com/reference/cli/docker/volume/prune/', 'moby/moby api/swagger.yaml (/volumes)'],
  *evaluate({ snapshot, parameters }) {
    const { used, isWhole } = usedVolumes(snapshot);
    const now = instantOf(snapshot.takenAt);
    for (const volume of valueOf(snapshot.volumes) ?? []) {
      const isUsed =
        volume.Name !== undefined && used.has(volume.Name)
          ? true
          : isWhole && volume.Name !== undefined
            ? false
            : undefined;
      yield { subject: volumeSubject(volume), ...judgeVolume(volume, isUsed, now, parameters) };
    }
  },
});

/** Volumes that a container or a service mounts, and whether that is certain for all others. */
const usedVolumes = (snapshot: HostSnapshot): { used: ReadonlySet<string>; isWhole: boolean } => {
  const used = new Set<string>();
  let isWhole = true;
  for (const { inspect } of valueOf(snapshot.containers) ?? []) {
    const mounts = isMissing(inspect) ? undefined : inspect.value.Mounts;
    if (mounts === undefined) isWhole = false;
    for (const { Type, Name } of mounts ?? []) {
      if (Name !== undefined && Name !== '') used.add(Name);
      else if (Type === undefined || Type === 'volume') isWhole = false;
    }
  }
  // A service's volume waits on the node for its task to come back.
  for (const { Spec } of servicesOf(snapshot))
    for (const { Type, Source } of Spec?.TaskTemplate?.ContainerSpec?.Mounts ?? [])
      if (Type === 'volume' && Source !== undefined) used.add(Source);
  return { used, isWhole };
};

const anonymousPattern = /^[0-9a-f]{64}$/;

const judgeVolume = (
  { Name, CreatedAt, Labels, Options, Driver }: EngineVolume,
  isUsed: boolean | undefined,
  now: number | undefined,
  { maxAgeDays, valuableNames, exemptLabels }: z.infer<typeof Parameters>,
): Judgement => {
  if (isUsed === true) return pass('A container or service uses the volume', []);
  if (exemptLabels.some((label) => Labels?.[label] !== undefined))
    return notApplicable('A label says that the volume is kept on purpose');
  if (isUsed === undefined)
    return unknown('Whether a container uses the volume was not seen', 'A scan that can inspect all containers');
  const age = daysBetween(instantOf(CreatedAt), now);
  const evidence: Evidence[] = [
    { source: 'CreatedAt', value: CreatedAt ?? null },
    { source: 'Driver', value: Driver ?? null },
  ];
  if (age === undefined)
    return unknown(
      'Nobody uses the volume, and the engine does not say how old it is',
      'Lists of earlier scans',
      evidence,
    );
  const days = Math.floor(age);
  if (age <= maxAgeDays) return pass(`Nobody uses the volume, which was made ${days} days ago`, evidence);
  const bindsHost = /(?:^|,)r?bind(?:,|$)/.test(Options?.['o']?.slice(0, 1000) ?? '');
  const texts = [Name ?? '', ...Object.values(Labels ?? {}).slice(0, 50)].map((text) =>
    text.toLowerCase().slice(0, 500),
  );
  const isAnonymous = anonymousPattern.test(Name ?? '');
  const isValuable =
    !isAnonymous && texts.some((text) => valuableNames.some((pattern) => matchesPattern(text, pattern.toLowerCase())));
  const why = bindsHost
    ? ', and shows a folder of the host'
    : isValuable
      ? ', and its name speaks of data of worth'
      : '';
  return fail(`Nobody has used the volume, made ${days} days ago${why}`, evidence, {
    severity: bindsHost || isValuable ? 'medium' : isAnonymous ? 'info' : 'low',
  });
};
