import {
  type ContainerEntry,
  type HostSnapshot,
  type ImageEntry,
  type ImageInspect,
  isMissing,
  valueOf,
} from '@plimsoll/snapshot';
import { z } from 'zod';
import { oncePerSnapshot } from '../engine/once-per-snapshot.ts';
import { imageSubject } from '../engine/subjects.ts';
import { type Judgement, type Subject, type Verdict, notApplicable, unknown } from '../engine/verdict.ts';

/** Which images are judged: those that a container was made of, those that could start by themselves, or all. */
export const ImageScope = z.enum(['used', 'runnable', 'all']).default('used');
export const imageParameters = z.strictObject({ scope: ImageScope });

export interface JudgedImage {
  readonly image: ImageEntry;
  readonly inspect: ImageInspect;
  /** Containers made of it, up or not; empty where containers could not be listed. */
  readonly containers: readonly ContainerEntry[];
}

/** Podman writes ids without the digest's name. */
const bareId = (id: string): string => id.replace(/^sha256:/, '');

const containersByImage = oncePerSnapshot((snapshot: HostSnapshot): ReadonlyMap<string, readonly ContainerEntry[]> => {
  const byImage = new Map<string, ContainerEntry[]>();
  for (const container of valueOf(snapshot.containers) ?? []) {
    const ids = new Set(
      [container.imageId, valueOf(container.inspect)?.Image].filter((id) => id !== undefined).map(bareId),
    );
    for (const id of ids) {
      const known = byImage.get(id);
      if (known === undefined) byImage.set(id, [container]);
      else known.push(container);
    }
  }
  return byImage;
});

export const containersOf = (snapshot: HostSnapshot, image: ImageEntry): readonly ContainerEntry[] =>
  containersByImage(snapshot).get(bareId(image.id)) ?? [];

/** In the order of the images. */
const imageSubjects = oncePerSnapshot((snapshot: HostSnapshot): readonly Subject[] =>
  (valueOf(snapshot.images) ?? []).map(imageSubject),
);

const allImages: Subject = { kind: 'image', name: 'all images', lastingName: '*' };

/**
 * Judges every image in scope; one out of it is not applicable. Where nothing tells which images are used, all are
 * unknown, so that no finding comes or goes because containers could not be listed.
 */
export function* eachImage(
  snapshot: HostSnapshot,
  scope: z.infer<typeof ImageScope>,
  judge: (judged: JudgedImage) => Judgement,
): Generator<Verdict> {
  if (isMissing(snapshot.images)) return;
  if (scope === 'used' && isMissing(snapshot.containers)) {
    yield {
      subject: allImages,
      ...unknown(
        `Not assessed: it was not seen which images are used (${snapshot.containers.missing}): ${snapshot.containers.detail}`,
        'A scan that can list containers, or the parameter scope: all',
      ),
    };
    return;
  }
  const subjects = imageSubjects(snapshot);
  for (const [index, image] of snapshot.images.value.entries())
    yield {
      subject: subjects[index] ?? imageSubject(image),
      ...withTags(image, judgeOne(snapshot, image, scope, judge)),
    };
}

const judgeOne = (
  snapshot: HostSnapshot,
  image: ImageEntry,
  scope: z.infer<typeof ImageScope>,
  judge: (judged: JudgedImage) => Judgement,
): Judgement => {
  const containers = containersOf(snapshot, image);
  if (scope === 'used' && containers.length === 0) return notApplicable('No container is made of this image');
  if (isMissing(image.inspect))
    return unknown(
      `The image could not be inspected (${image.inspect.missing}): ${image.inspect.detail}`,
      'A scan that can inspect this image',
    );
  const inspect = image.inspect.value;
  if (scope === 'runnable' && containers.length === 0 && !canStart(inspect))
    return notApplicable('The image only serves to build others: it has nothing to start');
  return judge({ image, inspect, containers });
};

const canStart = ({ Config }: ImageInspect): boolean =>
  Config === undefined || (Config?.Cmd ?? []).length > 0 || (Config?.Entrypoint ?? []).length > 0;

/** One finding for an image, however many tags it has: they are all named. */
const withTags = (image: ImageEntry, judgement: Judgement): Judgement =>
  image.repoTags.length > 1
    ? { ...judgement, evidence: [...judgement.evidence, { source: 'RepoTags', value: image.repoTags.toSorted() }] }
    : judgement;
