import type { MountPoint } from '@plimsoll/snapshot';
import type { Outcome } from '../../engine/vocabulary.ts';
import { type GivenContainer, type GivenSnapshot, aContainer, aSnapshot } from '../builders.ts';
import { type DockerBenchError, heldIn } from './docker-bench-error.ts';

/** What mounts one path of the host. */
export const bind = (Source: string, given: Partial<MountPoint> = {}): GivenContainer => ({
  inspect: { Mounts: [{ Type: 'bind', Source, Destination: '/host', RW: true, Propagation: 'rprivate', ...given }] },
});
/** Lists that the engine sends as null when they are empty. */
export const sane = { CapAdd: null, CapDrop: null, SecurityOpt: null };

/** A case of a snapshot with one container in it. */
export const one = (
  check: string,
  error: string,
  container: GivenContainer,
  outcome: Outcome,
  more: GivenSnapshot = {},
) => ({
  check,
  error,
  heldBy: { snapshot: aSnapshot({ ...more, containers: [aContainer(container)] }), outcomes: [outcome] },
});
/** A case that a test of the check itself holds. */
export const see = (check: string, error: string, file: string, title: string): DockerBenchError => ({
  check,
  error,
  heldBy: heldIn(file, title),
});
