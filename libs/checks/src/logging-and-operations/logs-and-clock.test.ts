import type { EngineInfo } from '@plimsoll/snapshot';
import { expect, test } from 'vitest';
import { type GivenContainer, aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import { anEndpoint } from '../testing/endpoint-builders.ts';
import clockSkew from './clock-skew.ts';
import engineWarnings from './engine-warnings.ts';
import logRotation from './log-rotation.ts';
import loggingOff from './logging-off.ts';

const logging = (
  Type: string | undefined,
  Config: Record<string, string> | null | 'absent' = {},
  given: GivenContainer = {},
) =>
  aSnapshot({
    containers: [
      aContainer({
        ...given,
        hostConfig: { LogConfig: { Type, ...(Config === 'absent' ? {} : { Config }) }, ...given.hostConfig },
      }),
    ],
  });

test.for<[string, ReturnType<typeof logging>, string, string?]>([
  ['fails without a bound', logging('json-file'), 'fail', 'medium'],
  ['fails on null options', logging('json-file', null), 'fail', 'medium'],
  ['fails on -1', logging('json-file', { 'max-size': '-1' }), 'fail', 'medium'],
  ['passes with one', logging('json-file', { 'max-size': '10m', 'max-file': '3' }), 'pass'],
  ['weighs a very wide one low', logging('json-file', { 'max-size': '1g', 'max-file': '5' }), 'fail', 'low'],
  ['passes with the driver local', logging('local'), 'pass'],
  ['passes with the journal', logging('journald'), 'pass'],
  ['passes with a driver that sends logs away', logging('syslog'), 'pass'],
  ['does not apply without a log', logging('none'), 'not-applicable'],
  ['can not tell of a plugin', logging('example/loki'), 'unknown'],
  ['can not tell a size that it can not read', logging('json-file', { 'max-size': 'much' }), 'unknown'],
  ['can not tell without options', logging('json-file', 'absent'), 'unknown'],
  ['can not tell without a driver', logging(undefined), 'unknown'],
  ['weighs a stopped one less', logging('json-file', {}, { state: 'exited' }), 'fail', 'low'],
  [
    'can not tell of Podman, whose API leaves the bound out',
    {
      ...logging('json-file', null),
      version: { value: { Components: [{ Name: 'Podman Engine', Version: '4.3.1' }] } },
    },
    'unknown',
  ],
])('log-rotation %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(logRotation, snapshot)).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});

test.for<[string, ReturnType<typeof logging>, string, string?]>([
  ['passes with any driver', logging('json-file'), 'pass'],
  ['fails without', logging('none'), 'fail', 'low'],
  [
    'weighs more with published ports',
    logging(
      'none',
      {},
      {
        inspect: {
          State: { Status: 'running' },
          HostConfig: { NetworkMode: 'bridge', LogConfig: { Type: 'none', Config: {} } },
          NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '80' }] } },
        },
      },
    ),
    'fail',
    'medium',
  ],
  [
    'weighs more with the socket',
    logging(
      'none',
      {},
      { inspect: { Mounts: [{ Type: 'bind', Source: '/var/run/docker.sock', Destination: '/s', RW: false }] } },
    ),
    'fail',
    'medium',
  ],
  ['does not apply to a stopped one', logging('none', {}, { state: 'exited' }), 'not-applicable'],
  ['can not tell of a very old container', logging(''), 'unknown'],
])('logging-off %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(loggingOff, snapshot)).toMatchObject([severity === undefined ? { outcome } : { outcome, severity }]);
});

test('logging-off is one finding of the daemon where that is its default, and takes exemptions', () => {
  const snapshot = logging('none');
  const byDefault = { ...snapshot, info: { value: { LoggingDriver: 'none', OSType: 'linux' } } };
  expect(resultsOf(loggingOff, byDefault)).toMatchObject([{ outcome: 'fail', causedBy: 'container-logs-leave-host' }]);
  expect(outcomesOf(loggingOff, snapshot, { exemptImages: ['example/*'] })).toEqual(['not-applicable']);
});

const clock = (clockSkewMs: number | undefined, SystemTime?: string, info: Partial<EngineInfo> = {}) =>
  aSnapshot({
    info: { SystemTime, ...info },
    ...(clockSkewMs === undefined ? {} : { endpoint: anEndpoint({ clockSkewMs }) }),
  });

test.for<[string, ReturnType<typeof clock>, string, string?]>([
  ['passes on what was measured', clock(-59_000), 'pass'],
  ['fails above a minute', clock(61_000), 'fail', 'low'],
  ['weighs five minutes more', clock(-301_000), 'fail', 'medium'],
  ['prefers what was measured', clock(0, '2020-01-01T00:00:00Z'), 'pass'],
  ['compares instants, whatever the zone', clock(undefined, '2026-11-24T14:00:10.123456789+02:00'), 'pass'],
  ['can not tell within the time a scan may take', clock(undefined, '2026-11-24T12:02:30Z'), 'unknown'],
  ['fails beyond it', clock(undefined, '2026-11-24T12:10:00Z'), 'fail', 'medium'],
  ['can not tell without a time', clock(undefined), 'unknown'],
  ['does not apply where Windows tells none', clock(undefined, '', { OSType: 'windows' }), 'not-applicable'],
])('clock-skew %s', ([, snapshot, outcome, severity]) => {
  expect(resultsOf(clockSkew, snapshot)).toMatchObject([severity === undefined ? { outcome } : { outcome, severity }]);
});

test.for<[string, string[] | null | undefined, string, string?]>([
  ['passes without any', null, 'pass'],
  [
    'passes on lines that others judge, as old and new engines write them',
    [
      'WARNING: No swap limit support',
      '[DEPRECATION NOTICE]: API is accessible on http://0.0.0.0:2375 without encryption.\n         Access to the remote API is equivalent to root access',
    ],
    'pass',
  ],
  ['notes a line that nobody knows', ['WARNING: something new'], 'fail', 'info'],
  ['weighs what it speaks of', ['WARNING: the store is corrupted', 'WARNING: old is DEPRECATED'], 'fail', 'high'],
  ['weighs deprecation low', ['DEPRECATED: the devicemapper storage driver'], 'fail', 'low'],
  ['can not tell without the field', undefined, 'unknown'],
])('engine-warnings %s', ([, Warnings, outcome, severity]) => {
  expect(resultsOf(engineWarnings, aSnapshot({ info: { Warnings } }))).toMatchObject([
    severity === undefined ? { outcome } : { outcome, severity },
  ]);
});
