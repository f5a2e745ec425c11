import type { HostSnapshot, ImageEntry, ImageInspect } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { isUp } from '../engine/containers.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { dayOf, daysBetween, instantOf } from '../engine/instants.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { repositoryOf } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass, unknown } from '../engine/verdict.ts';
import { eachImage } from './images-in-use.ts';

const Parameters = z.strictObject({
  maxAgeDays: z.number().int().min(1).default(180),
  /** Patterns of repositories whose age says little, such as a single static program. */
  exempt: z.array(z.string()).default(['*/pause', 'hello-world', 'registry.k8s.io/pause']),
});

const createdLabel = 'org.opencontainers.image.created';
/** Reproducible builds put a fixed date into every image: 1970, 1980, and some days around. */
const firstRealDate = Date.UTC(1981, 0, 1);

export default defineCheck({
  id: 'image-age',
  theme: 'images',
  severity: 'low',
  subject: 'image',
  title: 'Images in use were built not too long ago',
  rationale: 'An image lacks every patch that came out since it was built, whatever a scanner knows of it.',
  remediation:
    'docker pull NAME, or docker build --pull --no-cache …, then create the containers again (compose: docker compose up -d --pull always). No key of daemon.json does it.',
  decidedBy:
    'Created of every image that a running container was made of: at most maxAgeDays ago. A fixed date of a reproducible build, or one in the future, says nothing; the label org.opencontainers.image.created then decides.',
  needs: ['images'],
  parameters: Parameters,
  sources: [
    'moby/moby api/swagger.yaml (ImageSummary.Created)',
    'https://specs.opencontainers.org/image-spec/annotations/',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, 'used', ({ image, inspect, containers }) =>
      containers.every((container) => isUp(container) === false)
        ? notApplicable('No container of this image is running')
        : judgeAge(snapshot, image, inspect, parameters),
    );
  },
});

const judgeAge = (
  snapshot: HostSnapshot,
  image: ImageEntry,
  inspect: ImageInspect,
  { maxAgeDays, exempt }: z.infer<typeof Parameters>,
): Judgement => {
  const repositories = [...image.repoTags, ...image.repoDigests].map(repositoryOf);
  if (repositories.some((name) => exempt.some((pattern) => matchesPattern(name, pattern))))
    return notApplicable('The image is exempt by policy');
  if (image.created === undefined) return infoNotSeen('Created');
  const now = instantOf(snapshot.takenAt);
  if (now === undefined) return unknown('When the scan was made is not known', 'A scan with a date');
  const own = image.created * 1000;
  const isReal = own >= firstRealDate && own <= now;
  const label = inspect.Config?.Labels?.[createdLabel];
  const built = isReal ? own : instantOf(label);
  const evidence = [
    { source: 'Created', value: image.created },
    ...(isReal || label === undefined ? [] : [{ source: `Config.Labels["${createdLabel}"]`, value: label }]),
  ];
  if (built === undefined || built < firstRealDate || built > now)
    return unknown('The image does not say when it was built', `The label ${createdLabel} in its build`, evidence);
  const age = Math.floor(daysBetween(built, now) ?? 0);
  const told = `The image was built on ${dayOf(built)}, ${age} days before the scan`;
  return age > maxAgeDays ? fail(told, evidence) : pass(told, evidence);
};
