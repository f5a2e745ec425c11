import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
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
