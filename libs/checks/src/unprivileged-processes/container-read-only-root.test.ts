import type { HostConfig, MountPoint } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import containerReadOnlyRoot from './container-read-only-root.ts';

const mount = (Destination: string, RW: boolean): MountPoint => ({
  Type: 'volume',
  Name: 'v',
  Source: '/var/lib/docker/volumes/v/_data',
  Destination,
  Driver: 'local',
  Mode: '',
  RW,
  Propagation: '',
});
const containing = (hostConfig: Partial<HostConfig>, Mounts: MountPoint[] = [], state = 'running') =>
  aSnapshot({ containers: [aContainer({ state, hostConfig, inspect: { Mounts } })] });

test.for<[string, boolean | undefined, string, string, string]>([
  ['passes when the root is read-only', true, 'running', 'pass', 'low'],
  ['fails when it can be written to', false, 'running', 'fail', 'low'],
  ['notes it of a stopped container, which writes nothing', false, 'exited', 'fail', 'info'],
  ['can not tell when the field was not seen', undefined, 'running', 'unknown', 'low'],
])('%s', ([, ReadonlyRootfs, state, outcome, severity]) => {
  expect(resultsOf(containerReadOnlyRoot, containing({ ReadonlyRootfs }, [], state))).toMatchObject([
    { outcome, severity },
  ]);
});

test.for<[string, MountPoint[], Partial<HostConfig>, string[] | undefined]>([
  ['a writable volume over programs', [mount('/usr/local', true), mount('/data', true)], {}, ['/usr/local']],
  ['a writable volume over the application', [mount('/app/bin', true)], {}, ['/app/bin']],
  ['one over a link into /usr', [mount('/bin', true)], {}, ['/bin']],
  ['memory over programs', [], { Tmpfs: { '/opt': '' } }, ['/opt']],
  ['no read-only volume', [mount('/usr', false)], {}, undefined],
  ['no folder whose name only begins like one', [mount('/application', true)], {}, undefined],
  [
    "not Podman's writable memory for a read-only root",
    [],
    { Tmpfs: { '/tmp': '', '/run': '', '/var/tmp': '' } },
    undefined,
  ],
])('mentions %s', ([, mounts, hostConfig, folders]) => {
  const [result] = resultsOf(containerReadOnlyRoot, containing({ ReadonlyRootfs: true, ...hostConfig }, mounts));
  expect(result?.outcome).toBe('pass');
  expect(result?.evidence.find(({ source }) => source === 'Mounts[].Destination')?.value).toEqual(folders);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(containerReadOnlyRoot, snapshot)).toEqual(['not-applicable']);
});
