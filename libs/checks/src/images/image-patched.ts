import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import type { JudgingContext } from '../engine/context.ts';
import { type Judgement, fail, unknown } from '../engine/verdict.ts';
import containerCurrentImage from './container-current-image.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';

export default defineCheck({
  id: 'image-patched',
  theme: 'images',
  severity: 'high',
  subject: 'image',
  cis: { '1.6.0': '4.4', '1.7.0': '4.4', '1.8.0': '4.4' },
  cisLevel: 1,
  title: 'Images carry the security patches that exist',
  rationale:
    'For a flaw that has a fix there is usually a ready attack as well. Patches reach a container only with a new image and a new container.',
  remediation:
    'Rebuild on the current base and bring it out: docker build --pull --no-cache …, then docker compose up -d --pull always (or docker service update --image). Let a pipeline do it every week. No key of daemon.json does it.',
  decidedBy:
    'Advisories with a fix against the packages of the image, which takes reading its package database. From the API alone it shows that containers run a build that the host has replaced already; that follows from container-current-image.',
  needs: ['images'],
  parameters: imageParameters.extend({ checkStaleContainers: z.boolean().default(true) }),
  sources: ['CIS Docker Benchmark 1.6.0, 4.4', 'https://docs.docker.com/build/building/best-practices/'],
  *evaluate({ snapshot, context, parameters }) {
    const stale = parameters.checkStaleContainers ? staleContainers(snapshot, context) : new Set<string>();
    yield* eachImage(snapshot, parameters.scope, (judged) => judgePatches(judged, stale));
  },
});

const judgePatches = ({ containers }: JudgedImage, stale: ReadonlySet<string>): Judgement => {
  const names = containers.map(({ name }) => name).filter((name) => stale.has(name));
  if (names.length > 0)
    return fail(
      `The host has a newer build, and containers still run this one: ${names.slice(0, 5).join(', ')}`,
      [{ source: 'containers of a build that was replaced', value: names.toSorted() }],
      { causedBy: containerCurrentImage.id },
    );
  return unknown(
    'Which packages the image holds, and of which version, was not read',
    'A scan that reads the package database of the image, with advisories',
  );
};

/** Names of containers whose image has been replaced under the same name on this host. */
const staleContainers = (snapshot: HostSnapshot, context: JudgingContext): ReadonlySet<string> =>
  new Set(
    [...containerCurrentImage.evaluate({ snapshot, context, parameters: {} })]
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ subject }) => subject.name),
  );
