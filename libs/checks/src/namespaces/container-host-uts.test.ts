import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-host-uts.ts';

test.for([
  ['fails for the mode host', 'host', 'fail'],
  ['passes for no mode', '', 'pass'],
  ["passes for Podman's private", 'private', 'pass'],
  ["can not tell for a namespace's file", 'ns:/proc/1/ns/uts', 'unknown'],
  ['can not tell for a mode it does not know', 'shareable', 'unknown'],
  ['can not tell when a container it joins is gone', 'container:gone', 'unknown'],
  ['can not tell when the field was not seen', undefined, 'unknown'],
] as const)('%s', ([, UTSMode, outcome]) => {
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer({ hostConfig: { UTSMode } })] }))).toEqual([outcome]);
});

test("follows Podman's container mode to where it ends", () => {
  const snapshot = aSnapshot({
    containers: [
      aContainer({ name: 'a', hostConfig: { UTSMode: 'container:id-of-b' } }),
      aContainer({ name: 'b', hostConfig: { UTSMode: 'host' } }),
      aContainer({ name: 'c', hostConfig: { UTSMode: 'container:id-of-d' } }),
      aContainer({ name: 'd', hostConfig: { UTSMode: 'private' } }),
      aContainer({ name: 'e', hostConfig: { UTSMode: 'container:id-of-e' } }),
    ],
  });
  expect(outcomesOf(check, snapshot)).toEqual(['fail', 'fail', 'pass', 'pass', 'unknown']);
  expect(resultsOf(check, snapshot)[0]?.reason).toContain('by way of b');
});

test.for([
  ['is privileged', { Privileged: true }],
  ['holds SYS_ADMIN', { CapAdd: ['SYS_ADMIN'], CapDrop: null }],
] as const)('weighs more when the container %s and can rename the host', ([, given]) => {
  const hostConfig = { UTSMode: 'host', ...given, CapAdd: 'CapAdd' in given ? [...given.CapAdd] : null };
  expect(resultsOf(check, aSnapshot({ containers: [aContainer({ hostConfig })] }))).toMatchObject([
    { outcome: 'fail', severity: 'medium' },
  ]);
});

test("does not take the host's network, which copies the host's name, for its UTS namespace", () => {
  const container = aContainer({ hostConfig: { NetworkMode: 'host', UTSMode: '' }, config: { Hostname: 'the-host' } });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }))).toEqual(['pass']);
});

test('counts a stopped container one step lower', () => {
  const container = aContainer({ state: 'exited', hostConfig: { UTSMode: 'host' } });
  expect(resultsOf(check, aSnapshot({ containers: [container] }))).toMatchObject([
    { outcome: 'fail', severity: 'info' },
  ]);
});

test('does not apply to Windows containers', () => {
  const snapshot = aSnapshot({ info: { OSType: 'windows' }, containers: [aContainer()] });
  expect(outcomesOf(check, snapshot)).toEqual(['not-applicable']);
});

test('weighs no more inside a user namespace, whose capabilities do not reach the name of the host', () => {
  const hostConfig = { UTSMode: 'host', CapAdd: ['SYS_ADMIN'], CapDrop: null };
  const info = { SecurityOptions: ['name=rootless'] };
  expect(resultsOf(check, aSnapshot({ info, containers: [aContainer({ hostConfig })] }))).toMatchObject([
    { outcome: 'fail', severity: 'low', reason: "The container shares the host's UTS namespace" },
  ]);
});
