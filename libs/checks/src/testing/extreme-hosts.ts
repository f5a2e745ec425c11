import { HostSnapshot } from '@plimsoll/snapshot';

/** A snapshot as plain JSON, as a file or a hostile engine may bring it. */
const hostOf = (parts: Record<string, unknown>): HostSnapshot =>
  HostSnapshot.parse({
    schemaVersion: 1,
    takenAt: '2026-11-24T12:00:00.000Z',
    simulated: false,
    settings: { processLists: true },
    apiVersion: '1.51',
    ...Object.fromEntries(
      [
        'endpoint',
        'version',
        'info',
        'ping',
        'containers',
        'images',
        'networks',
        'volumes',
        'plugins',
        'swarm',
        'hostFiles',
      ].map((part) => [part, { missing: 'not-requested', detail: 'not part of this test' }]),
    ),
    notes: [],
    ...Object.fromEntries(Object.entries(parts).map(([part, value]) => [part, { value }])),
  });
const aContainerOf = (inspect: unknown, rest: Record<string, unknown> = {}) => ({
  id: 'c1',
  name: 'web',
  labels: {},
  inspect: { value: inspect },
  stats: { missing: 'timed-out', detail: 'after 5 s' },
  processes: { missing: 'timed-out', detail: 'after 5 s' },
  execs: { missing: 'timed-out', detail: 'after 5 s' },
  secretSightings: [],
  ...rest,
});
const anImageOf = (inspect: unknown, history: unknown = []) => ({
  id: 'sha256:aa',
  repoTags: ['app:1'],
  repoDigests: [],
  size: 1,
  inspect: { value: inspect },
  history: { value: history },
  secretSightings: [],
});

/** A host that answers every question with an empty object. */
export const emptyHost = (): HostSnapshot =>
  hostOf({
    version: {},
    info: {},
    ping: {},
    containers: [aContainerOf({}), aContainerOf({ State: {}, HostConfig: {}, Config: {}, NetworkSettings: {} })],
    images: [{ ...anImageOf({}), history: { missing: 'denied', detail: '403' } }],
    networks: [{}],
    volumes: [{}],
    plugins: [{}],
  });

/** One container, one image and a daemon of which everything is absurdly large. */
export const hugeHost = (): HostSnapshot => {
  const many = <T>(count: number, item: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => item(index));
  const manyKeys = (count: number, value: unknown) =>
    Object.fromEntries(many(count, (index) => [`${index}/tcp`, value]));
  const long = 'x/../'.repeat(50_000);
  const deep = `seccomp={"defaultAction":${'['.repeat(50_000)}`;
  const texts = many(130_000, (index) => `text-${index}`);
  const huge = {
    State: { Status: 'running' },
    Image: long,
    HostConfig: {
      Privileged: false,
      NetworkMode: long,
      CapAdd: texts,
      CapDrop: texts,
      SecurityOpt: [...texts, deep],
      Binds: texts,
      DeviceCgroupRules: texts,
      GroupAdd: texts,
      Devices: many(5_000, () => ({ PathOnHost: '/dev/sda', PathInContainer: long, CgroupPermissions: 'rwm' })),
      Ulimits: many(5_000, () => ({ Name: 'nofile', Soft: -1, Hard: Number.MAX_SAFE_INTEGER })),
      PortBindings: manyKeys(5_000, [{ HostIp: '', HostPort: '0-99999999' }]),
      PublishAllPorts: true,
      Memory: Number.MAX_VALUE,
      PidsLimit: -Number.MAX_VALUE,
      CgroupParent: '*'.repeat(10_000),
    },
    Config: { User: long, Image: long, Labels: manyKeys(5_000, 'x'), Healthcheck: { Test: texts }, Cmd: texts },
    NetworkSettings: {
      Ports: manyKeys(5_000, [{ HostIp: '0.0.0.0', HostPort: '99999999' }]),
      Networks: manyKeys(5_000, { NetworkID: 'n1' }),
    },
    Mounts: [
      ...many(5_000, () => ({ Type: 'bind', Source: '/etc', Destination: '/x', RW: true, Propagation: 'shared' })),
      { Type: 'bind', Source: '/x'.repeat(100_000), Destination: '/z', RW: true, Propagation: '' },
      { Type: 'bind', Source: long, Destination: long, RW: true, Propagation: '' },
      { Type: 'volume', Name: 'data', Driver: 'local', Source: '/x', Destination: '/y', RW: true, Propagation: '' },
    ],
  };
  return hostOf({
    version: {
      Version: '9'.repeat(100_000),
      Components: many(5_000, () => ({ Name: 'Engine', Version: long.slice(0, 99) })),
    },
    info: {
      OSType: 'linux',
      SecurityOptions: texts,
      Warnings: texts,
      Labels: texts,
      KernelVersion: '6.'.repeat(50_000),
    },
    containers: [
      aContainerOf(huge, {
        execs: { value: many(5_000, (index) => ({ id: `e${index}`, user: 'root', privileged: true })) },
      }),
    ],
    images: [
      anImageOf(
        {
          Os: 'linux',
          Config: { User: long, ExposedPorts: manyKeys(5_000, {}), Cmd: texts },
          RootFS: { Layers: texts },
        },
        many(5_000, () => ({ CreatedBy: `RUN ${long.slice(0, 500)}`, Size: 1 })),
      ),
    ],
    networks: many(5_000, (index) => ({ Id: `n${index}`, Name: 'bridge', Driver: 'bridge', Options: {} })),
    volumes: [
      {
        Name: 'data',
        Driver: 'local',
        Options: { type: 'overlay', o: `lowerdir=${'/etc:'.repeat(150_000)}`, device: 'overlay' },
      },
    ],
    plugins: many(5_000, () => ({ Name: 'x', Enabled: true })),
  });
};
