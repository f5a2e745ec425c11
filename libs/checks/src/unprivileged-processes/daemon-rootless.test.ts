import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import daemonRootless from './daemon-rootless.ts';

const seccomp = 'name=seccomp,profile=builtin';

test.for([
  ['passes on a rootless daemon', [seccomp, 'name=rootless', 'name=cgroupns'], 'pass'],
  ['fails without the entry', [seccomp, 'name=cgroupns'], 'fail'],
  ['does not take user remapping for rootless', [seccomp, 'name=userns'], 'fail'],
  ['does not find the word inside a profile path', ['name=seccomp,profile=/etc/name=rootless'], 'fail'],
  ['takes null for Go’s empty list', null, 'fail'],
  ['can not tell when the field is missing', undefined, 'unknown'],
] as const)('%s', ([, options, outcome]) => {
  const SecurityOptions = options && [...options];
  expect(outcomesOf(daemonRootless, aSnapshot({ info: { SecurityOptions } }))).toEqual([outcome]);
});

test('says beside the pass that limits are ignored when there is no control group', () => {
  const snapshot = aSnapshot({ info: { SecurityOptions: ['name=rootless'], CgroupDriver: 'none' } });
  expect(resultsOf(daemonRootless, snapshot)).toMatchObject([
    { outcome: 'pass', reason: expect.stringContaining('every limit of a container is ignored') },
  ]);
});

test('judges Podman by the same entry', () => {
  const podman = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  const rootless = aSnapshot({ version: podman, info: { SecurityOptions: ['name=rootless'] } });
  const rootful = aSnapshot({ version: podman, info: { SecurityOptions: [seccomp] } });
  expect([...outcomesOf(daemonRootless, rootless), ...outcomesOf(daemonRootless, rootful)]).toEqual(['pass', 'fail']);
});

test('does not apply where root is accepted, nor on Windows', () => {
  expect(outcomesOf(daemonRootless, aSnapshot(), { acceptRootful: true })).toEqual(['not-applicable']);
  expect(outcomesOf(daemonRootless, aSnapshot({ info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
});
