import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-host-user-namespace.ts';

test.for([
  ['fails for the mode host', 'host', 'fail'],
  ['passes for no mode', '', 'pass'],
  ["passes for Podman's private", 'private', 'pass'],
  ["passes for Podman's keep-id with options", 'keep-id:uid=1000,gid=1000', 'pass'],
  ["passes for Podman's auto", 'auto', 'pass'],
  ["passes for Podman's nomap", 'nomap', 'pass'],
  ["can not tell for a namespace's file", 'ns:/proc/1/ns/user', 'unknown'],
  ['can not tell for a mode it does not know', 'hostile', 'unknown'],
  ['can not tell when the field was not seen', undefined, 'unknown'],
] as const)('%s', ([, UsernsMode, outcome]) => {
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer({ hostConfig: { UsernsMode } })] }))).toEqual([outcome]);
});

test.for([
  ['in full on a daemon that remaps', ['name=userns'], 'medium'],
  ['one step lower on one that does not', ['name=seccomp,profile=builtin'], 'low'],
  ['as a note on a rootless one', ['name=rootless'], 'info'],
  ['in full where that was not seen', undefined, 'medium'],
] as const)('weighs the mode host %s', ([, options, severity]) => {
  const snapshot = aSnapshot({
    info: { SecurityOptions: options === undefined ? undefined : [...options] },
    containers: [aContainer({ hostConfig: { UsernsMode: 'host' } })],
  });
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity }]);
});

test('a pass does not claim that the daemon remaps', () => {
  const containers = [aContainer({ hostConfig: { UsernsMode: '' } })];
  expect(resultsOf(check, aSnapshot({ containers }))[0]?.reason).toContain('judged by userns-remap');
  const remapped = aSnapshot({ info: { SecurityOptions: ['name=userns'] }, containers });
  expect(resultsOf(check, remapped)[0]?.reason).toContain('another user on the host');
});

test('says what made the container opt out of a remapping daemon', () => {
  const hostConfig = { UsernsMode: 'host', Privileged: true, NetworkMode: 'host', PidMode: 'host' };
  const snapshot = aSnapshot({ info: { SecurityOptions: ['name=userns'] }, containers: [aContainer({ hostConfig })] });
  expect(resultsOf(check, snapshot)[0]?.evidence.map(({ source }) => source)).toEqual([
    'HostConfig.UsernsMode',
    'HostConfig.Privileged',
    'HostConfig.NetworkMode',
    'HostConfig.PidMode',
  ]);
});

test("follows Podman's container mode", () => {
  const snapshot = aSnapshot({
    containers: [
      aContainer({ name: 'a', hostConfig: { UsernsMode: 'container:id-of-b' } }),
      aContainer({ name: 'b', hostConfig: { UsernsMode: 'host' } }),
    ],
  });
  expect(outcomesOf(check, snapshot)).toEqual(['fail', 'fail']);
});

test('counts a stopped container one step lower', () => {
  const container = aContainer({ state: 'exited', hostConfig: { UsernsMode: 'host' } });
  const snapshot = aSnapshot({ info: { SecurityOptions: ['name=userns'] }, containers: [container] });
  expect(resultsOf(check, snapshot)).toMatchObject([{ outcome: 'fail', severity: 'low' }]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(check, snapshot)).toEqual(['not-applicable']);
});
