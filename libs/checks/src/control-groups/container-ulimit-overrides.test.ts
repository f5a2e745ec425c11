import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aTidyHost, dockerService } from '../testing/host-file-builders.ts';
import containerUlimitOverrides from './container-ulimit-overrides.ts';

interface Ulimit {
  Name: string | undefined;
  Soft: number | undefined;
  Hard: number | undefined;
}
const ulimit = (Name: string | undefined, Soft: number | undefined, Hard = Soft): Ulimit => ({ Name, Soft, Hard });
const podman = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
const containing = (Ulimits: Ulimit[] | null | undefined, version = {}, state = 'running') =>
  aSnapshot({ version, containers: [aContainer({ state, hostConfig: { Ulimits } })] });

test.for<[string, Ulimit[] | null | undefined, string]>([
  ['passes with null', null, 'pass'],
  ['passes with none', [], 'pass'],
  ['can not tell an override from a default within the maxima', [ulimit('nofile', 1024, 4096)], 'unknown'],
  ['fails beyond the maximum', [ulimit('nofile', 1024, 2_000_000)], 'fail'],
  ['fails without limit', [ulimit('memlock', -1)], 'fail'],
  ['fails without limit where no maximum is set', [ulimit('stack', -1)], 'fail'],
  ['fails when one of several is beyond', [ulimit('nofile', 1024), ulimit('core', 1)], 'fail'],
  ['can not tell for one without a maximum', [ulimit('fsize', 10 ** 12)], 'unknown'],
  ['can not tell when the list was not seen', undefined, 'unknown'],
  ['can not tell when a value was not seen', [ulimit('nofile', undefined)], 'unknown'],
])('%s', ([, ulimits, outcome]) => {
  expect(outcomesOf(containerUlimitOverrides, containing(ulimits))).toEqual([outcome]);
});

test("Podman's two defaults are no overrides, its other names are read without prefix", () => {
  const defaults = [ulimit('RLIMIT_NOFILE', 1_048_577), ulimit('RLIMIT_NPROC', 4_194_304)];
  expect(outcomesOf(containerUlimitOverrides, containing(defaults, podman))).toEqual(['pass']);
  expect(outcomesOf(containerUlimitOverrides, containing(defaults))).toEqual(['fail']);
  expect(outcomesOf(containerUlimitOverrides, containing([...defaults, ulimit('RLIMIT_CORE', 5)], podman))).toEqual([
    'fail',
  ]);
});

test('says that host files would tell, and that only there the defaults stand', () => {
  expect(resultsOf(containerUlimitOverrides, containing([ulimit('nofile', 1024)]))).toMatchObject([
    { wouldTell: 'Switch on reading host files for this host' },
  ]);
});

test.for<[string, Ulimit[], string, string]>([
  [
    'passes with what the daemon gives to all',
    [ulimit('nofile', 1024, 2_000_000)],
    '--default-ulimit nofile=1024:2000000',
    'pass',
  ],
  ['passes with one number for both', [ulimit('core', 9)], '--default-ulimit core=9', 'pass'],
  ['fails beyond the maximum beside other defaults', [ulimit('core', 9)], '--default-ulimit core=8', 'fail'],
  [
    'can not tell whether one within the maxima is needed',
    [ulimit('nofile', 16)],
    '--default-ulimit nofile=16:32',
    'unknown',
  ],
  ['can not tell it where the daemon has no defaults', [ulimit('nofile', 16)], '', 'unknown'],
  ['can not tell by defaults that are not understood', [ulimit('nofile', 16)], '--default-ulimit {nofile', 'unknown'],
])('with host files it %s', ([, ulimits, words, outcome]) => {
  const hostFiles = aTidyHost({ units: { 'docker.service': dockerService(words) } });
  const containers = [aContainer({ hostConfig: { Ulimits: ulimits } })];
  expect(outcomesOf(containerUlimitOverrides, aSnapshot({ containers, hostFiles }))).toEqual([outcome]);
});

test('names the parameter where the defaults were seen', () => {
  const containers = [aContainer({ hostConfig: { Ulimits: [ulimit('nofile', 16)] } })];
  const settings = { 'default-ulimits': { nofile: { Name: 'nofile', Soft: 8, Hard: 16 } } };
  const hostFiles = aTidyHost({ daemonConfig: { path: '/etc/docker/daemon.json', state: 'read', settings } });
  expect(resultsOf(containerUlimitOverrides, aSnapshot({ containers, hostFiles }))).toMatchObject([
    { outcome: 'unknown', wouldTell: expect.stringContaining('allowedOverrides') },
  ]);
});

test('parameters allow overrides by container, and set the maxima', () => {
  const snapshot = containing([ulimit('memlock', -1)]);
  expect(outcomesOf(containerUlimitOverrides, snapshot, { allowedOverrides: { 'we*': ['MEMLOCK'] } })).toEqual([
    'pass',
  ]);
  expect(outcomesOf(containerUlimitOverrides, snapshot, { allowedOverrides: { db: ['memlock'] } })).toEqual(['fail']);
  expect(outcomesOf(containerUlimitOverrides, containing([ulimit('nofile', 10)]), { maxima: { nofile: 9 } })).toEqual([
    'fail',
  ]);
});

test('a stopped container stays a note, Windows containers have none', () => {
  expect(resultsOf(containerUlimitOverrides, containing([ulimit('core', -1)], {}, 'exited'))).toMatchObject([
    { outcome: 'fail', severity: 'info' },
  ]);
  const windows = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(containerUlimitOverrides, windows)).toEqual(['not-applicable']);
});
