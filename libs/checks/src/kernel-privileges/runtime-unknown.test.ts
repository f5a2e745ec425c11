import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './runtime-unknown.ts';

type Runtime = NonNullable<NonNullable<EngineInfo['Runtimes']>[string]>;
const at = (path: string | undefined, more: Partial<Runtime> = {}): Runtime => ({
  path,
  runtimeArgs: undefined,
  runtimeType: undefined,
  ...more,
});
const runc = { runc: at('runc'), 'io.containerd.runc.v2': at('runc') };
const host = (Runtimes: EngineInfo['Runtimes'], info: Partial<EngineInfo> = {}, ...used: (string | undefined)[]) =>
  aSnapshot({
    info: { Runtimes, ...info },
    containers: used.map((Runtime, index) => aContainer({ name: `c${index}`, hostConfig: { Runtime } })),
  });

const onPodman = aSnapshot({
  version: { Components: [{ Name: 'Podman Engine' }] },
  info: { Runtimes: runc },
  containers: [aContainer({ hostConfig: { Runtime: 'oci' } })],
});

test.for([
  ['passes for what every engine has', host(runc, {}, 'runc'), 'pass'],
  ['passes for an old record without a runtime, which is the default', host(runc, {}, ''), 'pass'],
  [
    'passes for a known one in a system folder',
    host({ ...runc, runsc: at('/usr/local/bin/runsc') }, {}, 'runsc'),
    'pass',
  ],
  [
    'passes for a known shim under another name',
    host({ ...runc, vm: at(undefined, { runtimeType: 'io.containerd.kata.v2' }) }, {}, 'vm'),
    'pass',
  ],
  [
    'passes for one that is not known and that nobody uses',
    host({ ...runc, mine: at('/usr/bin/mine') }, {}, 'runc'),
    'pass',
  ],
  [
    'fails for a container under one that is not known',
    host({ ...runc, mine: at('/usr/bin/mine') }, {}, 'runc', 'mine'),
    'fail',
  ],
  [
    'fails for a default that is not known',
    host({ ...runc, mine: at('/usr/bin/mine') }, { DefaultRuntime: 'mine' }),
    'fail',
  ],
  ['fails for a program outside the system folders', host({ ...runc, crun: at('/opt/tools/crun') }), 'fail'],
  [
    'fails for arguments that loosen it',
    host({ ...runc, runsc: at('/usr/bin/runsc', { runtimeArgs: ['--network=host'] }) }),
    'fail',
  ],
  [
    'can not tell one whose shim is not known',
    host({ ...runc, odd: at(undefined, { runtimeType: 'io.example.odd.v1' }) }),
    'unknown',
  ],
  ['can not tell on Podman, which calls every runtime oci', onPodman, 'unknown'],
  ['fails for that name on any other engine', host(runc, {}, 'oci'), 'fail'],
  ['can not tell without the runtimes', host(undefined), 'unknown'],
  ['can not tell without the default', host(runc, { DefaultRuntime: undefined }), 'unknown'],
  ['can not tell where a container’s was not seen', host(runc, {}, undefined), 'unknown'],
  ['does not apply to Windows', host(runc, { OSType: 'windows' }), 'not-applicable'],
] as const)('%s', ([, snapshot, outcome]) => {
  expect(outcomesOf(check, snapshot)).toEqual([outcome]);
});

test.for([
  ['/tmp', '/tmp/.cache/runc'],
  ['a home', '/home/app/bin/runc'],
  ['a volume', '/var/lib/docker/volumes/tools/_data/runc'],
  ['a path that only seems to be elsewhere', '/usr/bin/../../var/tmp/runc'],
])('a program in %s is critical', ([, path]) => {
  expect(resultsOf(check, host({ ...runc, runc: at(path) }))).toMatchObject([
    { outcome: 'fail', severity: 'critical' },
  ]);
});

test('names the containers, and can not tell where none could be listed', () => {
  expect(resultsOf(check, host({ ...runc, mine: at('/usr/bin/mine') }, {}, 'mine', 'runc', 'mine'))).toMatchObject([
    { reason: expect.stringContaining('c0, c2 runs under mine'), severity: 'medium' },
  ]);
  const blind = aSnapshot({ info: { Runtimes: runc }, containers: { missing: 'denied', detail: '403' } });
  expect(outcomesOf(check, blind)).toEqual(['unknown']);
});

test('takes runtimes and folders of its own', () => {
  const snapshot = host({ ...runc, mine: at('/opt/mine/mine') }, {}, 'mine');
  const parameters = { allowedRuntimes: ['runc', 'io.containerd.runc.v2', 'mine'], systemFolders: ['/opt/mine'] };
  expect(outcomesOf(check, snapshot, parameters)).toEqual(['pass']);
});
