import { z } from 'zod';
import {
  compareApiVersions,
  type EngineClient,
  EngineError,
  probeEndpoint,
  toEngineError,
} from '@plimsoll/docker-engine';
import type { EndpointFacts } from '../schema/endpoint.ts';
import { EngineInfo, EnginePlugin, EngineVersion } from '../schema/engine.ts';
import type { Part } from '../schema/part.ts';
import { valueOf } from '../schema/part.ts';
import type { SecretSighting } from '../schema/secret.ts';
import { type HostSnapshot, snapshotSchemaVersion } from '../schema/snapshot.ts';
import { redactDeep } from '../redaction/redact-deep.ts';
import { collectContainers, type EngineAbilities } from './containers.ts';
import { EnvironmentBook } from './environment-book.ts';
import { collectHostFiles } from './host-files/collect-host-files.ts';
import { collectImages } from './images.ts';
import { collectNetworks, collectVolumes } from './networks.ts';
import { Notes } from './note.ts';
import { missingFrom, SnapshotReader } from './reader.ts';
import { collectSwarm } from './swarm.ts';

/** How far a scan is: requests answered of those known so far. */
export interface CollectProgress {
  readonly requestsDone: number;
}

export interface CollectOptions {
  /** Ask for the process lists of running containers: each leaves a `top` event in the engine's stream. */
  readonly processLists: boolean;
  /**
   * Files of the host, through one container that is never started. Absent: the host is only read. With `read` off
   * nothing is made, and only what an earlier reader of the same owner left behind is removed.
   * The client must have been connected with `tier: 2`.
   */
  readonly hostFiles?:
    | {
        readonly read: boolean;
        /** Who reads, e.g. `worker:<host id>`: the value of the label of the container. Letters, digits, `._:@-`. */
        readonly owner: string;
      }
    | undefined;
  /** When the scan began; the snapshot's only clock. */
  readonly now: Date;
  /** The host is a simulated one, and everything about it is labelled so. Default: what it says of itself. */
  readonly simulated?: boolean | undefined;
  /** Look at the endpoint from outside, beside the scan. Default true. */
  readonly endpointProbe?: boolean | undefined;
  /** Shortens the deadline of every request; see the client's table for their own. */
  readonly requestDeadlineMs?: number | undefined;
  /** Bytes of all answers together; parts beyond are missing as `too-large`. Default 256 MiB. */
  readonly answerBudgetBytes?: number | undefined;
  /** A host that has not answered a waiting request by then is asked on more connections at once. Default 50 ms. */
  readonly promptMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: CollectProgress) => void) | undefined;
}

/**
 * Everything that one scan sees of a host, with no secret in it. A part that fails leaves the rest usable and says
 * why it is missing; a thing that vanishes between list and inspect is a note.
 * Process lists are asked for running containers only, one each, never of Podman (which runs the image's own `ps`
 * inside the container) and never of Windows (whose columns tell no user).
 * @throws EngineError `cancelled` when the signal ends the scan; nothing else
 */
