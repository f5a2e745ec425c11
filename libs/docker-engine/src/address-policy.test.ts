import { expect, test } from 'vitest';
import { classifyAddress, refusalOf, selfHostedHostPolicy } from './address-policy.ts';

/** As of a deployment whose tenants do not trust each other. */
const publicOnly = { ...selfHostedHostPolicy, allowPrivate: false, allowLoopback: false };
test.for([
  ['93.184.215.14', 'public'],
  ['2606:2800:21f:cb07:6820:80da:af6b:8b2c', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.1.2', 'loopback'],
  ['::1', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.0.9', 'private'],
  ['100.64.0.1', 'private'],
  ['198.18.0.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['169.254.169.254', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['fd00:0ec2:0000:0000:0000:0000:0000:0254', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['192.0.0.192', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['::ffff:10.0.0.1', 'private'],
  ['::ffff:7f00:1', 'loopback'],
  ['::ffff:93.184.215.14', 'public'],
  ['64:ff9b::a9fe:a9fe', 'metadata'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['64:ff9b::5db8:d70e', 'public'],
  ['64:ff9b:1::a00:1', 'special'],
  ['2002:a9fe:a9fe::1', 'special'],
  ['2001:0:a9fe:a9fe::1', 'special'],
  ['::7f00:1', 'special'],
  ['0.0.0.0', 'special'],
  ['0.1.2.3', 'special'],
  ['::', 'special'],
  ['224.0.0.1', 'special'],
  ['255.255.255.255', 'special'],
  ['240.0.0.1', 'special'],
  ['192.0.2.1', 'special'],
  ['ff02::1', 'special'],
  ['fec0::1', 'special'],
  ['2001:db8::1', 'special'],
  ['4000::1', 'special'],
  ['2130706433', 'special'],
  ['0x7f.1', 'special'],
  ['not an address', 'special'],
] as const)('%s is %s', ([address, expected]) => {
  expect(classifyAddress(address)).toBe(expected);
});

test.for([
  ['10.0.0.1', 'PLIMSOLL_HOSTS_ALLOW_PRIVATE'],
  ['127.0.0.1', 'PLIMSOLL_HOSTS_ALLOW_LOOPBACK'],
  ['169.254.169.254', undefined],
] as const)('among tenants %s is refused and the deciding setting is %s', ([address, setting]) => {
  expect(refusalOf(address, publicOnly)).toMatchObject(setting === undefined ? {} : { setting });
});

test('a self-hosted machine reaches private networks and itself, and never a metadata service', () => {
  expect(refusalOf('10.0.0.1', selfHostedHostPolicy)).toBeUndefined();
  expect(refusalOf('127.0.0.1', selfHostedHostPolicy)).toBeUndefined();
  expect(refusalOf('169.254.169.254', selfHostedHostPolicy)).toEqual({ addressClass: 'metadata' });
  expect(refusalOf('fd00:ec2::254', selfHostedHostPolicy)).toEqual({ addressClass: 'metadata' });
  expect(refusalOf('100.100.100.200', selfHostedHostPolicy)).toEqual({ addressClass: 'metadata' });
});
