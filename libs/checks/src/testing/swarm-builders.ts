import type {
  EngineInfo,
  HostSnapshot,
  Part,
  SwarmInfo,
  SwarmNode,
  SwarmObjects,
  SwarmService,
} from '@plimsoll/snapshot';
import { type GivenSnapshot, aSnapshot } from './builders.ts';

const missing = { missing: 'not-supported', detail: 'Only managers keep these.' } as const;
type Lists = { [Name in keyof SwarmObjects]: Extract<SwarmObjects[Name], { value: unknown }>['value'] };

export interface GivenSwarm {
  swarm?: Partial<SwarmInfo>;
  objects?: { [Name in keyof Lists]?: Lists[Name] | Extract<Part<unknown>, { missing: string }> };
  rest?: Omit<GivenSnapshot, 'info' | 'swarm'>;
}

const asPart = <T>(given: T | Extract<Part<T>, { missing: string }> | undefined, empty: T): Part<T> => {
  if (given === undefined) return { value: empty };
  return typeof given === 'object' && given !== null && 'missing' in given ? given : { value: given };
};

/** A manager of a swarm with nothing in it; name only what matters. */
export const aManager = ({ swarm, objects = {}, rest = {} }: GivenSwarm = {}): HostSnapshot => {
  const info: Partial<EngineInfo> = {
    Swarm: {
      NodeID: 'n1',
      LocalNodeState: 'active',
      ControlAvailable: true,
      Error: '',
      Managers: 1,
      Nodes: 1,
      ...swarm,
    },
  };
  const parts: SwarmObjects = {
    nodes: asPart(objects.nodes, []),
    services: asPart(objects.services, []),
    tasks: asPart(objects.tasks, []),
    secrets: asPart(objects.secrets, []),
    configs: asPart(objects.configs, []),
  };
  return aSnapshot({ ...rest, info, swarm: { value: parts } });
};

/** Hosts on which a check about the whole swarm can not be decided, each with the outcome that all such checks give. */
export const notManagers: readonly (readonly [string, HostSnapshot, string])[] = [
  ['out of any swarm', aHostInState('inactive'), 'not-applicable'],
  ['on an engine that leaves the state empty', aHostInState(''), 'not-applicable'],
  ['on a worker', aHostInState('active'), 'unknown'],
  ['while joining', aHostInState('pending'), 'unknown'],
  ['in error', aHostInState('error'), 'unknown'],
  ['where the swarm was not seen', aSnapshot({ swarm: { value: nothing() } }), 'unknown'],
  [
    'on Podman',
    aSnapshot({ version: { Components: [{ Name: 'Podman Engine' }] }, swarm: { value: nothing() } }),
    'not-applicable',
  ],
];

function nothing(): SwarmObjects {
  return { nodes: missing, services: missing, tasks: missing, secrets: missing, configs: missing };
}

/** A daemon that is no manager, or a manager in a state other than active. */
export function aHostInState(LocalNodeState: string): HostSnapshot {
  return aSnapshot({
    info: { Swarm: { LocalNodeState, ControlAvailable: false, Error: '' } },
    swarm: { value: nothing() },
  });
}

/** A node that is ready and reachable. */
export const aNode = (
  ID: string,
  role: 'manager' | 'worker' = 'worker',
  given: Partial<SwarmNode> = {},
): SwarmNode => ({
  ID,
  Spec: { Role: role, Availability: 'active' },
  Status: { State: 'ready' },
  Description: { Hostname: `host-${ID}`, Platform: { OS: 'linux' }, Engine: { EngineVersion: '29.9.0' } },
  ...(role === 'manager' ? { ManagerStatus: { Reachability: 'reachable' } } : {}),
  ...given,
});

type ServiceSpec = NonNullable<SwarmService['Spec']>;
type Template = NonNullable<ServiceSpec['TaskTemplate']>;

/** A replicated service `web` that asks for nothing. */
export const aService = (
  specification: Partial<NonNullable<Template['ContainerSpec']>> = {},
  {
    template,
    spec,
    ...rest
  }: Partial<SwarmService> & { template?: Partial<Template>; spec?: Partial<ServiceSpec> } = {},
): SwarmService => ({
  ID: 's1',
  Spec: {
    Name: 'web',
    Mode: { Replicated: { Replicas: 2 } },
    TaskTemplate: { ContainerSpec: { Image: 'example/web:1', environment: [], ...specification }, ...template },
    ...spec,
  },
  Endpoint: {},
  secretSightings: [],
  ...rest,
});
