import { EngineError, type FoundReader, type HostFileDoor, toEngineError } from '@plimsoll/docker-engine';
import type { ContainerEntry } from '../../schema/container.ts';
import { hostFileReaderLabel } from '../../schema/host-files.ts';
import type { Notes } from '../note.ts';

/** A reader lives a minute at most: one of somebody else's that is older was left by an installation that is gone. */
const abandonedAfterMs = 60 * 60 * 1_000;
/** More are never left behind; a host that shows more must not keep us busy. */
const sweepLimit = 20;

export interface SweepOptions {
  readonly owner: string;
  /** Host files are switched on for this host: then abandoned readers of others go too. */
  readonly read: boolean;
  /** `SystemTime` of `/info`: ages are by the engine's clock alone. */
  readonly engineTime: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Removes readers that an earlier scan could not. Only a container that an inspect shows to be such a reader, never
 * started, read-only and without network, is removed; without `force`, so that one which somebody started stays.
 * @throws EngineError `cancelled`
 */
export const sweepReaders = async (
  door: HostFileDoor,
  containers: readonly ContainerEntry[],
  options: SweepOptions,
  notes: Notes,
): Promise<void> => {
  const marked = containers.filter(({ labels, state }) => {
    const owner = labels?.[hostFileReaderLabel];
    return owner !== undefined && state === 'created' && (owner === options.owner || options.read);
  });
  for (const { id, name } of marked.slice(0, sweepLimit)) {
    try {
      const found = await door.find(id, hostFileReaderLabel, { signal: options.signal });
      if (found !== undefined && isOurs(found, options)) await door.remove(found, { signal: options.signal });
    } catch (cause) {
      const error =
        cause instanceof RangeError ? new EngineError('malformed', { detail: 'It has no id.' }) : toEngineError(cause);
      if (error.reason === 'cancelled') throw error;
      notes.skipped('hostFiles', name, `A container left by an earlier scan could not be removed: ${error.detail}`);
    }
  }
};

const isOurs = ({ owner, createdAtMs }: FoundReader, options: SweepOptions): boolean => {
  if (owner === options.owner) return true;
  const ageMs = Date.parse(options.engineTime ?? '') - createdAtMs;
  return options.read && ageMs > abandonedAfterMs;
};
