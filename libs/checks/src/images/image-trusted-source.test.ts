import { expect, test } from 'vitest';
import { aContainer, type GivenImage, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import trustedSource from './image-trusted-source.ts';

const graph = { DriverStatus: [['Backing Filesystem', 'extfs']] };
const containerd = { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] };
const used = (given: GivenImage, info: object = graph) =>
  aSnapshot({ info, images: [anImage(given)], containers: [aContainer()] });
const pulled = (name: string): GivenImage => ({ repoTags: [`${name}:1`], repoDigests: [`${name}@sha256:0a`] });
const trusts = (...trustedSources: string[]) => ({ trustedSources });

test.for([
  ['passes on a trusted registry', 'registry.lan/team/web', ['registry.lan'], 'pass'],
  ['passes on a trusted path', 'registry.lan/team/web', ['registry.lan/team/'], 'pass'],
  ['matches whole parts of a path', 'registry.lan/teamevil/web', ['registry.lan/team'], 'fail'],
  ['matches a registry with its port', 'registry.lan:5000/web', ['registry.lan:5000'], 'pass'],
  ['takes no port for a tag', 'registry.lan:5000/web', ['registry.lan'], 'fail'],
  ['knows an official image by its short name', 'nginx', ['docker.io/library'], 'pass'],
  ['knows a trusted image by its short name', 'nginx', ['nginx'], 'pass'],
  ['knows that a user of Docker Hub is not official', 'nginx1/nginx', ['docker.io/library'], 'fail'],
  ['fails on a stranger', 'evil.example/web', ['registry.lan'], 'fail'],
  ['can not tell without a list', 'registry.lan/web', [], 'unknown'],
] as const)('%s', ([, name, sources, outcome]) => {
  expect(outcomesOf(trustedSource, used(pulled(name)), trusts(...sources))).toEqual([outcome]);
});

test('fails on a denied source, by whatever name, also without a list of trusted ones', () => {
  const deniedSources = ['evil.example'];
  expect(outcomesOf(trustedSource, used(pulled('evil.example/web')), { deniedSources })).toEqual(['fail']);
  expect(outcomesOf(trustedSource, used({ repoTags: ['evil.example/web:1'] }), { deniedSources })).toEqual(['fail']);
});

test('takes a tag, which anyone can give, for no origin', () => {
  expect(outcomesOf(trustedSource, used({ repoTags: ['registry.lan/web:1'] }), trusts('registry.lan'))).toEqual([
    'unknown',
  ]);
  expect(outcomesOf(trustedSource, used({ repoTags: ['localhost/web:1'] }), trusts('registry.lan'))).toEqual([
    'unknown',
  ]);
});

test('takes a digest for no origin where local builds have one too', () => {
  const image = pulled('registry.lan/web');
  expect(outcomesOf(trustedSource, used(image, containerd), trusts('registry.lan'))).toEqual(['unknown']);
  expect(outcomesOf(trustedSource, used(image, { DriverStatus: undefined }), trusts('registry.lan'))).toEqual([
    'unknown',
  ]);
});

test('believes the identity that the engine verified over every name', () => {
  const identity = (Repository: string | undefined): GivenImage => ({
    ...pulled('registry.lan/web'),
    inspect: { Identity: { Signature: null, Pull: Repository === undefined ? null : [{ Repository }] } },
  });
  expect(outcomesOf(trustedSource, used(identity('registry.lan/web'), containerd), trusts('registry.lan'))).toEqual([
    'pass',
  ]);
  expect(outcomesOf(trustedSource, used(identity('evil.example/web'), containerd), trusts('registry.lan'))).toEqual([
    'fail',
  ]);
  expect(outcomesOf(trustedSource, used(identity(undefined), containerd), trusts('registry.lan'))).toEqual(['unknown']);
});

test('judges a local build by its base: by label, or by a local image whose layers it begins with', () => {
  const labelled = (name: string) => used({ config: { Labels: { 'org.opencontainers.image.base.name': name } } });
  expect(outcomesOf(trustedSource, labelled('docker.io/library/debian:12'), trusts('docker.io/library'))).toEqual([
    'pass',
  ]);
  expect(outcomesOf(trustedSource, labelled('evil.example/debian'), trusts('docker.io/library'))).toEqual(['fail']);
  const base = anImage({
    ...pulled('debian'),
    id: 'sha256:base',
    inspect: { RootFS: { Type: 'layers', Layers: ['a'] } },
  });
  const child = anImage({ inspect: { RootFS: { Type: 'layers', Layers: ['a', 'b'] } } });
  const snapshot = aSnapshot({ info: graph, images: [base, child], containers: [aContainer()] });
  expect(outcomesOf(trustedSource, snapshot, trusts('docker.io/library'))).toEqual(['not-applicable', 'pass']);
  expect(resultsOf(trustedSource, snapshot, trusts('docker.io/library'))[1]?.evidence).toContainEqual({
    source: 'base',
    value: ['docker.io/library/debian'],
  });
});

test('fails on a pulled image whose own base is not trusted', () => {
  const given = {
    ...pulled('registry.lan/web'),
    config: { Labels: { 'org.opencontainers.image.base.name': 'evil.example/x' } },
  };
  expect(outcomesOf(trustedSource, used(given), trusts('registry.lan'))).toEqual(['fail']);
});

test('can not tell when the image could not be inspected', () => {
  expect(outcomesOf(trustedSource, used({ inspect: { missing: 'timed-out', detail: '' } }))).toEqual(['unknown']);
});
