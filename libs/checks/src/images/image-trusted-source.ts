import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { comesFrom, repositoryOf, sourcesOf } from './image-sources.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';
import { localBaseOf } from './own-steps.ts';

const baseLabel = 'org.opencontainers.image.base.name';

export default defineCheck({
  id: 'image-trusted-source',
  theme: 'images',
  severity: 'medium',
  subject: 'image',
  cis: { '1.6.0': '4.2', '1.7.0': '4.2', '1.8.0': '4.2' },
  cisLevel: 1,
  title: 'Images come from trusted registries and base images',
  rationale:
    'An image runs whatever its maker put into it. One from a stranger, or a name that only looks like a known one, is how miners and back doors get onto a host without any break-in.',
  remediation:
    'Pull by digest from the registry of the organization or from named publishers: docker pull REGISTRY/NAME@sha256:… (compose: image). Set the label org.opencontainers.image.base.name in builds, and list the sources in the parameter trustedSources.',
  decidedBy:
    'The repositories an image is known to come from (Identity, else RepoDigests where a pull or push alone writes them) and its base (label, or a local image whose layers it begins with) against trustedSources and deniedSources. A tag alone proves nothing, and no list leaves it to a person.',
  needs: ['images'],
  parameters: imageParameters.extend({
    /** Registries, or parts of their path: `registry.lan`, `docker.io/library`. */
    trustedSources: z.array(z.string()).default([]),
    deniedSources: z.array(z.string()).default([]),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.2',
    'moby/moby api/swagger.yaml (Identity), api/docs/CHANGELOG.md (v1.53)',
    'https://docs.docker.com/docker-hub/repos/manage/trusted-content/',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachImage(snapshot, parameters.scope, (judged) => judgeSource(snapshot, context, judged, parameters));
  },
});

interface Policy {
  readonly trustedSources: readonly string[];
  readonly deniedSources: readonly string[];
}

const judgeSource = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  { image, inspect }: JudgedImage,
  policy: Policy,
): Judgement => {
  const { known, claimed } = sourcesOf(image, inspect, context);
  const base = baseOf(snapshot, context, { image, inspect });
  const evidence: Evidence[] = [
    { source: inspect.Identity ? 'Identity.Pull' : 'RepoDigests', value: known },
    { source: 'names on this host', value: claimed },
    ...(base.length === 0 ? [] : [{ source: 'base', value: base }]),
  ];
  const all = [...known, ...claimed, ...base];
  const denied = all.find((name) => policy.deniedSources.some((source) => comesFrom(name, source)));
  if (denied !== undefined) return fail(`The image comes from ${denied}, which is denied`, evidence);
  if (policy.trustedSources.length === 0)
    return unknown(
      'No list says which sources are trusted',
      'The parameter trustedSources, or a person who reviews where the image comes from',
      evidence,
    );
  const stranger = [...known, ...base].find((name) => !policy.trustedSources.some((source) => comesFrom(name, source)));
  if (stranger !== undefined) return fail(`The image comes from ${stranger}, which is not trusted`, evidence);
  if (known.length + base.length === 0)
    return unknown(
      'Nothing but its name tells where the image comes from',
      'An image pulled from a registry, or the label org.opencontainers.image.base.name in its build',
      evidence,
    );
  return pass('The image comes from a trusted source', evidence);
};

/** The label that the builder wrote, else where the local base image is known to come from. */
const baseOf = (
  snapshot: HostSnapshot,
  context: JudgingContext,
  { image, inspect }: Pick<JudgedImage, 'image' | 'inspect'>,
): readonly string[] => {
  const label = inspect.Config?.Labels?.[baseLabel];
  if (label !== undefined && label !== '') return [repositoryOf(label)];
  const base = localBaseOf(snapshot, image);
  const baseInspect = base && valueOf(base.inspect);
  return base === undefined || baseInspect === undefined ? [] : sourcesOf(base, baseInspect, context).known;
};