export const collectSnapshot = async (client: EngineClient, options: CollectOptions): Promise<HostSnapshot> => {
  let requestsDone = 0;
  const reader = new SnapshotReader(client, options, () => {
    requestsDone += 1;
    options.onProgress?.({ requestsDone });
  });
  const notes = new Notes();
  const book = new EnvironmentBook();
  const sightings: SecretSighting[] = [];
  const redacted = <T>(value: T, where: string): T => {
    const result = redactDeep(value, where);
    sightings.push(...result.sightings);
    return result.value;
  };

  const endpointTask = collectEndpoint(client, options);
  const versionTask = reader.ask('version', {}, {}, (answer) => redacted(EngineVersion.parse(answer), 'version'));
  const infoTask = reader.ask('info', {}, {}, (answer) => redacted(EngineInfo.parse(answer), 'info'));
  const abilitiesTask = Promise.all([versionTask, infoTask]).then(([version, info]) =>
    abilitiesOf(client, valueOf(version), valueOf(info), options),
  );
  const [endpoint, version, info, containers, images, networks, volumes, plugins, swarm] = await Promise.all([
    endpointTask,
    versionTask,
    infoTask,
    collectContainers(reader, abilitiesTask, book, notes),
    collectImages(reader, book, notes),
    collectNetworks(reader, notes),
    collectVolumes(reader, notes),
    reader.ask('pluginList', {}, {}, (answer) => z.array(EnginePlugin).parse(answer)),
    infoTask.then((answer) => collectSwarm(reader, answer)),
  ]);
  if (options.signal?.aborted === true) throw new EngineError('cancelled', { detail: 'The scan was cancelled.' });
  const kind = kindOf(client, valueOf(version), valueOf(info));
  const seen = { ...kind, info, version, containers, images };
  const hostFiles = await collectHostFiles(client, options.hostFiles, seen, notes, options.signal);
  book.settle(valueOf(containers) ?? [], valueOf(images) ?? []);
  const { server, experimental } = client.ping;
  return {
    schemaVersion: snapshotSchemaVersion,
    takenAt: options.now.toISOString(),
    simulated: options.simulated === true || valueOf(info)?.Labels?.includes(simulatedLabel) === true,
    settings: { processLists: options.processLists, hostFiles: options.hostFiles?.read === true },
    apiVersion: client.apiVersion,
    endpoint,
    version,
    info,
    ping: { value: { experimental, server: server === undefined ? undefined : redacted(server, 'ping') } },
    containers,
    images,
    networks: redactPart(networks, 'networks', redacted),
    volumes: redactPart(volumes, 'volumes', redacted),
    plugins: redactPart(plugins, 'plugins', redacted),
    swarm,
    hostFiles: redactPart(hostFiles, 'hostFiles', redacted),
    notes: notes.all,
    secretSightings: sightings,
  };
};

/** What every simulated engine says of itself in `/info`, so that nobody takes it for a real host. */
const simulatedLabel = 'plimsoll.simulated=true';

const redactPart = <T>(part: Part<T>, where: string, redacted: (value: T, where: string) => T): Part<T> =>
  'value' in part ? { value: redacted(part.value, where) } : part;

const collectEndpoint = async (client: EngineClient, options: CollectOptions): Promise<Part<EndpointFacts>> => {
  if (options.endpointProbe === false) {
    return { missing: 'not-requested', detail: 'The endpoint was not looked at from outside.' };
  }
  try {
    const { connection, ping, target } = client;
    const { now, signal } = options;
    return { value: await probeEndpoint(target, { connection, clockSkewMs: ping.clockSkewMs, now, signal }) };
  } catch (error) {
    return missingFrom(toEngineError(error));
  }
};

const kindOf = (client: EngineClient, version: EngineVersion | undefined, info: EngineInfo | undefined) => ({
  isPodman:
    client.ping.libpodVersion !== undefined ||
    version?.Components?.some((component) => component.Name === 'Podman Engine') === true,
  isWindows: (info?.OSType ?? version?.Os) === 'windows',
});

const abilitiesOf = (
  client: EngineClient,
  version: EngineVersion | undefined,
  info: EngineInfo | undefined,
  { processLists }: CollectOptions,
): EngineAbilities => {
  const { isPodman, isWindows } = kindOf(client, version, info);
  const noProcessLists: EngineAbilities['noProcessLists'] = processLists
    ? isPodman
      ? { missing: 'not-supported', detail: "Podman would run the image's own ps inside the container." }
      : isWindows
        ? { missing: 'not-supported', detail: 'Process lists of Windows containers tell no user.' }
        : undefined
    : { missing: 'not-requested', detail: 'Process lists are switched off for this host.' };
  return { noProcessLists, oneShotStats: compareApiVersions(client.apiVersion, '1.41') >= 0 };
};
