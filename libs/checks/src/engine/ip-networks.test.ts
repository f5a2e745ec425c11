import { expect, test } from 'vitest';
import { ipAddressOf, ipNetworkOf, isPartOf, liesWithin } from './ip-networks.ts';

const networkOf = (text: string) => ipNetworkOf(text) ?? expect.fail(`${text} is no network`);

test.for([
  ['10.1.2.3', true],
  ['11.1.2.3', false],
  ['[fd00::5]', true],
  ['2001:db8::1', false],
  ['::ffff:10.1.2.3', true],
  ['fd00::5%eth0', true],
] as const)('%s lies within private networks: %s', ([text, expected]) => {
  const address = ipAddressOf(text);
  expect(address && liesWithin(address, [networkOf('10.0.0.0/8'), networkOf('fd00::/8')])).toBe(expected);
});

test.for(['', 'host.example', '10.1', '0x7f.1.1.1', '1.2.3.4.5', ':::'])('%s is no address', (text) => {
  expect(ipAddressOf(text)).toBeUndefined();
});

test('a network is part of another whatever its unmasked bits, and of none of the other family', () => {
  expect(isPartOf(networkOf('127.0.0.1/8'), networkOf('127.0.0.0/8'))).toBe(true);
  expect(isPartOf(networkOf('127.1.0.0/16'), networkOf('127.0.0.0/8'))).toBe(true);
  expect(isPartOf(networkOf('126.0.0.0/7'), networkOf('127.0.0.0/8'))).toBe(false);
  expect(isPartOf(networkOf('::/0'), networkOf('0.0.0.0/0'))).toBe(false);
  expect(ipNetworkOf('10.0.0.0')).toBeUndefined();
});
