import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import maskedPaths from './masked-paths.ts';
import seccompCustomProfile from './seccomp-custom-profile.ts';

const masked = [
  '/proc/acpi',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readOnly = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];
const lists = (
  MaskedPaths: string[] | null | undefined,
  ReadonlyPaths: string[] | null | undefined = readOnly,
  given: GivenContainer['hostConfig'] = {},
) => aContainer({ hostConfig: { MaskedPaths, ReadonlyPaths, ...given } });
const without = (...gone: string[]) => masked.filter((path) => !gone.includes(path));

test.for<[string, ReturnType<typeof lists>, string, string?]>([
  ['passes with all masks', lists(masked), 'pass'],
  ['fails without any', lists([], []), 'fail', 'high'],
  ['fails without one of old', lists(without('/proc/kcore')), 'fail', 'medium'],
  ['fails when /proc/sys can be written', lists(masked, readOnly.slice(0, 3)), 'fail', 'medium'],
  ['fails on one that this engine would mask', lists(without('/sys/devices/virtual/powercap')), 'fail', 'low'],
  ['does not apply to a privileged one', lists(null, null, { Privileged: true }), 'not-applicable'],
  ['can not tell when the lists are null otherwise', lists(null, null), 'unknown'],
  ['can not tell when they are absent', lists(undefined), 'unknown'],
])('masked-paths %s', ([, container, outcome, severity]) => {
  const results = resultsOf(maskedPaths, aSnapshot({ containers: [container] }));
  expect(results).toMatchObject([severity === undefined ? { outcome } : { outcome, severity }]);
});

test('masked-paths does not ask an engine for what it does not mask itself', () => {
  const containers = [lists(without('/sys/devices/virtual/powercap'))];
  const engine = (Version: string | undefined) =>
    aSnapshot({ version: { Version }, info: { ServerVersion: Version }, containers });
  expect(
    [engine('20.10.24'), engine('28.5.2'), engine(undefined)].flatMap((snapshot) => outcomesOf(maskedPaths, snapshot)),
  ).toEqual(['pass', 'fail', 'unknown']);
});

test('masked-paths learns newer masks from other containers', () => {
  const newer = aContainer({
    name: 'new',
    hostConfig: { MaskedPaths: [...masked, '/proc/interrupts'], ReadonlyPaths: readOnly },
  });
  expect(resultsOf(maskedPaths, aSnapshot({ containers: [lists(masked), newer] }))).toMatchObject([
    { outcome: 'fail', severity: 'low' },
    { outcome: 'pass' },
  ]);
});

const refusing = (...syscalls: object[]) => JSON.stringify({ defaultAction: 'SCMP_ACT_ERRNO', syscalls });
const allow = (names: string[], rest: object = {}) => ({ names, action: 'SCMP_ACT_ALLOW', ...rest });
const withProfile = (
  profile: string | undefined,
  given: GivenContainer['hostConfig'] = {},
  info: Partial<EngineInfo> = { KernelVersion: '6.1.0' },
) =>
  aSnapshot({
    info,
    containers: [
      aContainer({ hostConfig: { SecurityOpt: profile === undefined ? [] : [`seccomp=${profile}`], ...given } }),
    ],
  });

test.for<[string, ReturnType<typeof withProfile>, string, string?]>([
  ['passes when it refuses by default', withProfile(refusing(allow(['read', 'write']))), 'pass'],
  ['fails on a call that is let through', withProfile(refusing(allow(['read', 'mount']))), 'fail', 'medium'],
  [
    'reads the older form of one name',
    withProfile(refusing({ name: 'bpf', action: 'SCMP_ACT_ALLOW' })),
    'fail',
    'medium',
  ],
  [
    'passes with a capability as condition',
    withProfile(refusing(allow(['mount'], { includes: { caps: ['CAP_SYS_ADMIN'] } }))),
    'pass',
  ],
  [
    'passes with arguments as condition',
    withProfile(refusing(allow(['socket'], { args: [{ index: 0, value: 40, op: 'SCMP_CMP_NE' }] }))),
    'pass',
  ],
  ['leaves tracing alone, as the built-in one does', withProfile(refusing(allow(['ptrace']))), 'pass'],
  [
    'fails on tracing under an old kernel',
    withProfile(refusing(allow(['ptrace'])), {}, { KernelVersion: '3.10.0' }),
    'fail',
  ],
  [
    'can not tell tracing without the kernel',
    withProfile(refusing(allow(['ptrace'])), {}, { KernelVersion: undefined }),
    'unknown',
  ],
  ['weighs what older ones let through low', withProfile(refusing(allow(['io_uring_setup', 'socket']))), 'fail', 'low'],
  [
    'lets name_to_handle_at through, which is harmless alone',
    withProfile(refusing(allow(['name_to_handle_at']))),
    'pass',
  ],
  [
    'fails when it allows by default and misses some',
    withProfile(
      JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: ['mount'], action: 'SCMP_ACT_ERRNO' }] }),
    ),
    'fail',
    'medium',
  ],
  ['passes with the built-in one by name', withProfile('builtin'), 'pass'],
  ['passes with the built-in one by default', withProfile(undefined), 'pass'],
  [
    "can not tell the daemon's own",
    withProfile(undefined, {}, { SecurityOptions: ['name=seccomp,profile=/etc/docker/p.json'] }),
    'unknown',
  ],
  ['does not apply where the daemon has none', withProfile(undefined, {}, { SecurityOptions: [] }), 'not-applicable'],
  ['does not apply when none is asked for', withProfile('unconfined'), 'not-applicable'],
  [
    'does not apply to a privileged one',
    withProfile(refusing(allow(['mount'])), { Privileged: true }),
    'not-applicable',
  ],
  ['can not read what is no JSON', withProfile('{'), 'unknown'],
  ['can not tell without the options', withProfile(undefined, { SecurityOpt: undefined }), 'unknown'],
])('seccomp-custom-profile %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(seccompCustomProfile, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test('seccomp-custom-profile lets the last entry win, with a colon too', () => {
  const SecurityOpt = [`seccomp=${refusing(allow(['mount']))}`, `seccomp:${refusing(allow(['read']))}`];
  expect(outcomesOf(seccompCustomProfile, withProfile(undefined, { SecurityOpt }))).toEqual(['pass']);
});

test('seccomp-custom-profile refers to container-seccomp-profile where nothing is filtered', () => {
  const snapshot = withProfile(JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW' }));
  expect(resultsOf(seccompCustomProfile, snapshot)).toMatchObject([
    { outcome: 'fail', causedBy: 'container-seccomp-profile' },
  ]);
});
