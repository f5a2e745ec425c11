import { expect, test } from 'vitest';
import { mayReadMetrics } from './metrics-access.ts';

const headers = (authorization?: string) => (authorization === undefined ? {} : { authorization });

test.for<[string, boolean, Parameters<typeof mayReadMetrics>]>([
  ['this machine may read without a token', true, [{ address: '127.0.0.1', headers: {} }, undefined]],
  ['all of 127/8 is this machine', true, [{ address: '127.8.9.1', headers: {} }, undefined]],
  ['this machine may read over IPv6', true, [{ address: '::1', headers: {} }, undefined]],
  ['this machine may read over mapped IPv4', true, [{ address: '::ffff:127.0.0.1', headers: {} }, undefined]],
  ['another machine may not', false, [{ address: '192.0.2.1', headers: {} }, undefined]],
  ['a socket without an address may not', false, [{ address: undefined, headers: {} }, undefined]],
  ['a name that looks local may not', false, [{ address: '127.example.com', headers: {} }, undefined]],
  [
    'a proxy on this machine may not',
    false,
    [{ address: '127.0.0.1', headers: { 'x-forwarded-for': '192.0.2.1' } }, undefined],
  ],
  [
    'a proxy that speaks RFC 7239 may not',
    false,
    [{ address: '127.0.0.1', headers: { forwarded: 'for=192.0.2.1' } }, undefined],
  ],
  ['the token opens from anywhere', true, [{ address: '192.0.2.1', headers: headers('Bearer s3cret') }, 's3cret']],
  ['a wrong token opens nothing', false, [{ address: '127.0.0.1', headers: headers('Bearer s3cre') }, 's3cret']],
  ['where a token is set this machine needs it too', false, [{ address: '127.0.0.1', headers: {} }, 's3cret']],
])('%s', ([, allowed, [reader, token]]) => {
  expect(mayReadMetrics(reader, token)).toBe(allowed);
});
