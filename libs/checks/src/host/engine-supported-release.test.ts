import type { EngineVersion } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './engine-supported-release.ts';

const own = { Platform: { Name: 'Docker Engine - Community' }, Components: [] };
const of = (Version: string | undefined, rest: Partial<EngineVersion> = {}, takenAt = '2026-11-24T12:00:00.000Z') =>
  aSnapshot({ version: { ...own, Version, ...rest }, info: { ServerVersion: Version }, takenAt });

test.for([
  ['passes at the newest patch of a maintained line', '29.9.0', 'pass', 'medium'],
  ['passes while a newer patch is young', '29.8.2', 'pass', 'medium'],
  ['fails once a newer patch has waited', '29.8.1', 'fail', 'high'],
  ['fails on a line that has ended', '28.5.2', 'fail', 'high'],
  ['fails on a line older than the table', '17.03.2-ce', 'fail', 'high'],
  ['compares numbers, not texts', '29.10.0', 'pass', 'medium'],
  ['knows that 25.0 is kept on', '25.0.16', 'pass', 'medium'],
  ['fails on an old patch of it', '25.0.9', 'fail', 'high'],
  ['can not tell on a line it does not know', '30.0.0', 'unknown', 'medium'],
  ["can not tell of Debian's build", '20.10.24+dfsg1', 'unknown', 'medium'],
  ["can not tell of SUSE's build", '28.3.3-ce', 'unknown', 'medium'],
  ['can not tell of a development build', '29.0.0-dev', 'unknown', 'medium'],
  ['can not tell of a release candidate', '29.9.0-rc.1', 'unknown', 'medium'],
  ['can not tell what is no number', 'library-import', 'unknown', 'medium'],
] as const)('%s: %s', ([, version, outcome, severity]) => {
  expect(resultsOf(check, of(version))).toMatchObject([{ outcome, severity }]);
});

test("judges a distribution's build by its number where a policy says so", () => {
  expect(outcomesOf(check, of('20.10.24+dfsg1'), { acceptDistributionBuilds: false })).toEqual(['fail']);
});

test('gives as many days of grace as a policy says', () => {
  expect(outcomesOf(check, of('29.8.1'), { graceDays: 90 })).toEqual(['pass']);
});

test('does not pass once the table is old, and still fails', () => {
  expect(outcomesOf(check, of('29.9.0', {}, '2027-06-01T00:00:00Z'))).toEqual(['unknown']);
  expect(outcomesOf(check, of('28.5.2', {}, '2027-06-01T00:00:00Z'))).toEqual(['fail']);
});

test('does not apply to Podman, whose API shows its own version', () => {
  const Components = [{ Name: 'Podman Engine', Version: '5.3.1', Details: {} }];
  expect(outcomesOf(check, of('5.3.1', { Components }))).toEqual(['not-applicable']);
});

test("can not tell of Mirantis' engine, whose lines live longer", () => {
  expect(outcomesOf(check, of('23.0.15', { Platform: { Name: 'Mirantis Container Runtime' } }))).toEqual(['unknown']);
});

test('can not tell without version or date', () => {
  expect(outcomesOf(check, of(undefined))).toEqual(['unknown']);
  expect(outcomesOf(check, of('29.9.0', {}, 'yesterday'))).toEqual(['unknown']);
});
