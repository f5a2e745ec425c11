import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import imageUser from './image-user-not-root.ts';

const used = (User: string | undefined, containerUser = '') =>
  aSnapshot({ images: [anImage({ config: { User } })], containers: [aContainer({ config: { User: containerUser } })] });

test.for([
  ['10001', 'pass'],
  ['1000:0', 'pass'],
  ['nobody', 'pass'],
  ['app:app', 'pass'],
  ['', 'fail'],
  [undefined, 'fail'],
  ['root', 'fail'],
  ['root:root', 'fail'],
  ['0', 'fail'],
  ['00', 'fail'],
  ['+0', 'fail'],
  ['0:1000', 'fail'],
  [':1000', 'fail'],
] as const)('user %s: %s', ([User, outcome]) => {
  expect(outcomesOf(imageUser, used(User))).toEqual([outcome]);
});

test('does not trust a name where strictNames is on, since it may be an alias of root', () => {
  expect(outcomesOf(imageUser, used('toor'), { strictNames: true })).toEqual(['unknown']);
  expect(outcomesOf(imageUser, used('10001'), { strictNames: true })).toEqual(['pass']);
  expect(outcomesOf(imageUser, used('', 'toor'), { strictNames: true })).toEqual(['fail']);
});

test('accepts a user that every container of the image sets, unless told otherwise', () => {
  expect(outcomesOf(imageUser, used('', '10001'))).toEqual(['pass']);
  expect(outcomesOf(imageUser, used('', '10001'), { acceptRuntimeUser: false })).toEqual(['fail']);
  const one = aContainer({ name: 'one', config: { User: '10001' } });
  const other = aContainer({ name: 'other' });
  const unseen = aContainer({ name: 'unseen', inspect: { missing: 'timed-out', detail: '' } });
  expect(outcomesOf(imageUser, aSnapshot({ images: [anImage()], containers: [one, other] }))).toEqual(['fail']);
  expect(outcomesOf(imageUser, aSnapshot({ images: [anImage()], containers: [one, unseen] }))).toEqual(['fail']);
});

test('weighs less where root of a container is nobody on the host', () => {
  for (const option of ['name=rootless', 'name=userns']) {
    const snapshot = { ...used(''), info: aSnapshot({ info: { SecurityOptions: [option] } }).info };
    expect(resultsOf(imageUser, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'low' }]);
  }
});

test('shows as whom its processes run, for whoever accepts an image that steps down by itself', () => {
  const processes = {
    value: ['0', '101', '101'].map((user) => ({ pid: 1, parentPid: 0, user, group: '0', command: 'nginx' })),
  };
  const snapshot = aSnapshot({ images: [anImage()], containers: [aContainer({ processes })] });
  expect(resultsOf(imageUser, snapshot)[0]?.evidence[1]?.value).toEqual(['0', '101']);
});

test('judges an image without a configuration, as other tools make it, by the engine’s default', () => {
  const snapshot = aSnapshot({ images: [anImage({ inspect: { Config: null } })], containers: [aContainer()] });
  expect(outcomesOf(imageUser, snapshot)).toEqual(['fail']);
});

test('can not tell when the configuration was not seen or the image not inspected', () => {
  const missing = { missing: 'timed-out', detail: '' } as const;
  const images = [anImage({ inspect: { Config: undefined } }), anImage({ inspect: missing })];
  expect(outcomesOf(imageUser, aSnapshot({ images, containers: [aContainer()] }))).toEqual(['unknown', 'unknown']);
});

test('does not apply to Windows images', () => {
  const snapshot = aSnapshot({ images: [anImage({ inspect: { Os: 'windows' } })], containers: [aContainer()] });
  expect(outcomesOf(imageUser, snapshot)).toEqual(['not-applicable']);
});

test('judges images in use alone, runnable ones or all, as the scope says', () => {
  const base = anImage({ id: 'sha256:base', repoTags: ['base:1'], config: { Cmd: null, Entrypoint: null } });
  const tool = anImage({ id: 'sha256:tool', repoTags: ['tool:1'], config: { Cmd: ['tool'] } });
  const snapshot = aSnapshot({ images: [base, tool] });
  expect(outcomesOf(imageUser, snapshot)).toEqual(['not-applicable', 'not-applicable']);
  expect(outcomesOf(imageUser, snapshot, { scope: 'runnable' })).toEqual(['not-applicable', 'fail']);
  expect(outcomesOf(imageUser, snapshot, { scope: 'all' })).toEqual(['fail', 'fail']);
});

test('knows a dangling image by its container and an id without the name of its digest', () => {
  const image = anImage({ id: 'sha256:abc', repoTags: [] });
  const snapshot = aSnapshot({ images: [image], containers: [aContainer({ imageId: 'abc' })] });
  expect(resultsOf(imageUser, snapshot)).toMatchObject([{ outcome: 'fail', subject: { lastingName: 'sha256:abc' } }]);
});

test('names all tags of an image in its one finding', () => {
  const image = anImage({ repoTags: ['web:2', 'web:1'] });
  const results = resultsOf(imageUser, aSnapshot({ images: [image], containers: [aContainer()] }));
  expect(results).toHaveLength(1);
  expect(results[0]?.evidence).toContainEqual({ source: 'RepoTags', value: ['web:1', 'web:2'] });
});

test('can not tell which images are used when containers could not be listed', () => {
  const snapshot = aSnapshot({ images: [anImage()], containers: { missing: 'denied', detail: '403' } });
  expect(resultsOf(imageUser, snapshot)).toMatchObject([{ outcome: 'unknown', subject: { lastingName: '*' } }]);
  expect(outcomesOf(imageUser, snapshot, { scope: 'all' })).toEqual(['fail']);
});
