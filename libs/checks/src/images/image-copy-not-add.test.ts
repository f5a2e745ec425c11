import { expect, test } from 'vitest';
import { aContainer, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import copyNotAdd from './image-copy-not-add.ts';

const used = (...newestFirst: (string | readonly [string, number])[]) => {
  const value = newestFirst.map((step) => {
    const [CreatedBy, Size] = typeof step === 'string' ? [step, 0] : step;
    return { Id: '<missing>', Created: 0, CreatedBy, Size, Comment: '', Tags: null };
  });
  return aSnapshot({ images: [anImage({ history: { value } })], containers: [aContainer()] });
};
const root = 'COPY rootfs / # buildkit';
const checksummed = 'ADD --checksum=sha256:0a https://a.example/x /x # buildkit';

test.for([
  ['fails on ADD of BuildKit', 'ADD app /app # buildkit', {}, 'fail', 'low'],
  ['fails on ADD of the classic builder', '/bin/sh -c #(nop) ADD file:0a in /app ', {}, 'fail', 'low'],
  ['fails on several files of the classic builder', '/bin/sh -c #(nop)  ADD multi:0a in /app/ ', {}, 'fail', 'low'],
  ['weighs a remote file more', 'ADD https://a.example/x /x # buildkit', {}, 'fail', 'medium'],
  ['weighs a remote repository more', 'ADD git@a.example:x.git /x # buildkit', {}, 'fail', 'medium'],
  ['passes on a remote file with a checksum', checksummed, {}, 'pass', 'low'],
  ['fails on that too where policy says so', checksummed, { allowChecksummedUrl: false }, 'fail', 'medium'],
  ['fails on a local archive', 'ADD app.tar.gz /app # buildkit', {}, 'fail', 'low'],
  ['passes on it where policy allows it', 'ADD app.tar.gz /app # buildkit', { allowLocalArchive: true }, 'pass', 'low'],
  [
    'fails on what the classic builder does not show to be one',
    '/bin/sh -c #(nop) ADD file:0a in /app ',
    { allowLocalArchive: true },
    'fail',
    'low',
  ],
  ['passes on COPY', 'COPY app /app # buildkit', {}, 'pass', 'low'],
  ['does not find the word in a RUN', 'RUN /bin/sh -c echo ADD x /x # buildkit', {}, 'pass', 'low'],
  ['does not find the word in a variable', 'ENV ADD x', {}, 'pass', 'low'],
  ['takes no longer word for it', 'ADDITIONAL x /x', {}, 'pass', 'low'],
] as const)('%s', ([, createdBy, parameters, outcome, severity]) => {
  expect(resultsOf(copyNotAdd, used(createdBy, root), { ...parameters })).toMatchObject([{ outcome, severity }]);
});

test('does not apply to a base whose only ADD is its root file system, whatever stands beside it', () => {
  const rootAdd = '/bin/sh -c #(nop) ADD file:0a in / ';
  expect(outcomesOf(copyNotAdd, used('CMD ["bash"]', rootAdd))).toEqual(['not-applicable']);
  expect(outcomesOf(copyNotAdd, used('CMD ["bash"]', rootAdd, 'LABEL a=b', 'ARG RELEASE'))).toEqual(['not-applicable']);
  expect(outcomesOf(copyNotAdd, used('ADD rootfs.tar.xz / # buildkit'))).toEqual(['not-applicable']);
  expect(outcomesOf(copyNotAdd, used('ADD more /x', rootAdd))).toEqual(['fail']);
});

test('leaves the ADD of a base to the base', () => {
  const history = ['CMD ["app"]', 'COPY app /app', 'CMD ["bash"]', 'ADD x /x', 'ADD file:0a in /'];
  expect(outcomesOf(copyNotAdd, used(...history))).toEqual(['pass']);
  expect(outcomesOf(copyNotAdd, used(...history), { includeBase: true })).toEqual(['fail']);
});

test('weighs one remote file among local ones, and one plain file among archives', () => {
  const mixed = used('ADD app /app # buildkit', 'ADD https://a.example/x /x # buildkit', root);
  expect(resultsOf(copyNotAdd, mixed)).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
  const sources = used('ADD app.tar.gz notes.txt /app/ # buildkit', root);
  expect(outcomesOf(copyNotAdd, sources, { allowLocalArchive: true })).toEqual(['fail']);
});

test('shows neither the login nor the query of an address', () => {
  const [result] = resultsOf(copyNotAdd, used('ADD https://u:hunter2@a.example/x?token=hunter2 /x # buildkit', root));
  expect(result?.evidence).toEqual([{ source: 'history[0].CreatedBy', value: 'ADD https://a.example/x?… /x' }]);
});

test.for([
  ['without a history', []],
  ['of an import', [['', 9]]],
  ['with a layer of a commit', [['bash', 9], root]],
] as const)('can not tell %s', ([, history]) => {
  expect(outcomesOf(copyNotAdd, used(...history))).toEqual(['unknown']);
});

test('does not apply to images that nothing uses', () => {
  expect(outcomesOf(copyNotAdd, aSnapshot({ images: [anImage()] }))).toEqual(['not-applicable']);
});
