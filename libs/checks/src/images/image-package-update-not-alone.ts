import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type Judgement, fail, notApplicable, pass } from '../engine/verdict.ts';
import { type BuildStep, commandsOf } from './build-steps.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';
import { isOpaque, isRootFileSystem, noHistory, opaqueHistory, ownStepsOf } from './own-steps.ts';
import { type PackageManager, mayUseManager, refreshesIndex, usesIndex } from './package-commands.ts';

export default defineCheck({
  id: 'image-package-update-not-alone',
  theme: 'images',
  severity: 'low',
  subject: 'image',
  cis: { '1.6.0': '4.7', '1.7.0': '4.7', '1.8.0': '4.7' },
  cisLevel: 1,
  title: 'Package indexes are not refreshed in a build step of their own',
  rationale:
    'The builder keeps the layer of such a step and never runs it again, so later builds install from an old index: packages without the fixes that exist.',
  remediation:
    'Put both into one instruction: RUN apt-get update && apt-get install -y --no-install-recommends PACKAGE=VERSION && rm -rf /var/lib/apt/lists/* (Alpine: apk add --no-cache PACKAGE).',
  decidedBy:
    'RUN steps in the history of the image, without those of its base, split into commands: one that refreshes an index (apt-get update, apk update, zypper refresh, dnf makecache) with no later one in the same step that installs or upgrades. yum and dnf update are upgrades.',
  needs: ['images'],
  parameters: imageParameters.extend({ includeBase: z.boolean().default(false) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.7',
    'https://docs.docker.com/build/building/best-practices/#apt-get',
    'aquasecurity/trivy-checks checks/docker/update_instruction_alone.rego',
    'aquasecurity/trivy pkg/fanal/image/image.go (GuessBaseImageIndex)',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, (judged) => judgeUpdates(snapshot, judged, parameters.includeBase));
  },
});

const judgeUpdates = (snapshot: HostSnapshot, { image }: JudgedImage, includeBase: boolean): Judgement => {
  const steps = ownStepsOf(snapshot, image, includeBase);
  if (steps === undefined) return noHistory();
  // The classic builder keeps RUN ["apt-get", "update"] without any sign of a RUN.
  const runs = steps.filter((step) =>
    step.instruction === 'RUN'
      ? !isOpaque(image, step)
      : step.instruction === 'OTHER' && !isRootFileSystem(image, step),
  );
  for (const step of runs) {
    const alone = refreshAlone(step);
    if (alone !== undefined)
      return fail(`A build step refreshes the package index and installs nothing: ${alone}`, [
        { source: `history[${step.index}].CreatedBy`, value: alone },
      ]);
  }
  const opaque = steps.find((step) => isOpaque(image, step));
  if (opaque !== undefined) return opaqueHistory(opaque);
  if (!runs.some(({ instruction }) => instruction === 'RUN'))
    return notApplicable('The image has no RUN step of its own');
  return pass('No build step refreshes a package index and does no more', []);
};

/** From the end, so that each command is looked at once: what was installed later is known by then. */
const refreshAlone = (step: BuildStep): string | undefined => {
  if (!mayUseManager(step.text)) return undefined;
  const usedLater = new Set<PackageManager>();
  let alone: readonly string[] | undefined;
  for (const { words } of commandsOf(step).toReversed()) {
    const used = usesIndex(words);
    if (used !== undefined) usedLater.add(used);
    const refreshed = refreshesIndex(words);
    if (refreshed !== undefined && !usedLater.has(refreshed)) alone = words;
  }
  return alone?.join(' ').slice(0, 200);
};
