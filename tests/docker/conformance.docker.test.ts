import { type ContainerEntry, HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { startSimulatedHost } from '@plimsoll/engine-simulator';
import { testConnection } from '@plimsoll/docker-engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithDocker } from './availability.ts';
import { startDockerd } from './dockerd.ts';
import { populateSampleHost } from './sample-host.ts';
import { scanOnce, targetOf } from './scan.ts';

interface Engine {
  readonly url: string;
  readonly tls: { ca: string; certificate: string; key: string };
  stop(): Promise<void>;
}

/** What must hold for every engine with the sample host's containers, recorded or real. */
const conformance = (start: () => Promise<Engine>): void => {
  let engine: Engine;
  let snapshot: HostSnapshot;
  beforeAll(async () => {
    engine = await start();
    snapshot = await scanOnce(targetOf(engine));
  }, 120_000);
  afterAll(() => engine.stop(), 60_000);

  const containers = (): ContainerEntry[] => valueOf(snapshot.containers) ?? [];
  const containerNamed = (name: string): ContainerEntry | undefined => containers().find((one) => one.name === name);

  test('the connection test finds the engine', async () => {
    await expect(testConnection(targetOf(engine))).resolves.toMatchObject({
      ok: true,
      apiVersion: '1.41',
      engine: { version: '20.10.24+dfsg1', containers: 11 },
    });
  });

  test('the snapshot is valid and no part of it is missing', () => {
    expect(HostSnapshot.parse(snapshot)).toEqual(snapshot);
    const parts = [
      'endpoint',
      'version',
      'info',
      'ping',
      'containers',
      'images',
      'networks',
      'volumes',
      'plugins',
    ] as const;
    expect(parts.filter((part) => 'missing' in snapshot[part])).toEqual([]);
    for (const image of valueOf(snapshot.images) ?? []) {
      expect(image).toHaveProperty('inspect.value');
      expect(image).toHaveProperty('history.value');
    }
    expect(snapshot.notes).toEqual([]);
  });

  test('every container that runs has a sample and its processes, as numbers of the host', () => {
    const running = containers().filter(({ state }) => state === 'running');
    expect(running).toHaveLength(9);
    for (const { stats, processes } of running) {
      expect(valueOf(stats)?.memory_stats?.usage).toBeGreaterThan(0);
      const [first] = valueOf(processes) ?? [];
      expect(first).toMatchObject({ pid: expect.any(Number), parentPid: expect.any(Number) });
      expect(first?.user).toMatch(/^\d+$/u);
      expect(first?.command).toMatch(/sleep|httpd/u);
    }
    expect(valueOf(containerNamed('shop-web-1')?.processes)?.[0]).toMatchObject({ user: '1000', group: '1000' });
  });

  test('what is dangerous shows', () => {
    const hostConfigOf = (name: string) => valueOf(containerNamed(name)?.inspect)?.HostConfig;
    expect(hostConfigOf('runner-1')).toMatchObject({ Privileged: true });
    expect(hostConfigOf('node-exporter')).toMatchObject({ NetworkMode: 'host', PidMode: 'host' });
    expect(hostConfigOf('debug-shell')?.SecurityOpt).toContain('seccomp=unconfined');
    expect(hostConfigOf('nightly-backup')?.CapAdd).toEqual(['SYS_ADMIN']);
    expect(valueOf(containerNamed('ops-portainer-1')?.inspect)?.Mounts).toContainEqual(
      expect.objectContaining({ Source: '/var/run', Destination: '/var/run', RW: true }),
    );
  });

  test('networks tell who is attached', () => {
    const network = valueOf(snapshot.networks)?.find(({ Name }) => Name === 'shop_back');
    expect(Object.values(network?.Containers ?? {}).map(({ Name }) => Name)).toContain('shop-db-1');
  });

  test('no secret of the host is in the snapshot', () => {
    expect(JSON.stringify(snapshot)).not.toMatch(/Tr0ub4dor|npm_x7Kq|AKIAIOSFODNN7|wJalrXUtnFEMI|glrt-k3Jh|k9Zp2vQx7/u);
    const environment = valueOf(containerNamed('shop-db-1')?.inspect)?.Config?.environment;
    expect(environment?.find(({ name }) => name === 'POSTGRES_PASSWORD')?.verdict.kind).toBe('secret');
  });

  test('strangers are kept out', () => {
    const endpoint = valueOf(snapshot.endpoint);
    expect(['refused', 'closed']).toContain(endpoint?.anonymousTls?.outcome);
    expect(['refused', 'closed']).toContain(endpoint?.foreignCertificate?.outcome);
    expect(['refused', 'closed']).toContain(endpoint?.plainHttp?.outcome);
    expect(endpoint?.acceptableAuthorities).toHaveLength(1);
  });
};

describe('the simulated sample host', () => {
  conformance(async () => {
    const host = await startSimulatedHost();
    return { url: host.url, tls: host.tls, stop: () => host.close() };
  });
});

describeWithDocker('a real dockerd', () => {
  conformance(async () => {
    const dockerd = await startDockerd({ name: 'conform' });
    await populateSampleHost(dockerd);
    return dockerd;
  });
});
