import type { ImageHistoryStep } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import updateAlone from './image-package-update-not-alone.ts';

const steps = (...newestFirst: (string | [string, number])[]): ImageHistoryStep[] =>
  newestFirst.map((step) => {
    const [CreatedBy, Size] = typeof step === 'string' ? [step, 0] : step;
    return { Id: '<missing>', Created: 0, CreatedBy, Size, Comment: '', Tags: null };
  });
const used = (...newestFirst: (string | [string, number])[]) =>
  aSnapshot({ images: [anImage({ history: { value: steps(...newestFirst) } })], containers: [aContainer()] });
const run = (command: string): string => `RUN /bin/sh -c ${command} # buildkit`;

test.for([
  ['apt-get update', 'fail'],
  ['apt-get -qq -o Acquire::Retries=3 update', 'fail'],
  ['apt update && echo done', 'fail'],
  ['apk update', 'fail'],
  ['zypper refresh', 'fail'],
  ['dnf makecache', 'fail'],
  ["sh -c 'apt-get update'", 'fail'],
  ['sudo apt-get update', 'fail'],
  ['DEBIAN_FRONTEND=noninteractive apt-get update', 'fail'],
  ['apt-get install -y curl && apt-get update', 'fail'],
  ['apt-get update && apk add x', 'fail'],
  ['apt-get update && apt-get install -y curl', 'pass'],
  ['apt-get update\napt-get upgrade -y', 'pass'],
  ['apt update; apt-get -y --no-install-recommends install curl', 'pass'],
  ['apt-get update && cat list | xargs apt-get install -y', 'pass'],
  ['if true; then apt-get update && apt-get dist-upgrade -y; fi', 'pass'],
  ['yum update -y', 'pass'],
  ['dnf -y update', 'pass'],
  ['apk add --no-cache curl', 'pass'],
  ['apk --update add curl', 'pass'],
  ['update-ca-certificates', 'pass'],
  ['echo apt-get update', 'pass'],
  ['npm update', 'pass'],
] as const)('RUN %s: %s', ([command, outcome]) => {
  expect(outcomesOf(updateAlone, used(run(command)))).toEqual([outcome]);
});

test.for([
  ['the classic builder', '/bin/sh -c apt-get update'],
  ['the classic builder with build arguments', '|1 A=b c /bin/sh -c apt-get update'],
  ['the classic builder in exec form', 'apt-get update'],
  ['another shell', '/bin/bash -o pipefail -c apt-get update'],
  ['kaniko', 'RUN apt-get update'],
] as const)('reads the history of %s', ([, createdBy]) => {
  expect(outcomesOf(updateAlone, used([createdBy, 20_000_000], ['ADD rootfs.tar /', 9]))).toEqual(['fail']);
});

test('names the command and the step', () => {
  expect(resultsOf(updateAlone, used('CMD ["x"]', run('make'), run('apt-get update')))).toMatchObject([
    { evidence: [{ source: 'history[2].CreatedBy', value: 'apt-get update' }] },
  ]);
});

test('leaves steps of a base to the base: known by its layers on this host', () => {
  const baseSteps = steps(run('apt-get update'), ['ADD rootfs.tar / # buildkit', 9]);
  const base = anImage({
    id: 'sha256:base',
    repoTags: ['base:1'],
    inspect: { RootFS: { Type: 'layers', Layers: ['a', 'b'] } },
    history: { value: baseSteps },
  });
  const child = anImage({
    inspect: { RootFS: { Type: 'layers', Layers: ['a', 'b', 'c'] } },
    history: { value: [...steps(run('make')), ...baseSteps] },
  });
  const snapshot = aSnapshot({ images: [base, child], containers: [aContainer()] });
  expect(outcomesOf(updateAlone, snapshot)).toEqual(['not-applicable', 'pass']);
  expect(outcomesOf(updateAlone, snapshot, { includeBase: true })).toEqual(['not-applicable', 'fail']);
  expect(outcomesOf(updateAlone, snapshot, { scope: 'all' })).toEqual(['fail', 'pass']);
});

test('leaves steps of a base to the base: guessed by the CMD that ends it', () => {
  const history = ['CMD ["app"]', run('make'), 'CMD ["bash"]', run('apt-get update'), 'ADD rootfs.tar / # buildkit'];
  expect(outcomesOf(updateAlone, used(...history))).toEqual(['pass']);
  expect(outcomesOf(updateAlone, used(...history), { includeBase: true })).toEqual(['fail']);
  // The CMD on top of an image's own layers ends nothing.
  expect(outcomesOf(updateAlone, used('CMD ["app"]', 'ENV A=b', run('apt-get update')))).toEqual(['fail']);
});

test('does not apply without a RUN step', () => {
  expect(outcomesOf(updateAlone, used('CMD ["bash"]', 'COPY . /app # buildkit'))).toEqual(['not-applicable']);
  expect(outcomesOf(updateAlone, used('CMD ["bash"]', ['# debian.sh --arch amd64 out/ bookworm', 99]))).toEqual([
    'not-applicable',
  ]);
});

test.for([
  ['without a history', []],
  ['of an import', [['', 99]]],
  ['with a layer of a commit', [['bash', 99], run('make'), ['ADD rootfs.tar /', 9]]],
] as const)('can not tell %s', ([, newestFirst]) => {
  const history = newestFirst.map((step): string | [string, number] => (typeof step === 'string' ? step : [...step]));
  expect(outcomesOf(updateAlone, used(...history))).toEqual(['unknown']);
});

test('can not tell from a step that is too long to be read', () => {
  const long = `apt-get update && ${'true && '.repeat(10_000)}apt-get install -y x`;
  expect(outcomesOf(updateAlone, used(run(long)))).toEqual(['unknown']);
});

test('can not tell when the history could not be read', () => {
  const image = anImage({ history: { missing: 'timed-out', detail: '' } });
  expect(outcomesOf(updateAlone, aSnapshot({ images: [image], containers: [aContainer()] }))).toEqual(['unknown']);
});
