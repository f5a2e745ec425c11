import { type ContainerEntry, type EngineNetwork, type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { isUp } from './containers.ts';
import { networkOfMode } from './default-host-address.ts';
import { oncePerSnapshot } from './once-per-snapshot.ts';

/** Who is on which network, as the containers themselves tell, stopped ones included. */
export interface NetworkMembers {
  /** By what {@link networkKey} gives. */
  readonly byNetwork: ReadonlyMap<string, readonly ContainerEntry[]>;
  readonly networksOf: ReadonlyMap<ContainerEntry, readonly string[]>;
  /** Whether the networks of every container were seen. */
  readonly complete: boolean;
}

/** What a network is known by here. */
export const networkKey = ({ Id, Name }: Pick<EngineNetwork, 'Id' | 'Name'>): string => Id || Name || '';

export const networksByKey = oncePerSnapshot(
  (snapshot: HostSnapshot): ReadonlyMap<string, EngineNetwork> =>
    new Map((valueOf(snapshot.networks) ?? []).map((network) => [networkKey(network), network])),
);

export const networkMembers = oncePerSnapshot((snapshot: HostSnapshot): NetworkMembers => {
  const byNetwork = new Map<string, ContainerEntry[]>();
  const networksOf = new Map<ContainerEntry, readonly string[]>();
  const containers = valueOf(snapshot.containers);
  let complete = containers !== undefined;
  for (const container of containers ?? []) {
    if (container.state?.toLowerCase() === 'removing') continue;
    const keys = keysOf(snapshot, container);
    if (keys === undefined) {
      complete = false;
      continue;
    }
    networksOf.set(container, keys);
    for (const key of keys) {
      const members = byNetwork.get(key);
      if (members === undefined) byNetwork.set(key, [container]);
      else members.push(container);
    }
  }
  return { byNetwork, networksOf, complete };
});

const keysOf = (snapshot: HostSnapshot, { inspect }: ContainerEntry): readonly string[] | undefined => {
  const seen = valueOf(inspect);
  const mode = seen?.HostConfig?.NetworkMode;
  const networks = seen?.NetworkSettings?.Networks;
  if (mode === undefined || networks === undefined) return undefined;
  // Another container's network is that container's own business.
  if (mode.startsWith('container:')) return [];
  const named = Object.entries(networks ?? {});
  // Older engines list a container's networks only once it has been started.
  if (named.length === 0 && (mode === 'none' || mode === 'host')) return [];
  const keys =
    named.length === 0 ? [idOf(snapshot, mode)] : named.map(([name, one]) => idOfEndpoint(snapshot, name, one));
  // One that is not known could be any.
  return keys.every((key) => key !== undefined) ? keys : undefined;
};

const idOf = (snapshot: HostSnapshot, name: string): string | undefined => networkOfMode(snapshot, name)?.Id;

/** The engine leaves the id empty until the first start. */
const idOfEndpoint = (
  snapshot: HostSnapshot,
  name: string,
  { NetworkID }: { readonly NetworkID?: string | undefined },
): string | undefined => (NetworkID === '' ? idOf(snapshot, name) : NetworkID);

/** Running containers on a network; undefined where the engine did not say, as in a list of networks alone. */
export const runningOn = (network: EngineNetwork): number | undefined =>
  network.Containers === undefined ? undefined : Object.keys(network.Containers ?? {}).length;

/** The members that are up. */
export const membersUp = (members: readonly ContainerEntry[] | undefined): ContainerEntry[] =>
  (members ?? []).filter((container) => isUp(container) !== false);
