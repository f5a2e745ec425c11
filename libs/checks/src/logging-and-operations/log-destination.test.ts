import { expect, test } from 'vitest';
import { logDestinationOf } from './log-destination.ts';

test.for([
  ['syslog', undefined, 'host', 'the local syslog socket'],
  ['syslog', 'tcp+tls://logs.example:6514', 'remote', 'tcp+tls://logs.example'],
  ['syslog', 'udp://user:word@10.0.0.9:514/x', 'remote', 'udp://10.0.0.9'],
  ['syslog', 'unixgram:///dev/log', 'forwarder', 'a UNIX socket'],
  ['syslog', 'tcp://127.0.0.1:514', 'forwarder', 'tcp://127.0.0.1'],
  ['syslog', 'tcp://[::1]:514', 'forwarder', 'tcp://[::1]'],
  ['fluentd', undefined, 'forwarder', 'localhost:24224'],
  ['fluentd', 'fluent.example:24224', 'remote', 'fluent.example'],
  ['fluentd', 'localhost', 'forwarder', 'localhost'],
  ['gelf', 'udp://0.0.0.0:12201', 'forwarder', 'udp://0.0.0.0'],
] as const)('%s to %s is %s', ([driver, address, reach, shown]) => {
  expect(logDestinationOf(driver, address)).toMatchObject({ reach, shown });
});

test.for([
  ['gelf', undefined],
  ['gelf', '[redacted]'],
  ['syslog', 'http://logs.example'],
  ['fluentd', '/srv/sock'],
] as const)('%s to %s is not understood', ([driver, address]) => {
  expect(logDestinationOf(driver, address)).toBeUndefined();
});
