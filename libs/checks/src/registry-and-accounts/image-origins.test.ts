import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenImage, aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import notPinned from './image-not-pinned.ts';
import originUnknown from './image-origin-unknown.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const graphDriver = { DriverStatus: [['Backing Filesystem', 'extfs']] };
const containerd = { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] };
const used = (given: GivenImage, info: Partial<EngineInfo> = graphDriver, state = 'running') =>
  aSnapshot({ info, images: [anImage(given)], containers: [aContainer({ state })] });
const history = (CreatedBy: string | undefined, Comment = '') => ({
  history: { value: [{ CreatedBy, Comment, Size: 5 }] },
});

test.for<[string, GivenImage, Partial<EngineInfo>, string, string?]>([
  ['passes with a digest of a registry', { repoDigests: [`nginx@${digest}`] }, graphDriver, 'pass'],
  ['passes when only its tag moved on', { repoTags: [], repoDigests: [`nginx@${digest}`] }, graphDriver, 'pass'],
  ['can not tell by a digest in the store of containerd', { repoDigests: [`nginx@${digest}`] }, containerd, 'unknown'],
  [
    'passes by what the engine verified',
    { repoDigests: [`nginx@${digest}`], inspect: { Identity: { Pull: [{ Repository: 'docker.io/library/nginx' }] } } },
    containerd,
    'pass',
  ],
  [
    'passes with source and revision',
    {
      config: {
        Labels: { 'org.opencontainers.image.source': 'https://a.example', 'org.opencontainers.image.revision': 'abc' },
      },
    },
    graphDriver,
    'pass',
  ],
  ['passes on a local build', history('COPY . . # buildkit'), graphDriver, 'pass'],
  ['fails on an import', history('', 'Imported from -'), graphDriver, 'fail', 'low'],
  ['fails on a commit, which weighs more', history('bash', 'before the upgrade'), graphDriver, 'fail', 'medium'],
  [
    'does not believe a tag',
    { repoTags: ['registry.example/app:1'], ...history('bash') },
    graphDriver,
    'fail',
    'medium',
  ],
  ['can not tell without the history', { history: { missing: 'denied', detail: '' } }, graphDriver, 'unknown'],
  ['can not tell when the newest step was not seen', history(undefined), graphDriver, 'unknown'],
])('image-origin-unknown %s', ([, given, info, outcome, severity]) => {
  expect(resultsOf(originUnknown, used(given, info))).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('image-origin-unknown can not tell by a digest on Podman, which writes one for imports as well', () => {
  const podman = { version: { Components: [{ Name: 'Podman Engine' }] } };
  const snapshot = aSnapshot({
    ...podman,
    info: graphDriver,
    images: [anImage({ repoDigests: [`nginx@${digest}`] })],
    containers: [aContainer()],
  });
  expect(outcomesOf(originUnknown, snapshot)).toEqual(['unknown']);
});

test('image-origin-unknown fails on a local build where a policy says so, and does not apply to stopped containers', () => {
  expect(outcomesOf(originUnknown, used(history('COPY . .')), { acceptLocalBuilds: false })).toEqual(['fail']);
  expect(outcomesOf(originUnknown, used(history('bash'), graphDriver, 'exited'))).toEqual(['not-applicable']);
});

const from = (
  Image: string | undefined,
  repoDigests = [`nginx@${digest}`],
  others: ReturnType<typeof aContainer>[] = [],
) =>
  aSnapshot({
    images: [anImage({ repoDigests })],
    containers: [
      aContainer({ config: { Image }, inspect: { Image: 'sha256:0123456789abcdef', Config: { Image } } }),
      ...others,
    ],
  });

test.for([
  ['nginx', 'fail'],
  ['nginx:latest', 'fail'],
  ['host.example:5000/app', 'fail'],
  ['nginx:stable', 'fail'],
  ['nginx:1.27', 'pass'],
  [`nginx:latest@${digest}`, 'pass'],
  [digest, 'pass'],
  ['0123456789abcdef', 'pass'],
  [undefined, 'unknown'],
] as const)('image-not-pinned for %s: %s', ([asked, outcome]) => {
  expect(outcomesOf(notPinned, from(asked))).toEqual([outcome]);
});

test('image-not-pinned asks for digests where a policy does', () => {
  expect(outcomesOf(notPinned, from('nginx:1.27'), { acceptVersionTags: false })).toEqual(['fail']);
});

test('image-not-pinned does not apply to an image of no registry, and can not tell once it is gone', () => {
  expect(outcomesOf(notPinned, from('app', []))).toEqual(['not-applicable']);
  expect(outcomesOf(notPinned, { ...from('app'), images: { value: [] } })).toEqual(['unknown']);
});

test('image-not-pinned weighs more beside an updater, or from a registry of others', () => {
  const updater = aContainer({
    name: 'tower',
    image: 'containrrr/watchtower:1.7',
    imageId: 'x',
    config: { Image: `containrrr/watchtower@${digest}` },
  });
  expect(resultsOf(notPinned, from('nginx', undefined, [updater]))[0]).toMatchObject({
    outcome: 'fail',
    severity: 'medium',
  });
  expect(resultsOf(notPinned, from('nginx'), { ownRegistries: ['registry.lan'] })[0]).toMatchObject({
    severity: 'medium',
  });
  expect(resultsOf(notPinned, from('registry.lan/app'), { ownRegistries: ['registry.lan'] })[0]).toMatchObject({
    severity: 'low',
  });
});
