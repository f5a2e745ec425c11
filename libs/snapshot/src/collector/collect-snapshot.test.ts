import { EngineClient, parseEngineAddress, selfHostedHostPolicy } from '@plimsoll/docker-engine';
import {
  type AnswerFault,
  type EngineRecording,
  sampleHostRecording,
  type SimulatedHost,
  startSimulatedHost,
  withContainers,
} from '@plimsoll/engine-simulator';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ContainerEntry, HostSnapshot, valueOf } from '../index.ts';
import { type CollectOptions, collectSnapshot } from './index.ts';

const now = new Date('2026-11-24T12:00:00Z');

interface Scan {
  snapshot: HostSnapshot;
  host: SimulatedHost;
  paths: string[];
}

const scan = async (
  { recording, faults = [] }: { recording?: EngineRecording; faults?: { path: RegExp; fault: AnswerFault }[] } = {},
  options: Partial<CollectOptions> = {},
): Promise<Scan> => {
  const host = await startSimulatedHost({
    ...(recording === undefined ? {} : { recording }),
    faults: { requests: faults },
  });
  onTestFinished(() => host.close());
  const client = await EngineClient.connect({
    address: parseEngineAddress(host.url),
    tls: host.tls,
    policy: selfHostedHostPolicy,
  });
  onTestFinished(() => client.close());
  const snapshot = await collectSnapshot(client, {
    processLists: true,
    endpointProbe: false,
    simulated: true,
    now,
    ...options,
  });
  return { snapshot, host, paths: host.requests.map(({ url }) => url.replace(/^\/v[\d.]+/u, '')) };
};

const namesOf = (snapshot: HostSnapshot): string[] => valueOf(snapshot.containers)?.map(({ name }) => name) ?? [];
const containerOf = (snapshot: HostSnapshot, name: string): ContainerEntry | undefined =>
  valueOf(snapshot.containers)?.find((container) => container.name === name);

test('the sample host becomes a whole and valid snapshot', async () => {
  const { snapshot } = await scan({}, { endpointProbe: true });
  expect(HostSnapshot.parse(snapshot)).toEqual(snapshot);
  expect(JSON.parse(JSON.stringify(snapshot))).toEqual(JSON.parse(JSON.stringify(HostSnapshot.parse(snapshot))));
  expect(snapshot).toMatchObject({ simulated: true, apiVersion: '1.41', takenAt: now.toISOString(), notes: [] });
  expect(valueOf(snapshot.info)?.Labels).toEqual(['plimsoll.simulated=true']);
  expect(namesOf(snapshot)).toHaveLength(11);
  expect(valueOf(snapshot.endpoint)?.anonymousTls?.outcome).toBe('refused');
  for (const container of valueOf(snapshot.containers) ?? []) {
    const runs = container.state === 'running';
    expect(container).toHaveProperty('inspect.value');
    expect({ name: container.name, sampled: 'value' in container.stats }).toMatchObject({ sampled: runs });
    expect({ name: container.name, listed: 'value' in container.processes }).toMatchObject({ listed: runs });
  }
});

test('each thing is asked for once and nothing is asked for in vain', async () => {
  const { paths, snapshot } = await scan();
  expect(new Set(paths).size).toBe(paths.length);
  const running = valueOf(snapshot.containers)?.filter(({ state }) => state === 'running') ?? [];
  expect(paths.filter((path) => path.includes('/top'))).toHaveLength(running.length);
  expect(paths.filter((path) => path.includes('/stats'))).toHaveLength(running.length);
  expect(paths.filter((path) => /^\/(?:nodes|services|tasks|secrets|configs|swarm)/u.test(path))).toEqual([]);
});

test('a host that answers at once is spared the connections for one that lets us wait', async () => {
  const recording = withContainers(await sampleHostRecording(), 60);
  const prompt = await scan({ recording }, { promptMs: 600_000 });
  const waiting = await scan(
    { recording, faults: [{ path: /\/stats$/u, fault: { kind: 'slow', delayMs: 300 } }] },
    { promptMs: 10 },
  );
  expect(prompt.host.connections.length).toBeLessThan(waiting.host.connections.length);
  for (const { snapshot } of [prompt, waiting]) {
    const running = valueOf(snapshot.containers)?.filter(({ state }) => state === 'running') ?? [];
    expect(running.filter(({ stats }) => 'value' in stats)).toHaveLength(running.length);
  }
});

test('with process lists off no list is asked for', async () => {
  const { paths, snapshot } = await scan({}, { processLists: false });
  expect(paths.filter((path) => path.includes('/top'))).toEqual([]);
  expect(containerOf(snapshot, 'shop-api-1')?.processes).toMatchObject({ missing: 'not-requested' });
  expect(snapshot.settings).toEqual({ processLists: false, hostFiles: false });
});

test('Podman is never asked for process lists, for it would run code of the image', async () => {
  const sample = await sampleHostRecording();
  const { paths, snapshot } = await scan({
    recording: { ...sample, server: 'Libpod/4.3.1 (linux)', headers: { 'Libpod-API-Version': '4.3.1' } },
  });
  expect(paths.filter((path) => path.includes('/top'))).toEqual([]);
  expect(containerOf(snapshot, 'shop-api-1')?.processes).toMatchObject({ missing: 'not-supported' });
});

