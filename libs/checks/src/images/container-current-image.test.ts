import type { ContainerInspect } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenImage, aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-current-image.ts';
import { readReference } from './references.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const old = `sha256:${'a'.repeat(64)}`;
const recent = `sha256:${'b'.repeat(64)}`;

const judged = (
  asked: string | undefined,
  images: GivenImage[],
  inspect: Partial<ContainerInspect> = { Image: old },
  state = 'running',
) =>
  resultsOf(
    check,
    aSnapshot({
      containers: [aContainer({ state, config: { Image: asked }, inspect: { ...inspect, Config: { Image: asked } } })],
      images: images.map(anImage),
    }),
  );
const pulled = { id: old, repoTags: ['nginx:1.27'], repoDigests: [`nginx@${digest}`] };

test.for([
  ['nginx', 'docker.io/library/nginx:latest'],
  ['nginx:1.27', 'docker.io/library/nginx:1.27'],
  ['docker.io/library/nginx', 'docker.io/library/nginx:latest'],
  ['team/app:2', 'docker.io/team/app:2'],
  ['registry.example:5000/app', 'registry.example:5000/app:latest'],
  ['localhost/app:dev', 'localhost/app:dev'],
] as const)('reads the reference %s', ([reference, whole]) => {
  const read = readReference(reference);
  expect(read.kind === 'tag' && `${read.repository}:${read.tag}`).toBe(whole);
});

test('fails when the tag has moved to a newer build on the same host', () => {
  const images = [
    { id: old, repoTags: [], repoDigests: [`nginx@${digest}`] },
    { id: recent, repoTags: ['nginx:1.27'], repoDigests: [] },
  ];
  expect(judged('nginx:1.27', images)).toMatchObject([{ outcome: 'fail', severity: 'low' }]);
  expect(judged('docker.io/library/nginx:1.27', images)).toMatchObject([{ outcome: 'fail' }]);
});

test('can not tell for the newest build of the host: only the registry knows', () => {
  expect(judged('nginx:1.27', [pulled])).toMatchObject([{ outcome: 'unknown' }]);
});

test('remarks that latest, said or not, can change at any time', () => {
  const latest = { ...pulled, repoTags: ['nginx:latest'] };
  expect(judged('nginx', [latest])[0]?.reason).toContain('names no version');
  expect(judged('nginx:1.27', [pulled])[0]?.reason).not.toContain('names no version');
});

const pinned: [string, GivenImage, Partial<ContainerInspect>, string][] = [
  ['passes when the image has that digest', pulled, { Image: old }, 'pass'],
  ['passes when the id is that digest, as in the store of containerd', { id: digest }, { Image: digest }, 'pass'],
  [
    'passes when the manifest has that digest',
    { id: old },
    { Image: old, ImageManifestDescriptor: { digest } },
    'pass',
  ],
  ['can not tell when no digest is listed', { id: old }, { Image: old }, 'unknown'],
  ['can not tell when the image is gone', { id: recent }, { Image: old }, 'unknown'],
];
test.for(pinned)('for an image pinned by digest: %s', ([, image, inspect, outcome]) => {
  expect(judged(`nginx@${digest}`, [image], inspect)).toMatchObject([{ outcome }]);
  expect(judged(`nginx:1.27@${digest}`, [image], inspect)).toMatchObject([{ outcome }]);
});

test.for([
  ['an image id', old],
  ['an image id without its algorithm', old.slice('sha256:'.length)],
  ['a short id', 'a'.repeat(12)],
] as const)('does not apply to a container made from %s', ([, asked]) => {
  expect(judged(asked, [pulled])).toMatchObject([{ outcome: 'not-applicable' }]);
});

test('does not apply to an image that was built on the host', () => {
  expect(judged('app', [{ id: old, repoTags: ['app:latest'], repoDigests: [] }])).toMatchObject([
    { outcome: 'not-applicable' },
  ]);
});

test('can not tell when the name is on no image any more', () => {
  expect(judged('nginx:1.27', [{ id: old, repoTags: [] }])).toMatchObject([{ outcome: 'unknown' }]);
});

test("in containerd's store another id fails only when the layers differ", () => {
  const inspect = { Image: old, ImageManifestDescriptor: { digest } };
  const layers = (...Layers: string[]) => ({ RootFS: { Type: 'layers', Layers } });
  const judgedWith = (then: string | undefined, now: string) =>
    judged(
      'nginx:1.27',
      [
        { id: old, repoTags: [], ...(then === undefined ? {} : { inspect: layers(then) }) },
        { id: recent, repoTags: ['nginx:1.27'], inspect: layers(now) },
      ],
      inspect,
    )[0]?.outcome;
  expect([judgedWith('x', 'y'), judgedWith('x', 'x'), judgedWith(undefined, 'y')]).toEqual([
    'fail',
    'unknown',
    'unknown',
  ]);
});

test('does not judge by the age of the image', () => {
  expect(judged('nginx:1.27', [{ ...pulled, created: 0 }])).toMatchObject([{ outcome: 'unknown' }]);
});

test('can not tell when the name or the id was not seen', () => {
  expect(judged(undefined, [pulled])).toMatchObject([{ outcome: 'unknown' }]);
  expect(judged('nginx:1.27', [pulled], { Image: undefined })).toMatchObject([{ outcome: 'unknown' }]);
});

test('can not tell when the images could not be listed', () => {
  const images = { missing: 'denied', detail: '403' } as const;
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer()], images }))).toEqual(['unknown']);
});

test('counts a stopped container as a note', () => {
  const images = [{ id: recent, repoTags: ['nginx:1.27'] }];
  expect(judged('nginx:1.27', images, { Image: old }, 'exited')).toMatchObject([{ outcome: 'fail', severity: 'info' }]);
});
