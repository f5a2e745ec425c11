import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import noSecurityModule from './no-security-module.ts';

test.for([
  ['passes with AppArmor', ['name=apparmor', 'name=seccomp,profile=builtin'], 'pass', 'high'],
  ['passes with SELinux', ['name=selinux'], 'pass', 'high'],
  ['fails with neither', ['name=seccomp,profile=builtin'], 'fail', 'high'],
  ['fails on an empty list, which Go sends as null', null, 'fail', 'high'],
  ['weighs less on a rootless daemon, which can apply neither', ['name=rootless'], 'fail', 'medium'],
  ['does not find the word inside a profile path', ['name=seccomp,profile=/etc/name=apparmor'], 'fail', 'high'],
  ['can not tell when the field is missing', undefined, 'unknown', 'high'],
] as const)('%s', ([, options, outcome, severity]) => {
  const snapshot = aSnapshot({ info: { SecurityOptions: options && [...options] } });
  expect(resultsOf(noSecurityModule, snapshot)).toMatchObject([{ outcome, severity }]);
});

test('does not apply to Windows', () => {
  expect(outcomesOf(noSecurityModule, aSnapshot({ info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
});
