import {
  type EngineClient,
  type EngineError,
  type HostFileContainer,
  type HostFileDoor,
  toEngineError,
} from '@plimsoll/docker-engine';
import type { ContainerEntry } from '../../schema/container.ts';
import type { EngineInfo, EngineVersion } from '../../schema/engine.ts';
import { HostFiles, hostFileReaderLabel } from '../../schema/host-files.ts';
import type { ImageEntry } from '../../schema/image.ts';
import { type Missing, type Part, valueOf } from '../../schema/part.ts';
import type { Notes } from '../note.ts';
import { missingFrom } from '../reader.ts';
import { HostView } from './host-view.ts';
import { chooseImage } from './image-choice.ts';
import { readFacts } from './read-facts.ts';
import { noFittingImage, whyNotReadable } from './refusal.ts';
import { createReader } from './sources.ts';
import { sweepReaders } from './sweep.ts';

export interface HostFileOptions {
  readonly read: boolean;
  readonly owner: string;
}

/** What was seen of the host before. */
export interface SeenHost {
  readonly isPodman: boolean;
  readonly isWindows: boolean;
  readonly info: Part<EngineInfo>;
  readonly version: Part<EngineVersion>;
  readonly containers: Part<ContainerEntry[]>;
  readonly images: Part<ImageEntry[]>;
}

/** All reading together; at 20 kB/s a host is read in about half of it. */
const readingMs = 60_000;
/** A removal that fails is tried again: the engine may not have noticed yet that a read was broken off. */
const removalAttempts = 3;
const removalPauseMs = 500;

const notRequested: Missing = {
  missing: 'not-requested',
  detail: 'Reading host files is not switched on for this host.',
};

/**
 * Files of the host, through one container that is made, never started, and removed, whatever happens in between.
 * Absent options touch nothing; with `read` off only what an earlier scan of the same owner left behind is removed.
 * @throws EngineError `cancelled`, after the container is gone
 */
export const collectHostFiles = async (
  client: EngineClient,
  options: HostFileOptions | undefined,
  seen: SeenHost,
  notes: Notes,
  signal: AbortSignal | undefined,
): Promise<Part<HostFiles>> => {
  if (options === undefined) return notRequested;
  const door = client.hostFiles();
  const info = valueOf(seen.info);
  const engineTime = info?.SystemTime;
  await sweepReaders(door, valueOf(seen.containers) ?? [], { ...options, engineTime, signal }, notes);
  if (!options.read) return notRequested;
  const { isPodman, isWindows } = seen;
  const version = valueOf(seen.version);
  const refusal = whyNotReadable({ apiVersion: client.apiVersion, isPodman, isWindows, info, version });
  if (refusal !== undefined) return refusal;
  if ('missing' in seen.images)
    return { ...seen.images, detail: `Without a list of images none can be chosen: ${seen.images.detail}` };
  const imageId = chooseImage(seen.images.value, valueOf(seen.containers) ?? [], version);
  if (imageId === undefined) return noFittingImage;
  try {
    return await readThrough(door, { imageId, owner: options.owner }, { info, version, notes, signal });
  } catch (cause) {
    const error = toEngineError(cause);
    if (error.reason === 'cancelled') throw error;
    return why(error);
  }
};

const why = (error: EngineError): Missing => {
  const missing = missingFrom(error);
  return error.reason === 'denied'
    ? {
        ...missing,
        detail: `The host refuses it, by a gate or an authorization plugin: ${missing.detail}. Let it pass the requests of tier 2, or switch reading host files off.`,
      }
    : { ...missing, detail: `No host file was read: ${missing.detail}` };
};

interface Reading {
  readonly info: EngineInfo | undefined;
  readonly version: EngineVersion | undefined;
  readonly notes: Notes;
  readonly signal: AbortSignal | undefined;
}

const readThrough = async (
  door: HostFileDoor,
  { imageId, owner }: { imageId: string; owner: string },
  { info, version, notes, signal }: Reading,
): Promise<Part<HostFiles>> => {
  const request = { imageId, label: hostFileReaderLabel, owner };
  const { container, sources } = await createReader(door, request, info, { signal });
  try {
    const timeIsUp = AbortSignal.timeout(readingMs);
    const reading = signal === undefined ? timeIsUp : AbortSignal.any([signal, timeIsUp]);
    const view = new HostView(door, container, sources, { signal: reading });
    const isOver = (): boolean => timeIsUp.aborted && signal?.aborted !== true;
    const { facts, stopped } = await readFacts(view, info, version, isOver);
    if (stopped !== undefined) notes.cutShort('hostFiles', `Not all host files were read: ${stopped}`);
    return { value: HostFiles.parse(facts) };
  } finally {
    await removeReader(door, container, notes);
  }
};

/** With no signal of the scan's: what was made must go, above all when the scan is cancelled. */
const removeReader = async (door: HostFileDoor, container: HostFileContainer, notes: Notes): Promise<void> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await door.remove(container);
      return;
    } catch (cause) {
      if (attempt === removalAttempts) {
        const { detail } = toEngineError(cause);
        notes.skipped(
          'hostFiles',
          container.id.slice(0, 12),
          `The container that read host files could not be removed; the next scan does: ${detail}`,
        );
        return;
      }
      await new Promise((next) => setTimeout(next, removalPauseMs));
    }
  }
};
