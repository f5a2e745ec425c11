import { expect, test } from 'vitest';
import { type GivenImage, aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import contentTrust from '../registry-and-accounts/content-trust.ts';
import setuidPrograms from '../unprivileged-processes/image-setuid-programs.ts';
import unneededTools from './image-no-unneeded-tools.ts';
import patched from './image-patched.ts';

const used = (given: GivenImage = {}) => aSnapshot({ images: [anImage(given)], containers: [aContainer()] });
const built = (...newestFirst: string[]) =>
  used({ history: { value: newestFirst.map((CreatedBy) => ({ CreatedBy, Size: 1 })) } });

test.for([
  ['apt-get update && apt-get install -y --no-install-recommends gcc make', 'fail'],
  ['apk add --no-cache netcat-openbsd', 'fail'],
  ['apt-get install -y gcc=4:12.2.0-3', 'fail'],
  ['apk add --virtual .build gcc && make && apk del .build', 'unknown'],
  ['apt-get install -y gcc && apt-get purge -y --auto-remove gcc', 'unknown'],
  ['apt-get install -y gcc && apt-get purge -y $buildDeps', 'unknown'],
  ['apt-get install -y curl', 'unknown'],
  ['apt-get install -y libgcc-s1 makepasswd', 'unknown'],
  ['make install', 'unknown'],
] as const)('image-no-unneeded-tools after RUN %s: %s', ([command, outcome]) => {
  expect(outcomesOf(unneededTools, built(`RUN /bin/sh -c ${command} # buildkit`))).toEqual([outcome]);
});

test('image-no-unneeded-tools sees that a later step takes a tool out, and takes the names of a policy', () => {
  expect(outcomesOf(unneededTools, built('RUN apk del gcc', 'RUN apk add gcc'))).toEqual(['unknown']);
  expect(outcomesOf(unneededTools, built('RUN apk add gcc', 'RUN apk del gcc'))).toEqual(['fail']);
  expect(outcomesOf(unneededTools, built('RUN apk add gcc'), { deniedPackages: ['bash'] })).toEqual(['unknown']);
});

test('none of them passes on what was not read', () => {
  expect(outcomesOf(unneededTools, used())).toEqual(['unknown']);
  expect(outcomesOf(setuidPrograms, used())).toEqual(['unknown']);
  expect(outcomesOf(patched, used())).toEqual(['unknown']);
  expect(outcomesOf(setuidPrograms, used({ inspect: { Os: 'windows' } }))).toEqual(['not-applicable']);
  expect(outcomesOf(patched, aSnapshot({ images: [anImage()] }))).toEqual(['not-applicable']);
});

test('image-patched refers to container-current-image where the host has a newer build', () => {
  const snapshot = aSnapshot({
    images: [anImage({ repoTags: [] }), anImage({ id: 'sha256:new', repoTags: ['example/web:1'] })],
    containers: [
      aContainer({
        config: { Image: 'example/web:1' },
        inspect: { Image: 'sha256:0123456789abcdef', Config: { Image: 'example/web:1' } },
      }),
    ],
  });
  expect(resultsOf(patched, snapshot)[0]).toMatchObject({ outcome: 'fail', causedBy: 'container-current-image' });
  expect(outcomesOf(patched, snapshot, { checkStaleContainers: false })[0]).toBe('unknown');
});

test('content-trust is a question for a person, whatever a variable says', () => {
  expect(resultsOf(contentTrust, aSnapshot())).toMatchObject([
    { outcome: 'unknown', subject: { kind: 'host' }, wouldTell: expect.stringContaining('answer') },
  ]);
});
