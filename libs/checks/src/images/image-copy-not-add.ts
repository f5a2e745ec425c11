import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';
import type { BuildStep } from './build-steps.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';
import { isOpaque, isRootFileSystem, noHistory, opaqueHistory, ownStepsOf } from './own-steps.ts';

export default defineCheck({
  id: 'image-copy-not-add',
  theme: 'images',
  severity: 'low',
  subject: 'image',
  cis: { '1.6.0': '4.9', '1.7.0': '4.9', '1.8.0': '4.9' },
  cisLevel: 1,
  title: 'Dockerfiles use COPY, and ADD only where it is needed',
  rationale:
    'ADD fetches from the network without looking at what it gets, and unpacks archives that may hold anything. A COPY puts there what was reviewed and no more.',
  remediation:
    'Write COPY instead of ADD. Fetch remote files with ADD --checksum=sha256:… URL TARGET (BuildKit), or with curl in a RUN that verifies them.',
  decidedBy:
    'Steps in the history of the image, without those of its base, whose instruction is ADD; one that fetches from the network weighs more. The classic builder does not keep the source, so there neither address nor archive can be told from a plain file. The ADD that fills an empty image is not counted.',
  needs: ['images'],
  parameters: imageParameters.extend({
    includeBase: z.boolean().default(false),
    /** ADD of a local archive, which COPY can not unpack. */
    allowLocalArchive: z.boolean().default(false),
    /** ADD --checksum of a remote file. */
    allowChecksummedUrl: z.boolean().default(true),
  }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.9',
    'https://docs.docker.com/build/building/best-practices/#add-or-copy',
    'moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go (commitToHistory)',
    'docker/docker-bench-security issues 362, 399',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, (judged) => judgeAdds(snapshot, judged, parameters));
  },
});

interface Policy {
  readonly includeBase: boolean;
  readonly allowLocalArchive: boolean;
  readonly allowChecksummedUrl: boolean;
}

const remoteSource = /(?:^|[\s"[])(?:https?:\/\/|git:\/\/|git@|ssh:\/\/)/i;
const archive = /\.(?:tar|tar\.(?:gz|bz2|xz|zst|z|lzma)|tgz|tbz2?|txz)["',\]]*$/i;

const judgeAdds = (snapshot: HostSnapshot, { image }: JudgedImage, policy: Policy): Judgement => {
  const steps = ownStepsOf(snapshot, image, policy.includeBase);
  if (steps === undefined) return noHistory();
  const adds = steps.filter(({ instruction }) => instruction === 'ADD');
  const counted = adds.filter((step) => !isRootFileSystem(image, step) && !isAllowed(step, policy));
  if (counted.length > 0) {
    const evidence = counted.map((step) => ({
      source: `history[${step.index}].CreatedBy`,
      value: `ADD ${withoutSecrets(step.text)}`,
    }));
    return counted.some(({ text }) => remoteSource.test(text))
      ? fail('The image was built with ADD from the network', evidence, { severity: 'medium' })
      : fail('The image was built with ADD where COPY would do', evidence);
  }
  const opaque = steps.find((step) => isOpaque(image, step));
  if (opaque !== undefined) return opaqueHistory(opaque);
  return adds.some((step) => isRootFileSystem(image, step))
    ? notApplicable('The only ADD puts the root file system into an empty image')
    : pass('The image was built without ADD', []);
};

const isAllowed = ({ text }: BuildStep, policy: Policy): boolean => {
  if (remoteSource.test(text)) return policy.allowChecksummedUrl && /(?:^|\s)--checksum=\S/.test(text);
  return policy.allowLocalArchive && sourcesOf(text).every((source) => archive.test(source));
};

/** All words but options and the target; the classic builder writes `file:HASH in /target`, whose source is gone. */
const sourcesOf = (text: string): string[] =>
  text
    .split(/\s+/)
    .filter((word) => !word.startsWith('--'))
    .slice(0, -1);

/** An address may hold a login or a signed query. */
const withoutSecrets = (text: string): string =>
  text
    .replaceAll(/:\/\/[^\s/@]*@/g, '://')
    .replaceAll(/\?\S*/g, '?…')
    .slice(0, 200);