test('an engine before API 1.41 is spared the samples that would take it seconds each', async () => {
  const sample = await sampleHostRecording();
  const { paths } = await scan({ recording: { ...sample, apiVersion: '1.40' } });
  expect(paths.filter((path) => path.includes('/stats'))).toEqual([]);
});

describe('what fails leaves the rest usable', () => {
  const idOf = async (name: string): Promise<string> => {
    const list = (await sampleHostRecording()).answers['/containers/json'];
    const found: unknown = Array.isArray(list) ? list.find((one) => JSON.stringify(one).includes(`/${name}"`)) : {};
    return String(Reflect.get(Object(found), 'Id'));
  };

  test('one hanging inspect has its own deadline and the rest goes on', async () => {
    const path = new RegExp(`^/containers/${await idOf('shop-db-1')}/json$`, 'u');
    const { snapshot } = await scan({ faults: [{ path, fault: { kind: 'hang' } }] }, { requestDeadlineMs: 1_000 });
    expect(containerOf(snapshot, 'shop-db-1')?.inspect).toMatchObject({ missing: 'timed-out' });
    const others = valueOf(snapshot.containers)?.filter(({ inspect }) => 'value' in inspect);
    expect(others).toHaveLength(10);
  });

  test('a container that vanishes between list and inspect is a note', async () => {
    const path = new RegExp(`^/containers/${await idOf('shop-db-1')}/json$`, 'u');
    const { snapshot } = await scan({ faults: [{ path, fault: { kind: 'vanish' } }] });
    expect(namesOf(snapshot)).not.toContain('shop-db-1');
    expect(snapshot.notes).toEqual([
      { part: 'containers', subject: 'shop-db-1', reason: 'vanished', detail: expect.any(String) },
    ]);
  });

  test.for([
    ['/images/json', 'images', { kind: 'status', status: 403 }, 'denied'],
    ['/networks', 'networks', { kind: 'status', status: 500, message: 'no' }, 'engine-error'],
    ['/volumes', 'volumes', { kind: 'not-json' }, 'malformed'],
    ['/plugins', 'plugins', { kind: 'vanish' }, 'not-found'],
    ['/info', 'info', { kind: 'body', body: 'a text' }, 'malformed'],
    ['/version', 'version', { kind: 'redirect', location: 'http://x/' }, 'engine-error'],
    ['/containers/json', 'containers', { kind: 'deep-nesting', depth: 1_000 }, 'malformed'],
    ['/containers/json', 'containers', { kind: 'body', body: [{ Id: 7 }] }, 'malformed'],
  ] as const satisfies [string, keyof HostSnapshot, AnswerFault, string][])(
    'when %s fails only the part %s is missing',
    async ([path, part, fault, missing]) => {
      const { snapshot } = await scan({ faults: [{ path: new RegExp(`^${path}$`, 'u'), fault }] });
      expect(snapshot[part]).toMatchObject({ missing });
      const parts = ['version', 'info', 'containers', 'images', 'networks', 'volumes', 'plugins'] as const;
      expect(parts.filter((other) => 'missing' in snapshot[other])).toEqual([part]);
    },
  );

  test('without /info nobody knows whether there is a swarm', async () => {
    const { snapshot } = await scan({ faults: [{ path: /^\/info$/u, fault: { kind: 'status', status: 403 } }] });
    expect(snapshot.swarm).toMatchObject({ missing: 'denied' });
  });

  test('the variables of a service are judged, those of its earlier version too', async () => {
    const specification = (entry: string) => ({
      Name: 'web',
      TaskTemplate: { ContainerSpec: { Args: ['--password', 's3cretvalue'], Env: [entry] } },
    });
    const info = valueOf((await scan()).snapshot.info);
    const { snapshot } = await scan({
      faults: [
        {
          path: /^\/info$/u,
          fault: { kind: 'body', body: { ...info, Swarm: { LocalNodeState: 'active', ControlAvailable: true } } },
        },
        {
          path: /^\/services$/u,
          fault: {
            kind: 'body',
            body: [{ ID: 's1', Spec: specification('MODE=a'), PreviousSpec: specification('DB_PASSWORD=s3cretvalue') }],
          },
        },
      ],
    });
    const [service] = valueOf(valueOf(snapshot.swarm)?.services) ?? [];
    expect(service?.Spec?.TaskTemplate?.ContainerSpec?.environment).toMatchObject([{ name: 'MODE' }]);
    expect(service?.PreviousSpec?.TaskTemplate?.ContainerSpec?.environment).toMatchObject([
      { name: 'DB_PASSWORD', verdict: { kind: 'secret' } },
    ]);
    expect(service?.secretSightings?.map(({ where }) => where)).toContain(
      'PreviousSpec.TaskTemplate.ContainerSpec.Args',
    );
    expect(JSON.stringify(snapshot)).not.toContain('s3cretvalue');
  });

  test('a sample or a process list that fails is named where it belongs', async () => {
    const { snapshot } = await scan({
      faults: [
        { path: /\/stats$/u, fault: { kind: 'status', status: 500, message: 'token=s3cretvalue' } },
        { path: /\/top$/u, fault: { kind: 'status', status: 409 } },
      ],
    });
    const container = containerOf(snapshot, 'shop-api-1');
    expect(container).toMatchObject({ stats: { missing: 'engine-error' }, processes: { missing: 'engine-error' } });
    expect(JSON.stringify(container?.stats)).not.toContain('s3cretvalue');
    expect(container?.inspect).toHaveProperty('value');
  });

  test('an id that would lead elsewhere is not asked for', async () => {
    const { snapshot, paths } = await scan({
      faults: [{ path: /^\/containers\/json$/u, fault: { kind: 'body', body: [{ Id: '../swarm/unlockkey?x=' }] } }],
    });
    expect(paths.filter((path) => path.includes('unlockkey'))).toEqual([]);
    expect(valueOf(snapshot.containers)?.[0]?.inspect).toMatchObject({ missing: 'malformed' });
  });

  test('a host that goes away in the middle ends the scan soon, and says so in every part', async () => {
    const recording = withContainers(await sampleHostRecording(), 200);
    const host = await startSimulatedHost({ recording });
    const client = await EngineClient.connect({
      address: parseEngineAddress(host.url),
      tls: host.tls,
      policy: selfHostedHostPolicy,
    });
    let closing: Promise<void> | undefined;
    const snapshot = await collectSnapshot(client, {
      processLists: true,
      endpointProbe: false,
      now,
      onProgress: ({ requestsDone }) => {
        if (requestsDone === 50) closing = host.close();
      },
    });
    await closing;
    await client.close();
    const inspects = valueOf(snapshot.containers)?.map(({ inspect }) => inspect) ?? [];
    expect(inspects).toHaveLength(200);
    expect(inspects.at(-1)).toMatchObject({ missing: 'connection-lost' });
    expect(HostSnapshot.safeParse(snapshot).success).toBe(true);
  });
});

