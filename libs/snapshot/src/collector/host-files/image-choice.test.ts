import { expect, test } from 'vitest';
import type { ContainerEntry } from '../../schema/container.ts';
import type { ImageEntry } from '../../schema/image.ts';
import { chooseImage } from './image-choice.ts';

const idOf = (name: string): string => `sha256:${name.repeat(64).slice(0, 64)}`;
const anImage = (name: string, given: Partial<ImageEntry> = {}, config: object | null = {}): ImageEntry => ({
  id: idOf(name),
  repoTags: [],
  repoDigests: [],
  created: 100,
  size: 100,
  inspect: { value: { Os: 'linux', Architecture: 'amd64', Config: config } },
  history: { value: [] },
  secretSightings: [],
  ...given,
});
const unseen = { missing: 'timed-out', detail: '' } as const;
const usedBy = (name: string): ContainerEntry[] => [
  {
    id: 'c',
    name: 'web',
    state: 'running',
    image: name,
    imageId: idOf(name),
    labels: {},
    inspect: unseen,
    stats: unseen,
    processes: unseen,
    execs: unseen,
    secretSightings: [],
  },
];

test.for([
  ['the smallest', [anImage('a'), anImage('b', { size: 5 })], [], 'b'],
  ['the oldest of one size', [anImage('a'), anImage('b', { created: 5 })], [], 'b'],
  ['one in use before a smaller one', [anImage('a'), anImage('b', { size: 5 })], usedBy('a'), 'a'],
  ['none with volumes', [anImage('a', { size: 1 }, { Volumes: { '/data': {} } }), anImage('b')], [], 'b'],
  ['one whose volumes are null', [anImage('a', {}, { Volumes: null })], [], 'a'],
  ['one without a configuration', [anImage('a', {}, null)], [], 'a'],
  [
    'none for another platform',
    [anImage('a', { inspect: { value: { Os: 'linux', Architecture: 'arm64' } } })],
    [],
    undefined,
  ],
  ['none for Windows', [anImage('a', { inspect: { value: { Os: 'windows', Architecture: 'amd64' } } })], [], undefined],
  ['none that was not inspected', [anImage('a', { inspect: unseen })], [], undefined],
  ['none whose id is no digest', [anImage('a', { id: 'busybox' })], [], undefined],
  ['nothing where there is nothing', [], [], undefined],
] as const)('%s is chosen', ([, images, containers, wanted]) => {
  const chosen = chooseImage(images, containers, { Arch: 'amd64' });
  expect(chosen).toBe(wanted === undefined ? undefined : idOf(wanted));
});
