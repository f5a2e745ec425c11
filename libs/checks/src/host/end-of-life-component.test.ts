import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aSnapshot, resultsOf } from '../testing/builders.ts';
import check from './end-of-life-component.ts';

const judged = (
  components: Record<string, string>,
  info: Partial<EngineInfo> = {},
  parameters = {},
  takenAt = '2026-11-24T12:00:00.000Z',
) => {
  const Components = Object.entries(components).map(([Name, Version]) => ({ Name, Version, Details: {} }));
  const version = { Components, Platform: { Name: 'Docker Engine - Community' } };
  return resultsOf(check, aSnapshot({ version, info, takenAt }), parameters);
};

test.for([
  ['passes on a branch with an end far off', 'containerd', '2.3.4', 'pass', 'medium'],
  [
    'fails on a branch that has ended, and weighs more where it has a known flaw',
    'containerd',
    '2.2.3',
    'fail',
    'high',
  ],
  ['fails without a known flaw', 'containerd', '2.2.99', 'fail', 'medium'],
  ['fails on a branch older than the table', 'containerd', '0.2.9', 'fail', 'high'],
  ['can not tell of a branch it does not know', 'containerd', '3.0.0', 'unknown', 'medium'],
  ["can not tell of a distribution's build", 'containerd', '1.6.20~ds1', 'unknown', 'medium'],
  ['passes where no end is announced', 'runc', '1.5.4', 'pass', 'medium'],
  ['fails on an old runc', 'runc', '1.1.12', 'fail', 'high'],
] as const)('%s: %s %s', ([, name, version, outcome, severity]) => {
  const found = judged({ [name]: version }).find(({ subject }) => subject.lastingName === name);
  expect(found).toMatchObject({ outcome, severity });
});

test('says when a branch is kept on for one purpose alone, and warns of the end', () => {
  const [far] = judged({ containerd: '2.0.13' });
  expect(far).toMatchObject({ outcome: 'pass', reason: expect.stringContaining('narrow purpose') });
  const [near] = judged({ containerd: '2.0.13' }, {}, {}, '2027-02-01T00:00:00Z');
  expect(near).toMatchObject({ outcome: 'fail', severity: 'low' });
});

test.for<[string, Partial<EngineInfo>, string, string?]>([
  ['Debian 13', { OperatingSystem: 'Debian GNU/Linux 13 (trixie)', OSVersion: '13' }, 'pass'],
  [
    'Debian 12, with extended support that everybody gets',
    { OperatingSystem: 'Debian GNU/Linux 12 (bookworm)', OSVersion: '12' },
    'fail',
    'low',
  ],
  ['Debian 10', { OperatingSystem: 'Debian GNU/Linux 10 (buster)' }, 'fail', 'high'],
  ['Debian 6, older than the table', { OperatingSystem: 'Debian GNU/Linux 6.0' }, 'fail', 'high'],
  ['Debian testing, which has no number', { OperatingSystem: 'Debian GNU/Linux forky/sid' }, 'unknown'],
  ['a patch level of Ubuntu', { OperatingSystem: 'Ubuntu 24.04.3 LTS' }, 'pass'],
  ['a minor release of Red Hat', { OperatingSystem: 'Red Hat Enterprise Linux 9.4 (Plow)', OSVersion: '9.4' }, 'pass'],
  ['Alpine', { OperatingSystem: 'Alpine Linux v3.20', OSVersion: '3.20.3' }, 'fail', 'high'],
  ['Fedora that ends soon', { OperatingSystem: 'Fedora Linux 43 (Server Edition)', OSVersion: '43' }, 'fail', 'low'],
  ['a service pack', { OperatingSystem: 'SUSE Linux Enterprise Server 15 SP5' }, 'fail', 'medium'],
  ['the same in a container', { OperatingSystem: 'Debian GNU/Linux 13 (trixie) (containerized)' }, 'pass'],
  ['the short name that Podman writes', { OperatingSystem: 'debian', OSVersion: '13' }, 'pass'],
  ['Docker Desktop', { OperatingSystem: 'Docker Desktop' }, 'unknown'],
  ['an appliance', { OperatingSystem: 'Flatcar Container Linux 4230.2.1' }, 'unknown'],
  ['nothing seen', { OperatingSystem: undefined }, 'unknown'],
  ['Windows', { OperatingSystem: 'Windows Server 2022', OSType: 'windows' }, 'not-applicable'],
])('judges the operating system: %s', ([, info, outcome, severity]) => {
  const found = judged({}, info).find(({ subject }) => subject.lastingName === 'operating-system');
  expect(found).toMatchObject(severity === undefined ? { outcome } : { outcome, severity });
});

test('counts extended support where a policy lists the host, and dates that it gives', () => {
  const info = { OperatingSystem: 'Debian GNU/Linux 12 (bookworm)', Name: 'build-7' };
  expect(judged({}, info, { extendedSupportHosts: ['build-*'] })[2]).toMatchObject({ outcome: 'pass' });
  const osEndOfLife = { Flatcar: { '4230.2.1': { end: '2027-12-31', extendedEnd: null } } };
  expect(judged({}, { OperatingSystem: 'Flatcar Container Linux 4230.2.1' }, { osEndOfLife })[2]).toMatchObject({
    outcome: 'pass',
  });
});

test('can not tell components that are not listed', () => {
  expect(judged({})).toMatchObject([{ outcome: 'unknown' }, { outcome: 'unknown' }, {}]);
});
