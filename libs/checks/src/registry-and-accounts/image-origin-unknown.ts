import { type ImageEntry, type ImageInspect, isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isUp } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { buildStepsOf } from '../images/build-steps.ts';
import { eachImage } from '../images/images-in-use.ts';
import { sourcesOf } from '../images/image-sources.ts';

const labels = ['org.opencontainers.image.source', 'org.opencontainers.image.revision'] as const;

export default defineCheck({
  id: 'image-origin-unknown',
  theme: 'registry-and-accounts',
  severity: 'low',
  subject: 'image',
  title: 'Running containers come from images whose origin can be told',
  rationale:
    'An image that was loaded, imported or committed by hand can not be rebuilt or checked. A commit also keeps whatever was in that container, secrets included.',
  remediation:
    'Build in a pipeline, docker push, and docker pull by digest. Label builds: docker build --label org.opencontainers.image.source=… --label org.opencontainers.image.revision=… (compose: build: labels). No key of daemon.json does it.',
  decidedBy:
    "A digest of a registry (where containerd keeps the images, only the engine's verified identity), the labels source and revision, or a history whose newest step is one of a Dockerfile. A newest step that is none was a commit or an import.",
  needs: ['images'],
  parameters: z.strictObject({ acceptLocalBuilds: z.boolean().default(true) }),
  sources: [
    'moby/moby api/swagger.yaml (ImageInspect.RepoDigests)',
    'https://specs.opencontainers.org/image-spec/annotations/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachImage(snapshot, 'used', ({ image, inspect, containers }) =>
      containers.every((container) => isUp(container) === false)
        ? notApplicable('No container of this image is running')
        : judgeOrigin(image, inspect, context, parameters.acceptLocalBuilds),
    );
  },
});

const judgeOrigin = (
  image: ImageEntry,
  inspect: ImageInspect,
  context: JudgingContext,
  acceptLocalBuilds: boolean,
): Judgement => {
  const pulled = inspect.Identity?.Pull ?? [];
  // Of the digest alone, whatever else the engine verified.
  const byDigest = sourcesOf(image, { ...inspect, Identity: undefined }, context).known;
  const known = [...pulled.flatMap(({ Repository }) => (Repository === undefined ? [] : [Repository])), ...byDigest];
  const evidence: Evidence[] = [{ source: inspect.Identity ? 'Identity.Pull' : 'RepoDigests', value: known }];
  if (known.length > 0) return pass(`The image came from ${known[0]}`, evidence);
  const values = labels.map((label) => inspect.Config?.Labels?.[label]);
  if (values.every((value) => value !== undefined && value !== ''))
    return pass('The image names its source and revision', [{ source: 'Config.Labels', value: values.map(String) }]);
  if (image.repoDigests.length > 0)
    return unknown(
      'The image has a digest, and this engine writes one for local builds as well',
      'An engine that verifies where images were pulled from (API 1.53), or the labels source and revision',
      [{ source: 'RepoDigests', value: image.repoDigests }],
    );
  if (isMissing(image.history))
    return unknown(
      `The history of the image could not be read (${image.history.missing})`,
      'A scan that can read the history of this image',
    );
  const [newest] = image.history.value;
  const step = buildStepsOf(image)?.[0];
  if (newest !== undefined && newest.CreatedBy === undefined) return infoNotSeen('CreatedBy of the newest step');
  const shown = {
    source: 'history[0]',
    value: `${newest?.CreatedBy ?? ''} ${newest?.Comment ?? ''}`.trim().slice(0, 200),
  };
  if (step !== undefined && step.instruction !== 'OTHER')
    return acceptLocalBuilds
      ? pass('The image was built from a Dockerfile, and comes from no registry', [shown])
      : fail('The image was built here or loaded from a file, and comes from no registry', [shown]);
  const isImport = newest === undefined || /^imported from/i.test(newest.Comment ?? '') || newest.CreatedBy === '';
  return isImport
    ? fail('The image was imported or loaded by hand: nothing tells where it is from', [shown])
    : fail('The image was committed from a container: it holds whatever was in there', [shown], { severity: 'medium' });
};
