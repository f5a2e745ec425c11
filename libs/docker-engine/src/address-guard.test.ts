import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { request } from 'undici';
import { guardedAgent, type ResolveName, resolveGuarded } from './address-guard.ts';
import { selfHostedHostPolicy, webhookPolicy } from './address-policy.ts';

/** As of a deployment whose tenants do not trust each other. */
const publicOnly = { ...selfHostedHostPolicy, allowPrivate: false, allowLoopback: false };
const resolveTo =
  (...addresses: string[]): ResolveName =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

const cleanUps: (() => void)[] = [];
afterEach(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

const startServer = async (): Promise<{ port: number; hosts: string[] }> => {
  const hosts: string[] = [];
  const server = createServer((incoming, response) => {
    hosts.push(incoming.headers.host ?? '');
    if (incoming.url === '/redirect') {
      response.writeHead(302, { Location: 'http://169.254.169.254/latest/meta-data/' });
    }
    response.end('hello');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  cleanUps.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port, hosts };
};

describe('resolveGuarded', () => {
  test('gives every address of an allowed name', async () => {
    const resolveName = resolveTo('93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c');
    await expect(resolveGuarded('good.example', publicOnly, { resolveName })).resolves.toEqual([
      { address: '93.184.215.14', family: 4 },
      { address: '2606:2800:21f:cb07:6820:80da:af6b:8b2c', family: 6 },
    ]);
  });

  test.for([
    ['a private address', ['10.0.0.1'], 'PLIMSOLL_HOSTS_ALLOW_PRIVATE'],
    ['a good and a private address', ['93.184.215.14', '192.168.1.1'], 'PLIMSOLL_HOSTS_ALLOW_PRIVATE'],
    ['loopback', ['::1'], 'PLIMSOLL_HOSTS_ALLOW_LOOPBACK'],
    ['the metadata service', ['169.254.169.254'], undefined],
  ] as const)('refuses a name that resolves to %s and names the setting', async ([, addresses, setting]) => {
    const refusal = resolveGuarded('bad.example', publicOnly, { resolveName: resolveTo(...addresses) });
    await expect(refusal).rejects.toMatchObject({ reason: 'address-refused', setting });
    await expect(refusal).rejects.toThrow(setting ?? 'no setting allows that');
  });

  test('refuses numeric addresses by the same rule', async () => {
    await expect(resolveGuarded('169.254.169.254', selfHostedHostPolicy)).rejects.toMatchObject({
      reason: 'address-refused',
    });
  });

  test('judges what the resolver makes of an address in disguise', async () => {
    await expect(resolveGuarded('2130706433', publicOnly)).rejects.toMatchObject({
      reason: expect.stringMatching(/^(?:address-refused|name-not-found)$/u),
    });
  });

  test('says when a name has no address', async () => {
    const resolveName: ResolveName = () => Promise.reject(new Error('getaddrinfo ENOTFOUND'));
    await expect(resolveGuarded('none.example', selfHostedHostPolicy, { resolveName })).rejects.toMatchObject({
      reason: 'name-not-found',
    });
  });

  test('gives up on a resolver that hangs when the caller does', async () => {
    const controller = new AbortController();
    const resolving = resolveGuarded('slow.example', selfHostedHostPolicy, {
      resolveName: () => new Promise(() => undefined),
      signal: controller.signal,
    });
    controller.abort();
    await expect(resolving).rejects.toMatchObject({ reason: 'cancelled' });
  });
});

describe('an agent for webhooks', () => {
  test('connects to the address that was judged and keeps the name in the request', async () => {
    const { port, hosts } = await startServer();
    const policy = { ...webhookPolicy, allowLoopback: true };
    const agent = guardedAgent(policy, { guard: { resolveName: resolveTo('127.0.0.1') } });
    const { body } = await request(`http://hooks.example:${port}/`, { dispatcher: agent });
    await expect(body.text()).resolves.toBe('hello');
    expect(hosts).toEqual([`hooks.example:${port}`]);
    await agent.close();
  });

  test('asks the name once for each connection, so that it can not change between check and use', async () => {
    const { port } = await startServer();
    const answers = ['127.0.0.1', '10.0.0.1'];
    let asked = 0;
    const resolveName: ResolveName = () => resolveTo(answers[asked++] ?? '10.0.0.1')('');
    const agent = guardedAgent({ ...webhookPolicy, allowLoopback: true }, { guard: { resolveName } });
    const { body } = await request(`http://rebinding.example:${port}/`, { dispatcher: agent });
    await body.dump();
    expect(asked).toBe(1);
    await agent.close();
  });

  test('refuses loopback at the socket, whatever the URL looked like', async () => {
    const { port, hosts } = await startServer();
    const agent = guardedAgent(webhookPolicy);
    await expect(request(`http://127.0.0.1:${port}/`, { dispatcher: agent })).rejects.toMatchObject({
      reason: 'address-refused',
      setting: 'PLIMSOLL_WEBHOOKS_ALLOW_LOOPBACK',
    });
    await expect(request(`http://[::ffff:127.0.0.1]:${port}/`, { dispatcher: agent })).rejects.toMatchObject({
      reason: 'address-refused',
    });
    expect(hosts).toEqual([]);
    await agent.close();
  });

  test('does not follow a redirect to the metadata service', async () => {
    const { port } = await startServer();
    const agent = guardedAgent({ ...webhookPolicy, allowLoopback: true });
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/redirect`, { dispatcher: agent });
    await body.dump();
    expect(statusCode).toBe(302);
    await agent.close();
  });
});
