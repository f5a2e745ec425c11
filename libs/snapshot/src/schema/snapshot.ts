import { z } from 'zod';
import { ContainerEntry } from './container.ts';
import { EarlierSample } from './earlier.ts';
import { EndpointFacts } from './endpoint.ts';
import { EngineInfo, EnginePlugin, EngineVersion } from './engine.ts';
import { HostFiles } from './host-files.ts';
import { ImageEntry } from './image.ts';
import { EngineNetwork, EngineVolume } from './network.ts';
import { lenient } from './lenient.ts';
import { part } from './part.ts';
import { SecretSighting } from './secret.ts';
import { SwarmObjects } from './swarm.ts';

/** Raised when a stored snapshot of an older shape would be read wrongly. */
export const snapshotSchemaVersion = 1;

/** Something worth telling that is no failure, e.g. a container that vanished between list and inspect. */
export const SnapshotNote = z.object({
  part: z.string(), // containers, images …
  subject: z.string(), // name or id
  reason: z.enum(['vanished', 'skipped', 'truncated']),
  detail: z.string(),
});
export type SnapshotNote = z.infer<typeof SnapshotNote>;

/** All that one scan saw of a host: plain JSON, no secret in it, the only input of every check. */
export const HostSnapshot = z.object({
  schemaVersion: z.literal(snapshotSchemaVersion),
  /** RFC 3339, UTC. The checks' only clock. */
  takenAt: z.string(),
  /** True for the sample host and every other simulated engine. */
  simulated: z.boolean(),
  /** What was switched on; snapshots from before host files could be read do not tell of them. */
  settings: z.object({ processLists: z.boolean(), hostFiles: z.boolean().optional() }),
  /** The API version that was negotiated, e.g. `1.41`. */
  apiVersion: z.string(),
  endpoint: part(EndpointFacts),
  version: part(EngineVersion),
  info: part(EngineInfo),
  /** `Docker-Experimental` and `Server` headers of `/_ping`. */
  ping: part(z.object({ experimental: z.boolean().optional(), server: z.string().optional() })),
  containers: part(z.array(ContainerEntry)),
  images: part(z.array(ImageEntry)),
  networks: part(z.array(EngineNetwork)),
  volumes: part(z.array(EngineVolume)),
  plugins: part(z.array(EnginePlugin)),
  swarm: part(SwarmObjects),
  /** Missing unless reading them is switched on for the host. */
  hostFiles: part(HostFiles),
  notes: z.array(SnapshotNote),
  /** The counters of the snapshot before, where there is one: what grows shows only between two. */
  earlier: lenient(EarlierSample),
  /** Of the parts that have no list of their own: version, info, networks, volumes, plugins. */
  secretSightings: z.array(SecretSighting).optional(),
});
export type HostSnapshot = z.infer<typeof HostSnapshot>;
/** The parts of a snapshot that a check may name in its `needs`. */
export type SnapshotPart =
  | 'endpoint'
  | 'version'
  | 'info'
  | 'ping'
  | 'containers'
  | 'images'
  | 'networks'
  | 'volumes'
  | 'plugins'
  | 'swarm'
  | 'hostFiles';
