import { expect, test } from 'vitest';
import { namesHost } from './host-names.ts';

test.for([
  [['DNS:host.example'], 'host.example', true],
  [['DNS:Host.Example'], 'host.example.', true],
  [['DNS:*.example'], 'host.example', true],
  [['DNS:*.example'], 'a.host.example', false],
  [['DNS:*.example'], 'example', false],
  [['IP:10.0.0.5'], '10.0.0.5', true],
  [['IP Address:10.0.0.5'], '10.0.0.5', true],
  [['DNS:10.0.0.5'], '10.0.0.5', false],
  [['IP:0:0:0:0:0:0:0:1'], '::1', true],
  [['IP:10.0.0.6', 'DNS:other.example'], '10.0.0.5', false],
  [[], 'host.example', false],
] as const)('%s for %s: %s', ([names, host, expected]) => {
  expect(namesHost(names, host)).toBe(expected);
});
