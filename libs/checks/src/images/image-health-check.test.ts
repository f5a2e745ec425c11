import type { ContainerConfig } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import healthCheck from './image-health-check.ts';

const check = (Test: string[] | null | undefined) => ({
  Healthcheck: { Test, Interval: 0, Timeout: 0, Retries: 0, StartPeriod: 0 },
});
const probe = check(['CMD-SHELL', 'curl -f http://localhost/']);
const used = (config: Partial<ContainerConfig>, ownConfigs: Partial<ContainerConfig>[] = [{}]) =>
  aSnapshot({
    images: [anImage({ config: { ...config } })],
    containers: ownConfigs.map((own, index) => aContainer({ name: `c${index}`, config: own })),
  });

test.for([
  ['passes with a command', probe, 'pass'],
  ['passes with one that can not fail, to the letter', check(['CMD', 'true']), 'pass'],
  ['fails without any, which OCI images can not have', {}, 'fail'],
  ['fails on null', { Healthcheck: null }, 'fail'],
  ['fails on HEALTHCHECK NONE, which is stored as a test', check(['NONE']), 'fail'],
  ['fails on an empty test', check([]), 'fail'],
  ['fails on a test of null', check(null), 'fail'],
] as const)('%s', ([, config, outcome]) => {
  expect(outcomesOf(healthCheck, used(config))).toEqual([outcome]);
});

test('accepts checks that all containers of the image have, unless told otherwise', () => {
  expect(outcomesOf(healthCheck, used({}, [probe, probe]))).toEqual(['pass']);
  expect(outcomesOf(healthCheck, used({}, [probe, {}]))).toEqual(['fail']);
  expect(outcomesOf(healthCheck, used({}, [probe]), { acceptContainerHealthcheck: false })).toEqual(['fail']);
});

test('tells an image that switches its check off from one that has none', () => {
  expect(resultsOf(healthCheck, used(check(['NONE'])))).toMatchObject([
    { reason: 'The image switches its health check off' },
  ]);
  expect(resultsOf(healthCheck, used({}))).toMatchObject([{ reason: 'The image defines no health check' }]);
});

test('leaves a container that switches its check off to the check on containers', () => {
  expect(outcomesOf(healthCheck, used(probe, [check(['NONE'])]))).toEqual(['pass']);
});

test('does not apply to exempt images, nor to unused ones', () => {
  expect(outcomesOf(healthCheck, used({}), { exemptImages: ['example/*'] })).toEqual(['not-applicable']);
  expect(outcomesOf(healthCheck, used({}), { exemptImages: ['example/web'] })).toEqual(['not-applicable']);
  expect(outcomesOf(healthCheck, aSnapshot({ images: [anImage()] }))).toEqual(['not-applicable']);
});

test('judges Windows images alike', () => {
  const snapshot = aSnapshot({ images: [anImage({ inspect: { Os: 'windows' } })], containers: [aContainer()] });
  expect(outcomesOf(healthCheck, snapshot)).toEqual(['fail']);
});

test('can not tell when the image could not be inspected', () => {
  const images = [
    anImage({ inspect: { missing: 'not-found', detail: '' } }),
    anImage({ inspect: { Config: undefined } }),
  ];
  expect(outcomesOf(healthCheck, aSnapshot({ images, containers: [aContainer()] }))).toEqual(['unknown', 'unknown']);
});
