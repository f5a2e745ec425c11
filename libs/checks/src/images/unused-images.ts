import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { hostSubject, repositoryOf } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { containersOf } from './images-in-use.ts';

const Parameters = z.strictObject({
  maxUnusedShare: z.number().min(0).max(1).default(0.5),
  /** With fewer images than this there is no pile. */
  minImages: z.number().int().min(1).default(10),
  /** Patterns of references that are kept on purpose. */
  ignoreImages: z.array(z.string()).default([]),
});

export default defineCheck({
  id: 'unused-images',
  theme: 'images',
  severity: 'low',
  subject: 'host',
  cis: { '1.5.0': '6.1', '1.6.0': '6.1', '1.7.0': '6.1', '1.8.0': '6.1' },
  cisLevel: 1,
  title: 'The host keeps no pile of unused images',
  rationale:
    'Images that nobody runs are not rebuilt either. They fill the disk, and one day somebody starts an old one, flaws and all, because it is there.',
  remediation:
    'docker image prune -a --filter until=720h, as a job that runs every week (look first: docker image ls --filter dangling=true). What is kept on purpose goes into the parameter ignoreImages. No key of compose or daemon.json does it.',
  decidedBy:
    'Images whose id is that of no container, up or not, against all images: at most maxUnusedShare, once there are minImages. Each image counts once, however many tags it has.',
  needs: ['images', 'containers'],
  parameters: Parameters,
  sources: [
    'CIS Docker Benchmark 1.6.0, 6.1',
    'https://docs.docker.com/engine/manage-resources/pruning/',
    'docker/docker-bench-security commit 26f80fb',
  ],
  *evaluate({ snapshot, parameters }) {
    yield { subject: hostSubject, ...judgeImages(snapshot, parameters) };
  },
});

const judgeImages = (
  snapshot: HostSnapshot,
  { maxUnusedShare, minImages, ignoreImages }: z.infer<typeof Parameters>,
): Judgement => {
  const isKept = (tags: readonly string[]): boolean =>
    tags.some((tag) =>
      ignoreImages.some((pattern) => matchesPattern(tag, pattern) || matchesPattern(repositoryOf(tag), pattern)),
    );
  const images = (valueOf(snapshot.images) ?? []).filter(({ repoTags }) => !isKept(repoTags));
  if (images.length === 0) return notApplicable('The host has no images');
  const cut = snapshot.notes.find(
    ({ part, reason }) => reason === 'truncated' && ['images', 'containers'].includes(part),
  );
  if (cut !== undefined) return unknown(`The list of ${cut.part} was cut short`, 'A scan that can list all of them');
  const isUnseen = (valueOf(snapshot.containers) ?? []).some(
    ({ imageId, inspect }) => imageId === undefined && valueOf(inspect)?.Image === undefined,
  );
  if (isUnseen)
    return unknown('Of which image a container is made was not seen', 'A scan that can list all containers whole');
  const unused = images.filter((image) => containersOf(snapshot, image).length === 0);
  const evidence = [
    { source: 'images', value: images.length },
    { source: 'images that no container was made of', value: unused.length },
    { source: 'of these without a tag', value: unused.filter(({ repoTags }) => repoTags.length === 0).length },
    {
      source: 'bytes they would free at most, since layers are shared',
      value: unused.reduce((sum, { size }) => sum + (size ?? 0), 0),
    },
  ];
  const told = `${unused.length} of ${images.length} images are unused`;
  return images.length >= minImages && unused.length / images.length > maxUnusedShare
    ? fail(told, evidence)
    : pass(told, evidence);
};
