import { expect, test } from 'vitest';
import { aContainer, aSnapshot, outcomesOf, resultsOf } from '../testing/builders.ts';
import logsLeaveHost from './container-logs-leave-host.ts';

const logging = (Type: string, Config: Record<string, string> = {}, name = 'web') =>
  aContainer({ name, hostConfig: { LogConfig: { Type, Config } } });

test.for([
  ['passes on a cloud driver', 'awslogs', {}, 'pass', 'low'],
  ['fails on json-file', 'json-file', {}, 'fail', 'low'],
  ['fails on local', 'local', {}, 'fail', 'low'],
  ['weighs more when there is no log at all', 'none', {}, 'fail', 'medium'],
  ['fails on the journal', 'journald', {}, 'fail', 'low'],
  ['passes on the journal where it is accepted', 'journald', { acceptJournald: true }, 'pass', 'low'],
  ['can not judge a plugin that nobody listed', 'acme/logs:1', {}, 'unknown', 'low'],
  ['passes on a plugin that is listed as remote', 'acme/logs:1', { remotePlugins: ['acme/logs:1'] }, 'pass', 'low'],
  ['can not tell where syslog goes without a container', 'syslog', {}, 'unknown', 'low'],
  ['can not tell when the field is missing', undefined, {}, 'unknown', 'low'],
  ['can not tell when the field is empty', '', {}, 'unknown', 'low'],
] as const)('%s', ([, LoggingDriver, parameters, outcome, severity]) => {
  const given = {
    ...parameters,
    ...('remotePlugins' in parameters ? { remotePlugins: [...parameters.remotePlugins] } : {}),
  };
  expect(resultsOf(logsLeaveHost, aSnapshot({ info: { LoggingDriver } }), given)).toMatchObject([
    { outcome, severity },
  ]);
});

const remote = { 'syslog-address': 'tcp+tls://logs.example:6514' };
const loopback = { 'syslog-address': 'tcp://127.0.0.1:601' };
const cases: [string, string, ReturnType<typeof logging>[], Record<string, unknown>, string][] = [
  ['passes on syslog to another host', 'syslog', [logging('syslog', remote)], {}, 'pass'],
  ['fails on syslog without an address', 'syslog', [logging('syslog')], {}, 'fail'],
  [
    'sees that the default has no address from one container that took it',
    'syslog',
    [logging('syslog', remote), logging('syslog', {}, 'b')],
    {},
    'fail',
  ],
  ['can not tell a forwarder on loopback', 'syslog', [logging('syslog', loopback)], {}, 'unknown'],
  [
    'passes on a forwarder that is accepted',
    'syslog',
    [logging('syslog', loopback)],
    { acceptLocalForwarder: true },
    'pass',
  ],
  [
    'can not tell when containers differ',
    'syslog',
    [logging('syslog', remote), logging('syslog', loopback, 'b')],
    {},
    'unknown',
  ],
  ['takes fluentd without an address for a local forwarder', 'fluentd', [logging('fluentd')], {}, 'unknown'],
  ['passes on gelf to another host', 'gelf', [logging('gelf', { 'gelf-address': 'udp://10.9.8.7:12201' })], {}, 'pass'],
  ['does not ask containers of another driver', 'syslog', [logging('json-file')], {}, 'unknown'],
];
test.for(cases)('%s', ([, LoggingDriver, containers, parameters, outcome]) => {
  expect(outcomesOf(logsLeaveHost, aSnapshot({ info: { LoggingDriver }, containers }), parameters)).toEqual([outcome]);
});

test('shows no part of an address that may be secret, and names containers that deviate', () => {
  const address = { 'syslog-address': 'tcp://user:hunter2@logs.example:601/hunter2' };
  const snapshot = aSnapshot({
    info: { LoggingDriver: 'syslog' },
    containers: [logging('syslog', address), logging('json-file', {}, 'old')],
  });
  const results = resultsOf(logsLeaveHost, snapshot);
  expect(JSON.stringify(results.map(({ evidence, reason }) => ({ evidence, reason })))).not.toContain('hunter2');
  expect(results[0]?.evidence).toContainEqual({
    source: 'containers with another HostConfig.LogConfig.Type',
    value: ['old'],
  });
});

test('does not apply to Podman, whose field is empty', () => {
  const version = { Components: [{ Name: 'Podman Engine', Version: '4.3.1', Details: null }] };
  expect(outcomesOf(logsLeaveHost, aSnapshot({ version, info: { LoggingDriver: '' } }))).toEqual(['not-applicable']);
});
