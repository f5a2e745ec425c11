import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import { Agent, request } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import {
  type SimulatedHost,
  type SimulatedHostOptions,
  sampleHostRecording,
  simulatedLabel,
  startFleet,
  startSimulatedHost,
  withContainers,
} from './index.ts';

const start = async (options: SimulatedHostOptions = {}): Promise<SimulatedHost> => {
  const host = await startSimulatedHost(options);
  onTestFinished(() => host.close());
  return host;
};

const connectTo = async (host: SimulatedHost): Promise<EngineClient> => {
  const client = await EngineClient.connect({
    address: parseEngineAddress(host.url),
    tls: host.tls,
    policy: selfHostedHostPolicy,
  });
  onTestFinished(() => client.close());
  return client;
};

test('says of itself that it is simulated, whatever the recording said', async () => {
  const client = await connectTo(await start());
  await expect(client.read('info', {})).resolves.toMatchObject({ Name: 'sample-host', Labels: [simulatedLabel] });
});

test('can only be read', async () => {
  const host = await start();
  const { ca, certificate: cert, key } = host.tls;
  const dispatcher = new Agent({ connect: { ca, cert, key } });
  onTestFinished(() => dispatcher.close());
  const { statusCode, body } = await request(`https://127.0.0.1:${host.port}/v1.41/containers/create`, {
    method: 'POST',
    body: '{}',
    dispatcher,
  });
  await body.dump();
  expect(statusCode).toBe(403);
});

test('asks every client for a certificate of its own authority', async () => {
  const [host, other] = await Promise.all([start(), start()]);
  const target = { address: parseEngineAddress(host.url), policy: selfHostedHostPolicy };
  await expect(EngineClient.connect({ ...target, tls: { ...other.tls, ca: host.tls.ca } })).rejects.toMatchObject({
    reason: 'client-certificate-rejected',
  });
});

test('takes a port that is asked for and says when it is in use', async () => {
  const host = await start();
  await expect(startSimulatedHost({ port: host.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('a fault hits as often as ordered', async () => {
  const host = await start({
    faults: { requests: [{ path: /^\/info$/u, fault: { kind: 'status', status: 500 }, times: 2 }] },
  });
  const client = await connectTo(host);
  await expect(client.read('info', {})).rejects.toMatchObject({ httpStatus: 500 });
  await expect(client.read('info', {})).rejects.toMatchObject({ httpStatus: 500 });
  await expect(client.read('info', {})).resolves.toMatchObject({ Name: 'sample-host' });
});

test('remembers the last requests and connections, however long it lives', async () => {
  const host = await start({ remembered: 2 });
  for (const path of ['info', 'version', 'info'] as const) await (await connectTo(host)).read(path, {});
  expect(host.requests).toHaveLength(2);
  expect(host.requests.at(-1)?.url).toMatch(/\/info$/u);
  expect(host.connections).toHaveLength(2);
});

test('the recording holds nothing of the machine it was made on', async () => {
  const text = JSON.stringify(await sampleHostRecording());
  expect(text).not.toMatch(/plimsoll-dockerd|\/tmp\/(?!["\s])|"plm[0-9a-f]{8}"/u);
});

test('a recording is stretched to any number of containers, each its own', async () => {
  const recording = withContainers(await sampleHostRecording(), 25);
  const client = await connectTo(await start({ recording }));
  const list = await client.read('containerList', { query: { all: '1' } });
  const ids = Array.isArray(list) ? list.map((one: unknown) => String(Reflect.get(Object(one), 'Id'))) : [];
  expect(new Set(ids)).toHaveLength(25);
  await expect(client.read('containerInspect', { path: { id: ids[24] ?? '' } })).resolves.toMatchObject({
    Id: ids[24],
    Name: expect.stringMatching(/^\/.+-24$/u),
  });
});

test('a fleet is many engines, told apart by name and id', async () => {
  const fleet = await startFleet(await sampleHostRecording(), { hosts: 3, containers: 2 });
  onTestFinished(() => fleet.close());
  const infos = await Promise.all(fleet.hosts.map(async (host) => (await connectTo(host)).read('info', {})));
  expect(infos.map((info) => Reflect.get(Object(info), 'Name'))).toEqual(['fleet-0', 'fleet-1', 'fleet-2']);
  expect(new Set(infos.map((info) => Reflect.get(Object(info), 'ID')))).toHaveLength(3);
});
