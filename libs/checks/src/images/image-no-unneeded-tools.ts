import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { type Judgement, fail, unknown } from '../engine/verdict.ts';
import { buildStepsOf } from './build-steps.ts';
import { type JudgedImage, eachImage, imageParameters } from './images-in-use.ts';
import { installedPackages } from './installed-packages.ts';

export default defineCheck({
  id: 'image-no-unneeded-tools',
  theme: 'images',
  severity: 'low',
  subject: 'image',
  cis: { '1.6.0': '4.3', '1.7.0': '4.3', '1.8.0': '4.3' },
  cisLevel: 1,
  title: 'Images hold no tools that they do not need',
  rationale:
    'A compiler, a packet sniffer or netcat is what an intruder would otherwise have to bring along, and each package is one more that can have a flaw.',
  remediation:
    'Build in one stage and copy the result into another (FROM … AS build, COPY --from=build); install with apt-get install --no-install-recommends, apk add --no-cache; take tools out in the step that brought them in (apk del, apt-get purge). Images that need them, such as CI runners, get an exception.',
  decidedBy:
    'Packages of deniedPackages that a step of the build history installs and none takes out. Whether others are in the image stands in its package database, which is not read here.',
  question: "Are this host's images built without tools that their service does not need?",
  needs: ['images'],
  parameters: imageParameters.extend({
    /** Patterns of package names. */
    deniedPackages: z
      .array(z.string())
      .default([
        'openssh-server',
        'telnet*',
        'netcat*',
        'nmap*',
        'tcpdump',
        'socat',
        'gcc',
        'g++',
        'make',
        'build-essential',
        'sudo',
        'strace',
        'gdb',
      ]),
  }),
  sources: ['CIS Docker Benchmark 1.6.0, 4.3', 'https://docs.docker.com/build/building/multi-stage/'],
  *evaluate({ snapshot, parameters }) {
    yield* eachImage(snapshot, parameters.scope, ({ image }) => judgeTools(image, parameters.deniedPackages));
  },
});

const judgeTools = (image: JudgedImage['image'], denied: readonly string[]): Judgement => {
  const found = installedPackages(buildStepsOf(image) ?? [], denied);
  if (found.length > 0) {
    const names = [...new Set(found.map(({ name }) => name))].toSorted();
    return fail(
      `The build installs ${names.join(', ')}`,
      found.map(({ name, index }) => ({ source: `history[${index}].CreatedBy`, value: name })),
    );
  }
  return unknown(
    'The build history shows none of the unwanted tools; what else the image holds was not read',
    'A scan that reads the package database of the image',
  );
};
