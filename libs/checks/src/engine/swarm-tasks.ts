import { type ContainerEntry, type HostSnapshot, type SwarmService, valueOf } from '@plimsoll/snapshot';
import { oncePerSnapshot } from './once-per-snapshot.ts';

const servicesById = oncePerSnapshot(
  (snapshot: HostSnapshot): ReadonlyMap<string, SwarmService> =>
    new Map(
      servicesOf(snapshot).flatMap((service) => (service.ID === undefined ? [] : [[service.ID, service] as const])),
    ),
);

/** The services that a manager told; empty where none could be asked. */
export const servicesOf = (snapshot: HostSnapshot): readonly SwarmService[] =>
  valueOf(valueOf(snapshot.swarm)?.services) ?? [];

/**
 * The service a container is a task of; undefined for a container that swarm did not make. `not-seen` on a worker, and
 * where the labels that tell were not seen.
 */
export const serviceOfTask = (
  snapshot: HostSnapshot,
  container: ContainerEntry,
): SwarmService | 'not-seen' | undefined => {
  if (container.labels === undefined) return 'not-seen';
  const id = container.labels?.['com.docker.swarm.service.id'];
  return id === undefined ? undefined : (servicesById(snapshot).get(id) ?? 'not-seen');
};
