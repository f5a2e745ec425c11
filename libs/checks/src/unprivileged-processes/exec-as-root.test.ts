import type { ContainerExec } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf } from '../testing/builders.ts';
import check from './exec-as-root.ts';

const attested = { attestedUntil: '2026-12-31T00:00:00Z' };
const anExec = (user: string | undefined): ContainerExec => ({
  id: 'e1',
  running: true,
  privileged: false,
  user,
  entrypoint: 'sh',
});
const judged = (User: string | undefined, execs: ContainerExec[], parameters = {}, state = 'running') =>
  outcomesOf(
    check,
    aSnapshot({ containers: [aContainer({ state, config: { User }, execs: { value: execs } })] }),
    parameters,
  );

test.for([
  ['fails for root by name', '1000', 'root', 'fail'],
  ['fails for root by number', '1000', '0', 'fail'],
  ['fails for root with a group', 'app', 'root:staff', 'fail'],
  ['fails for root by numbers', 'app:app', '0:0', 'fail'],
  ["passes for the container's own user, as of a health check", '1000', '1000', 'pass'],
  ['takes a name it does not know for another user', '1000', 'toor', 'pass'],
  ['can not tell when the user was not seen', '1000', undefined, 'unknown'],
  ['does not apply where root is the user', 'root', 'root', 'not-applicable'],
  ['does not apply where no user is set', '', '0', 'not-applicable'],
  ['does not apply where root has a group', '0:1000', '0', 'not-applicable'],
  ["can not tell when the container's user was not seen", undefined, '1000', 'unknown'],
] as const)('%s', ([, user, execUser, outcome]) => {
  expect(judged(user, [anExec(execUser)], attested)).toEqual([outcome]);
});

test('never passes from a snapshot alone', () => {
  expect(judged('1000', [])).toEqual(['unknown']);
  expect(judged('1000', [anExec('1000')])).toEqual(['unknown']);
});

test('does not apply to a container that is not up', () => {
  expect(judged('1000', [], attested, 'exited')).toEqual(['not-applicable']);
});
