import { type ContainerConfig, valueOf } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { repositoryOf } from '../engine/subjects.ts';
import { type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';

export default defineCheck({
  id: 'image-health-check',
  theme: 'images',
  severity: 'low',
  subject: 'image',
  cis: { '1.6.0': '4.6', '1.7.0': '4.6', '1.8.0': '4.6' },
  cisLevel: 1,
  title: 'Images define a health check',
  rationale:
    'Without one the engine takes a process that hangs for a healthy one, and a service that was knocked out stays unnoticed.',
  remediation:
    'HEALTHCHECK --interval=30s --timeout=3s CMD … in the Dockerfile. For one container: docker run --health-cmd … (compose: healthcheck). Images in OCI format can not carry one, so with Buildah build with --format docker.',
  decidedBy:
    'Config.Healthcheck.Test of the image has a command and is not NONE; or all containers of the image have one of their own.',
  needs: ['images'],
  parameters: imageParameters.extend({
    /** Patterns of references that need none, e.g. of one-shot jobs: `registry.lan/jobs/*`. */
    exemptImages: z.array(z.string()).default([]),
    acceptContainerHealthcheck: z.boolean().default(true),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.6',
    'https://docs.docker.com/reference/dockerfile/#healthcheck',
    'moby/docker-image-spec specs-go/v1/image.go',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, (judged) => judgeHealthCheck(judged, parameters));
  },
});

interface Policy {
  readonly exemptImages: readonly string[];
  readonly acceptContainerHealthcheck: boolean;
}

const judgeHealthCheck = ({ image, inspect, containers }: JudgedImage, policy: Policy): Judgement => {
  const names = image.repoTags.flatMap((tag) => [tag, repositoryOf(tag)]);
  if (names.some((name) => policy.exemptImages.some((pattern) => matchesPattern(name, pattern))))
    return notApplicable('The image is exempt by policy');
  if (inspect.Config === undefined) return infoNotSeen('Config');
  const test = inspect.Config?.Healthcheck?.Test;
  const evidence = [{ source: 'Config.Healthcheck.Test', value: test ?? null }];
  if (hasTest(inspect.Config)) return pass('The image defines a health check', evidence);
  const areChecked =
    containers.length > 0 && containers.every(({ inspect: container }) => hasTest(valueOf(container)?.Config));
  if (policy.acceptContainerHealthcheck && areChecked)
    return pass('The image defines no health check, and every container of it has one of its own', evidence);
  return fail(
    test?.[0] === 'NONE' ? 'The image switches its health check off' : 'The image defines no health check',
    evidence,
  );
};

/** `HEALTHCHECK NONE` is stored as a test too, and an empty one means none. */
const hasTest = (config: ContainerConfig | null | undefined): boolean => {
  const [first] = config?.Healthcheck?.Test ?? [];
  return first !== undefined && first !== 'NONE' && first !== '';
};
