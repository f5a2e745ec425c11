import { type ContainerInspect, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen, isUp } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { hasImageLike } from '../engine/image-names.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { comesFrom } from '../images/image-sources.ts';
import { readReference } from '../images/references.ts';

const Parameters = containerParameters.extend({
  /** Tags that change their meaning by design. */
  movingTags: z
    .array(z.string())
    .default([
      'latest',
      'stable',
      'main',
      'master',
      'edge',
      'nightly',
      'dev',
      'develop',
      'rolling',
      'current',
      'lts',
      'alpine',
      'slim',
      'release',
      'prod',
      'production',
    ]),
  /** `16` and `16.2` can be moved too; only a digest can not. */
  acceptVersionTags: z.boolean().default(true),
  /** Registries, or parts of their path, of the organization; where given, a moving tag of another one weighs more. */
  ownRegistries: z.array(z.string()).default([]),
  /** Patterns of images that pull and restart others by themselves. */
  updaters: z.array(z.string()).default(['*watchtower*', '*ouroboros*', '*shepherd*', '*cup-updater*']),
});

export default defineCheck({
  id: 'image-not-pinned',
  theme: 'registry-and-accounts',
  severity: 'low',
  subject: 'container',
  title: 'Containers are made from a pinned image, not from a moving tag',
  rationale:
    'A tag such as latest means whatever its registry says today. Whoever can push there decides what runs here after the next pull, and nobody can say what ran before.',
  remediation:
    'Name a version and a digest: docker run NAME:1.2.3@sha256:… (compose: image: name:1.2.3@sha256:…), and let a bot propose the next. No key of daemon.json does it.',
  decidedBy:
    'Config.Image: a digest or an id passes, a tag of movingTags (or none, which is latest) fails, another tag passes while acceptVersionTags is on. Medium where an updater runs on the host, or the registry is none of ownRegistries. Does not apply to images without a digest, which come from no registry.',
  needs: ['containers'],
  parameters: Parameters,
  sources: [
    'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
    'moby/moby api/swagger.yaml (ContainerConfig.Image)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    const moving = new Set(parameters.movingTags.map((tag) => tag.toLowerCase()));
    const updater = updaterOn(snapshot, parameters.updaters);
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect }) =>
      judgeReference(inspect, context, { moving, updater, ...parameters }),
    );
  },
});

const updaterOn = (snapshot: HostSnapshot, patterns: readonly string[]): string | undefined =>
  (valueOf(snapshot.containers) ?? []).find(
    (container) => isUp(container) === true && hasImageLike(container, patterns),
  )?.name;

interface Rules {
  readonly moving: ReadonlySet<string>;
  readonly updater: string | undefined;
  readonly acceptVersionTags: boolean;
  readonly ownRegistries: readonly string[];
}

const judgeReference = (inspect: ContainerInspect, context: JudgingContext, rules: Rules): Judgement => {
  const asked = inspect.Config?.Image;
  if (asked === undefined || asked === '') return fieldNotSeen('Config.Image');
  const evidence: Evidence[] = [{ source: 'Config.Image', value: asked }];
  const reference = readReference(asked);
  if (reference.kind === 'digest') return pass('The image is pinned by its digest', evidence);
  if (inspect.Image === undefined) return fieldNotSeen('Image');
  const isShortId = /^[0-9a-f]{12,}$/.test(asked) && inspect.Image.replace(/^sha256:/, '').startsWith(asked);
  if (reference.kind === 'id' || isShortId) return pass('The image is named by its id', evidence);
  const isMoving = rules.moving.has(reference.tag.toLowerCase());
  if (!isMoving && rules.acceptVersionTags) return pass(`The tag ${reference.tag} names a version`, evidence);
  const image = context.imageById.get(inspect.Image);
  if (image === undefined)
    return unknown(
      `The image behind ${asked} is not on the host any more, or was not seen`,
      'A scan that can list the images of the host',
      evidence,
    );
  if (image.repoDigests.length === 0)
    return notApplicable('The image comes from no registry: nothing moves its tag from outside', evidence);
  const isForeign =
    rules.ownRegistries.length > 0 && !rules.ownRegistries.some((own) => comesFrom(reference.repository, own));
  const because = [
    ...(rules.updater === undefined ? [] : [`${rules.updater} pulls and restarts by itself`]),
    ...(isForeign ? ['the registry is not one of your own'] : []),
  ];
  return fail(
    `The tag ${reference.tag} ${isMoving ? 'moves by design' : 'can be moved'}${because.map((text) => `; ${text}`).join('')}`,
    evidence,
    { severity: because.length > 0 ? 'medium' : 'low' },
  );
};
