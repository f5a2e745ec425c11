import type {
  ContainerConfig,
  ContainerEntry,
  ContainerInspect,
  EndpointFacts,
  EngineInfo,
  EngineNetwork,
  EngineVersion,
  HostConfig,
  HostFiles,
  HostSnapshot,
  ImageEntry,
  ImageInspect,
  Part,
} from '@plimsoll/snapshot';
import type { Check } from '../engine/check.ts';
import { type CheckResult, judge } from '../engine/judge.ts';

const missing = { missing: 'not-requested', detail: 'not part of this test' } as const;

/** What a part is made of in a test: its value, or a missing part as it stands. */
type Given<T> = T | Extract<Part<T>, { missing: string }>;
const asPart = <T extends object>(given: Given<T> | undefined): Part<T> =>
  given === undefined ? missing : 'missing' in given ? given : { value: given };

export interface GivenSnapshot {
  info?: Given<Partial<EngineInfo>>;
  version?: Given<Partial<EngineVersion>>;
  endpoint?: Given<EndpointFacts>;
  containers?: Given<ContainerEntry[]>;
  images?: Given<ImageEntry[]>;
  networks?: HostSnapshot['networks'];
  volumes?: HostSnapshot['volumes'];
  plugins?: HostSnapshot['plugins'];
  swarm?: HostSnapshot['swarm'];
  ping?: HostSnapshot['ping'];
  hostFiles?: Given<HostFiles>;
  earlier?: HostSnapshot['earlier'];
  takenAt?: string;
}

const aSaneInfo: Partial<EngineInfo> = {
  OSType: 'linux',
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  ServerVersion: '28.5.2',
  SecurityOptions: ['name=seccomp,profile=builtin'],
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsQuota: true,
  CpuCfsPeriod: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  CgroupDriver: 'systemd',
  CgroupVersion: '2',
  DockerRootDir: '/var/lib/docker',
  NCPU: 4,
  MemTotal: 8 * 1024 ** 3,
  DefaultRuntime: 'runc',
  Warnings: null,
};

const aSaneVersion: Partial<EngineVersion> = { Version: '28.5.2', ApiVersion: '1.51', Os: 'linux', Arch: 'amd64' };

/** A snapshot of a sane Linux host without containers; name only what matters to the test. */
export const aSnapshot = (given: GivenSnapshot = {}): HostSnapshot => ({
  schemaVersion: 1,
  takenAt: given.takenAt ?? '2026-11-24T12:00:00.000Z',
  simulated: false,
  settings: { processLists: true },
  apiVersion: '1.51',
  endpoint: asPart<EndpointFacts>(given.endpoint),
  version: asPart<EngineVersion>(merged<EngineVersion>(aSaneVersion, given.version)),
  info: asPart<EngineInfo>(merged<EngineInfo>(aSaneInfo, given.info)),
  ping: given.ping ?? missing,
  containers: asPart<ContainerEntry[]>(given.containers ?? []),
  images: asPart<ImageEntry[]>(given.images ?? []),
  networks: given.networks ?? { value: [] },
  volumes: given.volumes ?? { value: [] },
  plugins: given.plugins ?? { value: [] },
  swarm: given.swarm ?? { missing: 'not-supported', detail: 'not a swarm manager' },
  hostFiles: asPart<HostFiles>(given.hostFiles),
  notes: [],
  ...(given.earlier === undefined ? {} : { earlier: given.earlier }),
});

const merged = <T extends object>(sane: Partial<T>, given: Given<Partial<T>> | undefined): Given<T> => {
  if (given !== undefined && 'missing' in given) return given;
  // Every field of the engine's answers may be undefined, so a partial one is a whole one.
  return { ...sane, ...given } as T;
};

export interface GivenContainer extends Partial<Omit<ContainerEntry, 'inspect'>> {
  hostConfig?: Partial<HostConfig>;
  config?: Partial<ContainerConfig>;
  inspect?: Partial<ContainerInspect> | Extract<ContainerEntry['inspect'], { missing: string }>;
}

/** A running container `web` with nothing set; name only what matters. */
export const aContainer = ({ hostConfig, config, inspect, ...entry }: GivenContainer = {}): ContainerEntry => {
  const name = entry.name ?? 'web';
  const state = entry.state ?? 'running';
  const whole = {
    Id: entry.id ?? `id-of-${name}`,
    Name: `/${name}`,
    State: { Status: state, Running: state === 'running' },
    HostConfig: { NetworkMode: 'bridge', Privileged: false, ...hostConfig },
    Config: { User: '', Labels: entry.labels ?? {}, ...config },
    Mounts: [],
  };
  return {
    id: `id-of-${name}`,
    name,
    state,
    image: 'example/web:1',
    imageId: 'sha256:0123456789abcdef',
    labels: {},
    stats: missing,
    processes: missing,
    execs: { value: [] },
    secretSightings: [],
    ...entry,
    // As above: all fields may be undefined.
    inspect: inspect !== undefined && 'missing' in inspect ? inspect : { value: { ...whole, ...inspect } },
  };
};

export interface GivenImage extends Partial<Omit<ImageEntry, 'inspect' | 'history'>> {
  config?: Partial<ContainerConfig>;
  inspect?: Partial<ImageInspect> | Extract<ImageEntry['inspect'], { missing: string }>;
  history?: ImageEntry['history'];
}

/** An image `example/web:1`; name only what matters. */
export const anImage = ({ config, inspect, history, ...entry }: GivenImage = {}): ImageEntry => {
  const id = entry.id ?? 'sha256:0123456789abcdef';
  const repoTags = entry.repoTags ?? ['example/web:1'];
  return {
    id,
    repoTags,
    repoDigests: [],
    created: 1_780_000_000,
    size: 10_000_000,
    secretSightings: [],
    history: history ?? { value: [] },
    ...entry,
    // As above: all fields may be undefined.
    inspect:
      inspect !== undefined && 'missing' in inspect
        ? inspect
        : { value: { Id: id, RepoTags: repoTags, Config: { User: '', ...config }, ...inspect } },
  };
};

/** A network with nothing set; name only what matters. */
export const aNetwork = (given: Partial<EngineNetwork> = {}): EngineNetwork =>
  // As above: all fields may be undefined.
  ({ Id: `id-of-${given.Name ?? 'network'}`, Scope: 'local', Labels: {}, ...given });

/** The results of one check over a snapshot. */
export const resultsOf = (
  check: Check,
  snapshot: HostSnapshot,
  parameters: Record<string, unknown> = {},
): CheckResult[] => judge(snapshot, [check], { [check.id]: parameters });

/** Only the outcomes, in order. */
export const outcomesOf = (check: Check, snapshot: HostSnapshot, parameters: Record<string, unknown> = {}): string[] =>
  resultsOf(check, snapshot, parameters).map(({ outcome }) => outcome);
