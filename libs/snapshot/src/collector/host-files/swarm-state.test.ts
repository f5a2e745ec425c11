import { expect, test } from 'vitest';
import { swarmStateIn } from './swarm-state.ts';

test.for<[string, string, ReturnType<typeof swarmStateIn>]>([
  [
    'the address, and nothing else of it',
    '{"LocalAddr":"","RemoteAddr":"10.0.0.1:2377","ListenAddr":"0.0.0.0:2377","AdvertiseAddr":"10.0.0.5"}',
    { state: 'read', listenAddress: '0.0.0.0:2377' },
  ],
  ['no address', '{"LocalAddr":""}', { state: 'malformed' }],
  ['another type', '{"ListenAddr":2377}', { state: 'malformed' }],
  ['no object', 'null', { state: 'malformed' }],
  ['no JSON', '{"ListenAddr":', { state: 'malformed' }],
])('%s', ([, text, state]) => {
  expect(swarmStateIn(text)).toEqual(state);
});
