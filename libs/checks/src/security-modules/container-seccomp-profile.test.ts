import { expect, test } from 'vitest';
import { type GivenSnapshot, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import check from './container-seccomp-profile.ts';

const rule = (action: string, names: string[]) => ({ action, names, args: [] });
const profile = (defaultAction: unknown, ...syscalls: object[]) =>
  `seccomp=${JSON.stringify({ defaultAction, syscalls })}`;

const judged = (
  SecurityOpt: string[] | null | undefined,
  { Privileged = false, ...given }: GivenSnapshot & { Privileged?: boolean | undefined } = {},
  state = 'running',
) =>
  resultsOf(
    check,
    aSnapshot({ ...given, containers: [aContainer({ state, hostConfig: { SecurityOpt, Privileged } })] }),
  );

test.for([
  ['fails for unconfined', ['seccomp=unconfined'], 'fail'],
  ['fails for the old spelling of unconfined', ['seccomp:unconfined'], 'fail'],
  ['passes for the default', null, 'pass'],
  ['passes for an empty list', [], 'pass'],
  ['passes for builtin', ['seccomp=builtin'], 'pass'],
  ['takes an empty value for the default', ['seccomp='], 'pass'],
  [
    'passes for a profile that denies by default',
    [profile('SCMP_ACT_ERRNO', rule('SCMP_ACT_ALLOW', ['read']))],
    'pass',
  ],
  [
    'cuts inline JSON at the first equals sign, not at a colon',
    [profile('SCMP_ACT_ERRNO', { action: 'SCMP_ACT_ALLOW', names: ['a=b:c'] })],
    'pass',
  ],
  ['reads the old spelling with inline JSON', [profile('SCMP_ACT_KILL').replace('=', ':')], 'pass'],
  ['passes for a profile that denies some', [profile('SCMP_ACT_ALLOW', rule('SCMP_ACT_ERRNO', ['mount']))], 'pass'],
  ['fails for a profile that allows all', [profile('SCMP_ACT_ALLOW')], 'fail'],
  ['fails for one that only logs', [profile('SCMP_ACT_LOG', rule('SCMP_ACT_ALLOW', ['read']))], 'fail'],
  ['fails for one that only traces', [profile('SCMP_ACT_TRACE')], 'fail'],
  ['fails for one whose denying rule names no call', [profile('SCMP_ACT_ALLOW', rule('SCMP_ACT_ERRNO', []))], 'fail'],
  ['can not tell for JSON that does not parse', ['seccomp={"defaultAction":'], 'unknown'],
  ['can not tell for JSON that is no profile', ['seccomp=[]'], 'unknown'],
  ['can not tell for an action it does not know', [profile('SCMP_ACT_NEW')], 'unknown'],
  ['can not tell for a name it does not know', ['seccomp=/etc/profile.json'], 'unknown'],
  ['the last entry decides', ['seccomp=unconfined', 'seccomp=builtin'], 'pass'],
  ['the last entry decides, also for the worse', ['seccomp=builtin', 'seccomp=unconfined'], 'fail'],
  ['does not take another option for it', ['apparmor=unconfined', 'label=disable', 'no-new-privileges'], 'pass'],
  ['can not tell when the options were not seen', undefined, 'unknown'],
] as const)('%s', ([, options, outcome]) => {
  expect(judged(options === null || options === undefined ? options : [...options])).toMatchObject([{ outcome }]);
});

test.for([
  ['builtin, as from 23.0', 'name=seccomp,profile=builtin', 'pass', undefined],
  ['default, as up to 20.10 and on Podman', 'name=seccomp,profile=default', 'pass', undefined],
  ['unconfined, said once for the host', 'name=seccomp,profile=unconfined', 'fail', 'default-seccomp-profile'],
  ['no seccomp at all, said once for the host', 'name=apparmor', 'fail', 'default-seccomp-profile'],
  ['the path of a profile that was not read', 'name=seccomp,profile=/etc/docker/seccomp.json', 'unknown', undefined],
  ['not named', 'name=seccomp', 'unknown', undefined],
] as const)("follows the daemon's default: %s", ([, option, outcome, causedBy]) => {
  const [result] = judged(null, { info: { SecurityOptions: [option] } });
  expect([result?.outcome, result?.causedBy]).toEqual([outcome, causedBy]);
});

test("a profile of the container's own stands against a daemon without one", () => {
  const info = { SecurityOptions: ['name=seccomp,profile=unconfined'] };
  expect(judged(['seccomp=builtin'], { info })).toMatchObject([{ outcome: 'pass' }]);
});

test("can not tell where the daemon's options were not seen, unless the container asks for none", () => {
  const info = { SecurityOptions: undefined };
  expect(judged(null, { info })).toMatchObject([{ outcome: 'unknown' }]);
  expect(judged(['seccomp=unconfined'], { info })).toMatchObject([{ outcome: 'fail' }]);
});

test.for([
  ['without a profile', null, '28.5.2', 'fail', 'container-privileged'],
  ['with one that an engine before 27.0 ignores', ['seccomp=builtin'], '26.1.5', 'fail', 'container-privileged'],
  ['with one that an engine from 27.0 on applies', ['seccomp=builtin'], '27.0.0', 'pass', undefined],
  ['with one, on an engine of unknown version', ['seccomp=builtin'], 'dev', 'unknown', undefined],
  ['with unconfined, a cause of its own', ['seccomp=unconfined'], '28.5.2', 'fail', undefined],
] as const)('judges a privileged container %s', ([, options, Version, outcome, causedBy]) => {
  const given = { Privileged: true, version: { Version }, info: { ServerVersion: undefined } };
  const [result] = judged(options === null ? null : [...options], given);
  expect([result?.outcome, result?.causedBy]).toEqual([outcome, causedBy]);
});

test('can not tell when privileged was not seen', () => {
  const container = aContainer({ hostConfig: { SecurityOpt: null, Privileged: undefined } });
  expect(outcomesOf(check, aSnapshot({ containers: [container] }))).toEqual(['unknown']);
});

test('a parameter forbids profiles of their own', () => {
  const own = profile('SCMP_ACT_ERRNO');
  const snapshot = aSnapshot({ containers: [aContainer({ hostConfig: { SecurityOpt: [own] } })] });
  expect(outcomesOf(check, snapshot, { allowCustomProfiles: false })).toEqual(['fail']);
});

test("does not repeat a profile's text in the evidence", () => {
  const [result] = judged([profile('SCMP_ACT_ERRNO')]);
  expect(JSON.stringify(result?.evidence)).not.toContain('SCMP_ACT_ERRNO');
});

test('survives a profile that is nested without end', () => {
  const deep = `seccomp={"defaultAction":${'['.repeat(100_000)}`;
  expect(judged([deep])).toMatchObject([{ outcome: 'unknown' }]);
});

test('counts a stopped container one step lower', () => {
  expect(judged(['seccomp=unconfined'], {}, 'exited')).toMatchObject([{ outcome: 'fail', severity: 'medium' }]);
});

test('does not apply to Windows containers', () => {
  expect(judged(null, { info: { OSType: 'windows' } })).toMatchObject([{ outcome: 'not-applicable' }]);
});
