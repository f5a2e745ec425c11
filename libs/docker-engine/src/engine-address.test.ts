import { expect, test } from 'vitest';
import { formatEngineAddress, parseEngineAddress } from './engine-address.ts';

test.for([
  ['tcp://build-7.example:2376', { transport: 'tcp', host: 'build-7.example', port: 2376 }],
  ['tcp://BUILD-7.Example.', { transport: 'tcp', host: 'build-7.example', port: 2376 }],
  ['https://10.0.0.5:443/', { transport: 'tcp', host: '10.0.0.5', port: 443 }],
  ['tcp://[fd00::5]:2376', { transport: 'tcp', host: 'fd00::5', port: 2376 }],
  ['unix:///var/run/docker.sock', { transport: 'unix', path: '/var/run/docker.sock' }],
] as const)('%s is understood', ([text, expected]) => {
  const address = parseEngineAddress(text);
  expect(address).toEqual(expected);
  expect(parseEngineAddress(formatEngineAddress(address))).toEqual(expected);
});

test.for([
  '',
  'build-7',
  'http://build-7:2375',
  'ssh://root@build-7',
  'tcp://user:secret@build-7:2376',
  'tcp://build-7:2376/path',
  'tcp://build-7:2376?x=1',
  'tcp://build-7:0',
  'tcp://build-7:65536',
  'tcp://build 7:2376',
  'tcp://build-7\r\n:2376',
  'unix://relative.sock',
  `unix:///${'a'.repeat(200)}`,
  'unix:///a\0b',
])('%j is refused with a reason', (text) => {
  expect(() => parseEngineAddress(text)).toThrow(expect.objectContaining({ reason: 'invalid-address' }));
});
