import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { Agent, request } from 'node:http';
import type { ClientRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilClientLeaves } from './until-client-leaves.ts';

let server: FastifyInstance;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const seen: { signal: AbortSignal; socket: Socket }[] = [];
const hanging = Promise.withResolvers<AbortSignal>();
beforeAll(async () => {
  server = fastify();
  server.post('/quick', (incoming, reply) => {
    seen.push({ signal: untilClientLeaves(reply), socket: incoming.raw.socket });
    return 'done';
  });
  server.post('/hanging', (_incoming, reply) => {
    hanging.resolve(untilClientLeaves(reply));
    return new Promise(() => undefined);
  });
  await server.listen({ port: 0 });
});
afterAll(() => {
  agent.destroy();
  return server.close();
});

const post = (path: string): ClientRequest => {
  const { port } = server.server.address() as AddressInfo;
  const outgoing = request({ port, path, method: 'POST', agent, headers: { 'content-type': 'application/json' } });
  outgoing.end('{}');
  return outgoing;
};

test('a client that hangs up before the answer ends the work', async () => {
  const outgoing = post('/hanging');
  outgoing.on('error', () => undefined);
  const signal = await hanging.promise;
  expect(signal.aborted).toBe(false);
  const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  outgoing.destroy();
  await aborted;
});

test('a kept connection gathers nothing of the requests that were answered', async () => {
  for (let turn = 0; turn < 12; turn += 1) {
    await new Promise<void>((resolve, reject) => {
      post('/quick')
        .on('response', (answer) => answer.on('end', resolve).resume())
        .on('error', reject);
    });
  }
  const sockets = new Set(seen.map(({ socket }) => socket));
  expect([...sockets].map((socket) => socket.listenerCount('close') < 5)).toEqual([true]);
  expect(seen.filter(({ signal }) => signal.aborted)).toEqual([]);
});
