import { type ContainerInspect, type HostSnapshot, type ImageEntry, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { imageTagged, readReference } from './references.ts';

const askRegistry = 'A look at the registry: docker pull, or docker buildx imagetools inspect, for this reference';

const judgeContainer = (
  inspect: ContainerInspect,
  snapshot: HostSnapshot,
  context: JudgingContext,
  flagMutableTags: boolean,
): Judgement => {
  const asked = inspect.Config?.Image;
  if (asked === undefined || asked === '') return fieldNotSeen('Config.Image');
  if (inspect.Image === undefined || inspect.Image === '') return fieldNotSeen('Image');
  const evidence: Evidence[] = [
    { source: 'Config.Image', value: asked },
    { source: 'Image', value: inspect.Image },
  ];
  const runs = context.imageById.get(inspect.Image);
  const reference = readReference(asked);
  // A short id looks like a name; no name that long is all hexadecimal and the beginning of this image's id.
  const isShortId = /^[0-9a-f]{4,}$/.test(asked) && inspect.Image.replace(/^sha256:/, '').startsWith(asked);
  if (reference.kind === 'id' || isShortId)
    return notApplicable('The container was made from an image id, which has no newer build', evidence);
  if (reference.kind === 'digest') return judgePinned(reference.digest, inspect, runs, evidence);
  const tagged = imageTagged(snapshot, reference.repository, reference.tag);
  if (tagged === undefined) return unknown(`No image on this host is called ${asked} any more`, askRegistry, evidence);
  const all = [...evidence, { source: `images[${JSON.stringify(asked)}].Id`, value: tagged.id }];
  if (tagged.id !== inspect.Image) return judgeOther(tagged, inspect, runs, all);
  if (tagged.repoDigests.length === 0)
    return notApplicable('The image was built on this host: there is no registry to compare with', all);
  const remark =
    flagMutableTags && reference.tag === 'latest'
      ? '; it names no version (latest), so that can change at any time'
      : '';
  return unknown(
    `The container runs the newest ${asked} of this host; the engine does not know what the registry holds now${remark}`,
    askRegistry,
    all,
  );
};

const judgePinned = (
  digest: string,
  { Image: imageId, ImageManifestDescriptor: descriptor }: ContainerInspect,
  runs: ImageEntry | undefined,
  evidence: readonly Evidence[],
): Judgement => {
  const isThat =
    imageId === digest ||
    descriptor?.digest === digest ||
    runs?.repoDigests.some((repoDigest) => repoDigest.endsWith(`@${digest}`)) === true;
  return isThat
    ? pass('The image is pinned by its digest, and the container runs it', evidence)
    : unknown('The image is pinned by a digest that this host does not list for it', askRegistry, evidence);
};

/** The tag has moved to another id. In containerd's store that may be the same build under another manifest. */
const judgeOther = (
  tagged: ImageEntry,
  { ImageManifestDescriptor: descriptor }: ContainerInspect,
  runs: ImageEntry | undefined,
  evidence: readonly Evidence[],
): Judgement => {
  const moved = fail('The host has a newer build under this name, and the container still runs the old one', evidence);
  if (descriptor === undefined || descriptor === null) return moved;
  const layersOf = (image: ImageEntry | undefined): string | undefined => {
    const layers = image && valueOf(image.inspect)?.RootFS?.Layers;
    return layers && layers.length > 0 ? layers.join(' ') : undefined;
  };
  const [now, then] = [layersOf(tagged), layersOf(runs)];
  const unsure = tagged.id === descriptor.digest || now === undefined || then === undefined || now === then;
  return unsure
    ? unknown('The name has another id now, and whether that is another build can not be told', askRegistry, evidence)
    : moved;
};

export default defineCheck({
  id: 'container-current-image',
  theme: 'images',
  severity: 'low',
  subject: 'container',
  cis: { '1.5.0': '5.27', '1.6.0': '5.28', '1.7.0': '5.28', '1.8.0': '5.28' },
  cisLevel: 1,
  title: 'Containers run the current build of their image',
  rationale:
    'Mended flaws arrive as a new build under the same tag. A container keeps the build it was made from, flaws and all, until it is made anew, however often the image is pulled.',
  remediation:
    'docker pull REFERENCE, then create the container again (compose: docker compose pull && docker compose up -d). Better still, pin by digest (image: name:tag@sha256:…) and let a bot raise the pin. daemon.json has no key for it.',
  decidedBy:
    'Image against the id of the image that carries the name of Config.Image on this host now: a difference fails. An image pinned by digest passes. Otherwise only the registry knows, which is never asked from here.',
  question: "Are this host's containers made anew whenever a newer build of their image is published?",
  needs: ['containers', 'images'],
  parameters: containerParameters.extend({ flagMutableTags: z.boolean().default(true) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 5.28',
    'https://docs.docker.com/reference/cli/docker/image/pull/#pull-an-image-by-digest-immutable-identifier',
    'moby/moby daemon/inspect.go (Image, ImageManifestDescriptor)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'low' }, ({ inspect }) =>
      judgeContainer(inspect, snapshot, context, parameters.flagMutableTags),
    );
  },
});
