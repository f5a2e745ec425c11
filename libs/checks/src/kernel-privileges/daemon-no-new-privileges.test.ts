import { expect, test } from 'vitest';
import { aSnapshot, outcomesOf } from '../testing/builders.ts';
import noNewPrivileges from './daemon-no-new-privileges.ts';

const flag = ['name=seccomp,profile=builtin', 'name=no-new-privileges'];
const none = ['name=seccomp,profile=builtin'];

test.for([
  ['passes with the entry', flag, '28.5.2', 'pass'],
  ['fails without it on an engine that reports it', none, '24.0.0', 'fail'],
  ['can not tell before 24.0, compared by number', none, '23.0.6', 'unknown'],
  ['can not tell on a distribution’s old engine', none, '20.10.24+dfsg1', 'unknown'],
  ['does not read 9 as more than 24', none, '9.0.0', 'unknown'],
  ['can not tell on a development build', none, 'dev', 'unknown'],
  ['passes on any engine that shows it', flag, 'dev', 'pass'],
  ['can not tell when the field is missing', undefined, '28.5.2', 'unknown'],
] as const)('%s', ([, options, Version, outcome]) => {
  const snapshot = aSnapshot({ info: { SecurityOptions: options && [...options] }, version: { Version } });
  expect(outcomesOf(noNewPrivileges, snapshot)).toEqual([outcome]);
});

test('does not apply to Podman or Windows', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(noNewPrivileges, aSnapshot({ version }))).toEqual(['not-applicable']);
  expect(outcomesOf(noNewPrivileges, aSnapshot({ info: { OSType: 'windows' } }))).toEqual(['not-applicable']);
});
