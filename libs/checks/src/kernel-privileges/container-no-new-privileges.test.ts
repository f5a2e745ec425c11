import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { aTidyHost, dockerService } from '../testing/host-file-builders.ts';
import check from './container-no-new-privileges.ts';

const judged = (SecurityOpt: readonly string[] | null | undefined, given: GivenSnapshot = {}) =>
  resultsOf(
    check,
    aSnapshot({
      ...given,
      containers: [aContainer({ hostConfig: { SecurityOpt: SecurityOpt && [...SecurityOpt] } })],
    }),
  );
const withDefault = { info: { SecurityOptions: ['name=seccomp,profile=builtin', 'name=no-new-privileges'] } };

test.for([
  ['passes for the bare word', ['no-new-privileges'], 'pass'],
  ['passes with an equals sign', ['no-new-privileges=true'], 'pass'],
  ['passes with a colon', ['no-new-privileges:true'], 'pass'],
  ['reads the value as Go does', ['no-new-privileges=1'], 'pass'],
  ['fails for false', ['no-new-privileges=false'], 'fail'],
  ['fails for false with a colon', ['no-new-privileges:false'], 'fail'],
  ['fails for the F of Go', ['no-new-privileges=F'], 'fail'],
  ['the last entry decides', ['no-new-privileges=false', 'no-new-privileges'], 'pass'],
  ['the last entry decides, also for the worse', ['no-new-privileges', 'no-new-privileges=0'], 'fail'],
  ['fails without an entry', [], 'fail'],
  ['fails where the list is null', null, 'fail'],
  ['fails where only other options are set', ['label=disable', 'seccomp=unconfined'], 'fail'],
  ['can not tell for a value that no engine takes', ['no-new-privileges=yes'], 'unknown'],
  ['can not tell when the options were not seen', undefined, 'unknown'],
] as const)('%s', ([, options, outcome]) => {
  expect(judged(options)).toMatchObject([{ outcome }]);
});

test('a container that switches it off fails on a daemon whose default is on', () => {
  expect(judged(['no-new-privileges=false'], withDefault)).toMatchObject([{ outcome: 'fail' }]);
});

test("passes by the daemon's default while SecurityOpt is null, and says what that does not cover", () => {
  expect(judged(null, withDefault)).toMatchObject([
    { outcome: 'pass', reason: expect.stringContaining('made before that was set') },
  ]);
});

test('can not tell for an engine before 24.0, which does not show its default', () => {
  expect(judged(null, { version: { Version: '20.10.24+dfsg1' } })).toMatchObject([
    { outcome: 'unknown', wouldTell: expect.stringContaining('host files') },
  ]);
  expect(judged(['no-new-privileges'], { version: { Version: '20.10.24+dfsg1' } })).toMatchObject([
    { outcome: 'pass' },
  ]);
});

test.for([
  ['--no-new-privileges', 'pass'],
  ['--no-new-privileges=false', 'fail'],
  ['--no-new-privileges=perhaps', 'unknown'],
  ['', 'fail'],
] as const)('on an engine before 24.0 the files of the host tell: "%s" %s', ([words, outcome]) => {
  const hostFiles = aTidyHost({ units: { 'docker.service': dockerService(words) } });
  expect(judged(null, { version: { Version: '20.10.24' }, hostFiles })).toMatchObject([{ outcome }]);
});

test("can not tell where the daemon's options were not seen", () => {
  expect(judged(null, { info: { SecurityOptions: undefined } })).toMatchObject([{ outcome: 'unknown' }]);
});

test('fails on Podman, which writes the option into the container whatever set it', () => {
  const version = { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] };
  expect(judged([], { version })).toMatchObject([{ outcome: 'fail' }]);
});

test('is independent of privileged', () => {
  const hostConfig = { Privileged: true, SecurityOpt: ['no-new-privileges'] };
  expect(outcomesOf(check, aSnapshot({ containers: [aContainer({ hostConfig })] }))).toEqual(['pass']);
});

test('counts a stopped container one step lower', () => {
  const container = aContainer({ state: 'exited', hostConfig: { SecurityOpt: null } });
  expect(resultsOf(check, aSnapshot({ containers: [container] }))).toMatchObject([
    { outcome: 'fail', severity: 'low' },
  ]);
});

test('does not apply to Windows containers', () => {
  expect(judged(null, { info: { OSType: 'windows' } })).toMatchObject([{ outcome: 'not-applicable' }]);
});
