import { expect, test } from 'vitest';
import { addressGroupOf } from './address-group.ts';
import { accountPolicy, addressPolicy, delaySeconds } from './delay.ts';

test.for([
  [0, 0],
  [4, 0],
  [5, 1],
  [6, 2],
  [10, 32],
  [14, 512],
  [15, 900],
  [1_000_000, 900],
] as const)('after %i failures an account waits %i s', ([failures, seconds]) => {
  expect(delaySeconds(failures, accountPolicy)).toBe(seconds);
});

test('an address has more room than an account, and the same bound', () => {
  expect(delaySeconds(19, addressPolicy)).toBe(0);
  expect(delaySeconds(20, addressPolicy)).toBe(1);
  expect(delaySeconds(1_000, addressPolicy)).toBe(900);
});

test.for([
  ['an IPv4 address alone', '192.0.2.7', '192.0.2.7'],
  ['an IPv4 address in IPv6 clothes as itself', '::ffff:192.0.2.7', '192.0.2.7'],
  ['an IPv6 address with its network', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['text that is none as itself', 'somewhere', 'somewhere'],
] as const)('%s counts as one', ([, address, group]) => {
  expect(addressGroupOf(address)).toBe(group);
});
