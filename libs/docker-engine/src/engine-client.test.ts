import type { AnswerFault } from '@plimsoll/engine-simulator';
import { describe, expect, test } from 'vitest';
import { EngineClient } from './index.ts';
import { aSimulatedTarget } from './testing/simulated-target.ts';

const infoWith = (fault: AnswerFault, times?: number) => ({
  faults: { requests: [{ path: /^\/info$/u, fault, ...(times === undefined ? {} : { times }) }] },
});

const connectTo = async (options: Parameters<typeof aSimulatedTarget>[0], idleTimeoutMs = 10_000) => {
  const { target, host } = await aSimulatedTarget(options);
  const client = await EngineClient.connect(target, { limits: { idleTimeoutMs } });
  return { client, host };
};

describe('a hostile answer ends in a typed error', () => {
  test.for([
    ['never comes', { kind: 'hang' }, 'timed-out'],
    ['drips bytes for ever', { kind: 'drip', intervalMs: 5 }, 'timed-out'],
    ['never ends', { kind: 'endless-json' }, 'too-large'],
    ['is nested too deep', { kind: 'deep-nesting', depth: 100_000 }, 'too-deep'],
    ['is shorter than it claims', { kind: 'wrong-content-length' }, 'connection-reset'],
    ['is larger than any', { kind: 'huge-body', bytes: 5 * 1024 * 1024 }, 'too-large'],
    ['is an error', { kind: 'status', status: 500, message: 'a\u001b[31mb\r\nc' }, 'engine-error'],
    ['is a denial', { kind: 'status', status: 403 }, 'denied'],
    ['is a 401', { kind: 'status', status: 401 }, 'denied'],
    ['is a 404', { kind: 'vanish' }, 'not-found'],
    ['is a redirect', { kind: 'redirect', location: 'http://169.254.169.254/' }, 'redirect-refused'],
    ['is a web page', { kind: 'not-json' }, 'malformed'],
  ] as const satisfies [string, AnswerFault, string][])('that %s', async ([, fault, reason]) => {
    const { client } = await connectTo(infoWith(fault));
    const reading = client.read('info', {}, { deadlineMs: 1_500 });
    await expect(reading).rejects.toMatchObject({ name: 'EngineError', reason });
    await expect(reading).rejects.not.toThrow(/[\u0000-\u001f]/u);
    // The client is as good as before for the next request.
    await expect(client.read('version', {})).resolves.toMatchObject({ ApiVersion: '1.41' });
    await client.close();
  });

  test('that is reset twice', async () => {
    const { client, host } = await connectTo(infoWith({ kind: 'reset' }));
    await expect(client.read('info', {})).rejects.toMatchObject({ reason: 'connection-reset' });
    expect(host.requests.filter(({ url }) => url === '/v1.41/info')).toHaveLength(2);
    await client.close();
  });

  test('that stops in the middle, by the idle limit', async () => {
    const { client } = await connectTo(infoWith({ kind: 'drip', intervalMs: 3_600_000 }), 100);
    await expect(client.read('info', {})).rejects.toMatchObject({ reason: 'timed-out' });
    await client.close();
  });
});

test('a GET on a connection that died is sent again once', async () => {
  const { client, host } = await connectTo(infoWith({ kind: 'reset' }, 1));
  await expect(client.read('info', {})).resolves.toMatchObject({ Name: 'sample-host' });
  expect(host.requests.filter(({ url }) => url === '/v1.41/info')).toHaveLength(2);
  await client.close();
});

test('a request is cancelled by its signal, also before it starts', async () => {
  const { client } = await connectTo(infoWith({ kind: 'hang' }));
  const controller = new AbortController();
  const reading = client.read('info', {}, { signal: controller.signal });
  controller.abort();
  await expect(reading).rejects.toMatchObject({ reason: 'cancelled' });
  await expect(client.read('version', {}, { signal: controller.signal })).rejects.toMatchObject({
    reason: 'cancelled',
  });
  await client.close();
});

test('connections are kept and used again', async () => {
  const { target, host } = await aSimulatedTarget();
  const client = await EngineClient.connect(target);
  for (let index = 0; index < 20; index += 1) await client.read('version', {});
  expect(host.connections.length).toBeLessThanOrEqual(2);
  await client.close();
});

test('an id that is none is refused before anything is sent', async () => {
  const { client, host } = await connectTo({});
  const before = host.requests.length;
  await expect(client.read('containerInspect', { path: { id: '../../swarm' } })).rejects.toThrow(RangeError);
  expect(host.requests).toHaveLength(before);
  await client.close();
});

test('the name is resolved once: later connections stay with the first address', async () => {
  const { target, host } = await aSimulatedTarget();
  const answers = ['127.0.0.1', '169.254.169.254'];
  let asked = 0;
  const client = await EngineClient.connect({
    ...target,
    address: { transport: 'tcp', host: 'sample-host', port: host.port },
    resolveName: () => Promise.resolve([{ address: answers[asked++] ?? '169.254.169.254', family: 4 }]),
  });
  await Promise.all(Array.from({ length: 4 }, () => client.read('version', {})));
  expect(asked).toBe(1);
  expect(host.connections.length).toBeGreaterThan(1);
  await client.close();
});
