import { expect, test } from 'vitest';
import { aContainer, type GivenImage, anImage, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import noSecrets from './image-no-secrets.ts';

const used = (given: GivenImage) => aSnapshot({ images: [anImage(given)], containers: [aContainer()] });
const variable = (name: string, kind: 'empty' | 'reference' | 'plain' | 'secret', detector = 'name:token') => ({
  name,
  verdict: { kind, detector },
});
const clean = { config: { environment: [variable('PATH', 'plain')] } };

test('passes on a clean configuration and history, and says that files were not read', () => {
  expect(resultsOf(noSecrets, used(clean))).toMatchObject([
    { outcome: 'pass', reason: expect.stringContaining('files were not read') },
  ]);
});

test.for([
  ['a secret', variable('API_TOKEN', 'secret'), 'fail'],
  ['a path to a file', variable('API_TOKEN_FILE', 'reference'), 'pass'],
  ['a name that ends in _FILE, whatever was seen', variable('API_TOKEN_FILE', 'secret'), 'pass'],
  ['an empty value', variable('API_TOKEN', 'empty'), 'pass'],
  ['a placeholder', variable('API_TOKEN', 'plain'), 'pass'],
] as const)('judges a variable with %s', ([, environment, outcome]) => {
  expect(outcomesOf(noSecrets, used({ config: { environment: [environment] } }))).toEqual([outcome]);
});

test.for([
  ['a build argument in the history', 'history[3]', 'name:token'],
  ['a label', 'Config.Labels["com.example.key"]', 'format:aws-access-key-id'],
  ['a command', 'Config.Cmd', 'format:url-password'],
] as const)('fails on a secret in %s', ([, where, detector]) => {
  expect(resultsOf(noSecrets, used({ ...clean, secretSightings: [{ where, detector }] }))).toMatchObject([
    { outcome: 'fail', evidence: [{ source: where, value: detector }] },
  ]);
});

test('ignores the names that a policy gives, and only those', () => {
  const given = { config: { environment: [variable('API_TOKEN', 'secret'), variable('DB_PASSWORD', 'secret')] } };
  expect(outcomesOf(noSecrets, used(given), { ignoreNames: ['*_TOKEN', 'DB_*'] })).toEqual(['pass']);
  expect(outcomesOf(noSecrets, used(given), { ignoreNames: ['*_TOKEN'] })).toEqual(['fail']);
});

test('does not pass where a policy asks for the files too', () => {
  expect(outcomesOf(noSecrets, used(clean), { requireDeepScan: true })).toEqual(['unknown']);
});

test('can not tell what was not seen, and fails on what was', () => {
  const missing = { missing: 'timed-out', detail: '' } as const;
  expect(outcomesOf(noSecrets, used({ ...clean, history: missing }))).toEqual(['unknown']);
  expect(outcomesOf(noSecrets, used({ config: { environment: undefined } }))).toEqual(['unknown']);
  expect(outcomesOf(noSecrets, used({ inspect: { Config: undefined } }))).toEqual(['unknown']);
  expect(outcomesOf(noSecrets, used({ inspect: missing }))).toEqual(['unknown']);
  const seen = { history: missing, config: { environment: [variable('API_TOKEN', 'secret')] } };
  expect(outcomesOf(noSecrets, used(seen))).toEqual(['fail']);
});

test('judges an image without a configuration by its history', () => {
  expect(outcomesOf(noSecrets, used({ inspect: { Config: null } }))).toEqual(['pass']);
});
