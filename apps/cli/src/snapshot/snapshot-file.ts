import { readFileSync, statSync } from 'node:fs';
import { HostSnapshot, snapshotSchemaVersion } from '@plimsoll/snapshot';
import { z } from 'zod';
import { CommandFailed } from '../output/command-failed.ts';

/** A host of ten thousand containers stays well below. */
const largestFileBytes = 256 * 1024 * 1024;
const Versioned = z.looseObject({ schemaVersion: z.number() });

const unreadable = (path: string, why: string, cause?: unknown): CommandFailed =>
  new CommandFailed('snapshot-unreadable', `${path} is not a snapshot that can be judged.`, {
    why,
    fix: 'Make one: plimsoll snapshot tcp://HOST:PORT --output FILE',
    exitCode: 2,
    cause,
  });

/** Reads what `plimsoll snapshot` has written. @throws CommandFailed `snapshot-unreadable` with the reason */
export const readSnapshotFile = (path: string): HostSnapshot => {
  const content = readJson(path);
  const versioned = Versioned.safeParse(content);
  if (!versioned.success) throw unreadable(path, 'It names no schema version.');
  if (versioned.data.schemaVersion !== snapshotSchemaVersion)
    throw unreadable(
      path,
      `It has the schema version ${versioned.data.schemaVersion}; this Plimsoll reads ${snapshotSchemaVersion}.`,
    );
  const snapshot = HostSnapshot.safeParse(content);
  if (!snapshot.success) throw unreadable(path, z.prettifyError(snapshot.error), snapshot.error);
  return snapshot.data;
};

const readJson = (path: string): unknown => {
  try {
    if (statSync(path).size > largestFileBytes) throw new Error(`It is larger than ${largestFileBytes} bytes.`);
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
};
