import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type Judgement, fail, notApplicable, unknown } from '../engine/verdict.ts';
import { commandsOf } from './build-steps.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';
import { isOpaque, noHistory, opaqueHistory, ownStepsOf } from './own-steps.ts';
import { bypassIn } from './package-bypasses.ts';
import { mayUseManager, packageManagerOf } from './package-commands.ts';
import { programOf } from './shell-commands.ts';

export default defineCheck({
  id: 'image-packages-authenticated',
  theme: 'images',
  severity: 'medium',
  subject: 'image',
  cis: { '1.6.0': '4.11', '1.7.0': '4.11', '1.8.0': '4.11' },
  cisLevel: 2,
  title: 'Packages in images are installed with their origin checked',
  rationale:
    'A package manager that is told not to check signatures installs whatever answers: a mirror that was taken over, or somebody on the way of the build.',
  remediation:
    'Remove the option that switches the check off, install the key of the repository explicitly (apt: signed-by=/usr/share/keyrings/NAME.gpg), pin versions or digests, and compare downloads with a checksum before they run.',
  decidedBy:
    'Commands in the RUN steps of the image, without those of its base, that install without a check (--allow-unauthenticated, --nogpgcheck, --allow-untrusted, [trusted=yes], curl -k … | sh and the like) fail. Nothing in an image proves that a signature was checked, so all else is for a person to say.',
  question: "Do the builds of this host's images check the origin of every package they install?",
  needs: ['images'],
  parameters: imageParameters.extend({ includeBase: z.boolean().default(false) }),
  sources: [
    'CIS Docker Benchmark 1.6.0, 4.11',
    'https://manpages.debian.org/bookworm/apt/apt-secure.8.en.html',
    'https://docs.docker.com/build/building/best-practices/',
  ],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, (judged) => judgePackages(snapshot, judged, parameters.includeBase));
  },
});

const judgePackages = (snapshot: HostSnapshot, { image }: JudgedImage, includeBase: boolean): Judgement => {
  const steps = ownStepsOf(snapshot, image, includeBase);
  if (steps === undefined) return noHistory();
  const runs = steps.filter(({ instruction }) => instruction === 'RUN' || instruction === 'OTHER');
  for (const step of runs) {
    const bypass = bypassIn(step);
    if (bypass !== undefined)
      return fail('A build step installs or runs something without checking its origin', [
        { source: `history[${step.index}].CreatedBy`, value: bypass },
      ]);
  }
  const opaque = steps.find((step) => isOpaque(image, step));
  if (opaque !== undefined) return opaqueHistory(opaque);
  const installs = runs.some(
    (step) =>
      (mayUseManager(step.text) || /curl|wget|\.sh/.test(step.text)) &&
      commandsOf(step).some(({ words }) => mayInstall(words)),
  );
  return installs
    ? unknown(
        'No step switches the check of signatures off; nothing in an image proves that it was on',
        'A person who reviews how the image is built',
      )
    : notApplicable('No step of the image installs packages');
};

/** Package managers, downloads, and scripts that may do anything. */
const mayInstall = (words: readonly string[]): boolean =>
  packageManagerOf(words) !== undefined ||
  ['curl', 'wget'].includes(programOf(words)) ||
  programOf(words).endsWith('.sh');