test('a host of many large containers is read up to the budget of a scan, and no further', async () => {
  const sample = await sampleHostRecording();
  const padding = 'x'.repeat(100_000);
  const { snapshot, host } = await scan(
    {
      recording: withContainers(sample, 300),
      faults: [{ path: /^\/containers\/[0-9a-f]+\/json$/u, fault: { kind: 'body', body: { padding } } }],
    },
    { answerBudgetBytes: 4_000_000 },
  );
  const inspects = valueOf(snapshot.containers)?.map(({ inspect }) => inspect) ?? [];
  expect(inspects).toHaveLength(300);
  const beyond = inspects.filter((inspect) => 'missing' in inspect);
  expect(beyond.length).toBeGreaterThan(250);
  expect(new Set(beyond.map(({ missing }) => missing))).toEqual(new Set(['too-large']));
  expect(beyond[0]?.detail).toContain('4000000 bytes');
  // Up to as many as there are connections are under way when the budget is spent.
  expect(host.requests.filter(({ url }) => /\/containers\/[0-9a-f]+\/json$/u.test(url)).length).toBeLessThan(60);
  expect(HostSnapshot.safeParse(snapshot).success).toBe(true);
});

test('a scan is cancelled by its signal', async () => {
  const controller = new AbortController();
  const scanning = scan(
    { faults: [{ path: /\/stats$/u, fault: { kind: 'hang' } }] },
    { signal: controller.signal, onProgress: ({ requestsDone }) => requestsDone > 10 && controller.abort() },
  );
  await expect(scanning).rejects.toMatchObject({ name: 'EngineError', reason: 'cancelled' });
});

test('names with control characters arrive without them', async () => {
  const { snapshot } = await scan({
    faults: [{ path: /^\/(?:containers|networks)/u, fault: { kind: 'control-characters' } }],
  });
  expect(namesOf(snapshot)).toHaveLength(11);
  expect(JSON.stringify(snapshot)).not.toMatch(/\\u0000|\\u001b|\\r|\u202e/u);
});

test('what a container adds to its image is told apart from what the image brings', async () => {
  const { snapshot } = await scan();
  const container = containerOf(snapshot, 'shop-api-1');
  const environment = valueOf(container?.inspect)?.Config?.environment;
  expect(environment?.find(({ name }) => name === 'LOG_LEVEL')).toMatchObject({ fromImage: true });
  expect(environment?.find(({ name }) => name === 'JWT_SECRET')).toEqual({
    name: 'JWT_SECRET',
    verdict: { kind: 'secret', detector: 'name:secret' },
    fromImage: false,
  });
});

test('secrets in the history of an image are seen and gone', async () => {
  const { snapshot } = await scan();
  const image = valueOf(snapshot.images)?.find(({ repoTags }) => repoTags[0]?.includes('shop-api'));
  expect(image?.secretSightings).toContainEqual({
    where: expect.stringMatching(/^history\[\d+\]\.CreatedBy$/u),
    detector: 'format:npm-token',
  });
});
