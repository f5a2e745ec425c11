import { type ImageEntry, type ImageInspect, isMissing } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { infoNotSeen } from '../engine/daemon.ts';
import { matchesPattern } from '../engine/name-patterns.ts';
import { type Evidence, type Judgement, fail, pass, unknown } from '../engine/verdict.ts';
import { eachImage, imageParameters } from './images-in-use.ts';

export default defineCheck({
  id: 'image-no-secrets',
  theme: 'images',
  severity: 'high',
  subject: 'image',
  cis: { '1.6.0': '4.10', '1.7.0': '4.10', '1.8.0': '4.10' },
  cisLevel: 1,
  title: 'Images carry no secrets',
  rationale:
    'Whoever may pull the image has the secret, for good: variables, build arguments and files that a later layer deletes stay in it.',
  remediation:
    'Revoke the secret first, since a new image does not take back the old one. Then build with RUN --mount=type=secret,id=NAME, hand it to containers as a file (compose: secrets; docker secret create in a swarm), and delete the old tags.',
  decidedBy:
    'What the collector saw in variables, labels, commands and build history of the image: names and detectors, never a value. Files in its layers are not read.',
  needs: ['images'],
  parameters: imageParameters.extend({
    /** Patterns of variables that hold no secret; `*_FILE` holds a path. */
    ignoreNames: z.array(z.string()).default(['*_FILE']),
    /** Configuration and history alone are not enough to pass. */
    requireDeepScan: z.boolean().default(false),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.10',
    'https://docs.docker.com/build/building/secrets/',
    'aquasecurity/trivy-checks checks/docker/leaked_secrets.rego',
    'moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go (dispatchArg)',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, ({ image, inspect }) => judgeSecrets(image, inspect, parameters));
  },
});

interface Policy {
  readonly ignoreNames: readonly string[];
  readonly requireDeepScan: boolean;
}

const judgeSecrets = (image: ImageEntry, inspect: ImageInspect, policy: Policy): Judgement => {
  const variables = (inspect.Config?.environment ?? []).filter(
    ({ name, verdict }) =>
      verdict.kind === 'secret' && !policy.ignoreNames.some((pattern) => matchesPattern(name, pattern)),
  );
  const evidence: Evidence[] = [
    ...variables.map(({ name, verdict }) => ({
      source: `Config.Env["${name}"]`,
      value: verdict.detector ?? 'secret',
    })),
    ...image.secretSightings.map(({ where, detector }) => ({ source: where, value: detector })),
  ];
  if (evidence.length > 0)
    return fail(`The image carries what looks like a secret: ${evidence[0]?.source ?? ''}`, evidence);
  if (inspect.Config === undefined) return infoNotSeen('Config');
  // Null: an image without any configuration, as other tools make it.
  if (inspect.Config !== null && inspect.Config.environment === undefined) return infoNotSeen('Config.Env');
  if (isMissing(image.history))
    return unknown(
      `The history of the image could not be read (${image.history.missing}): ${image.history.detail}`,
      'A scan that can read the history of this image',
    );
  return policy.requireDeepScan
    ? unknown(
        'No secret in configuration and history; the files of the image were not read',
        'A scan that reads images whole',
      )
    : pass('No secret in configuration and history; files were not read', []);
};
