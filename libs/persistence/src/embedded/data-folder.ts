import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PersistenceError } from '../persistence-error.ts';

/** The layout of the data folder that this program writes; a folder with a higher number is refused. */
const DATA_FOLDER_VERSION = 1;

/** How the folder of a cluster is called while it is being made. */
export const clusterDraftPrefix = 'postgres.new-';

const mebibyte = 1024 * 1024;
/** A new cluster takes about 40 MiB, and the server writes its log ahead in segments of 16 MiB. */
const freshFolderNeedsBytes = 256 * mebibyte;
const usedFolderNeedsBytes = 64 * mebibyte;

const VersionFile = z.object({ dataFolderVersion: z.number().int(), postgresMajor: z.number().int() });

/** Where things lie inside the data folder. */
export interface DataFolder {
  readonly path: string;
  readonly clusterDir: string;
  readonly passwordFile: string;
  readonly versionFile: string;
  readonly logFile: string;
}

/** Names the parts of a data folder; touches nothing. */
export function dataFolderAt(path: string): DataFolder {
  return {
    path,
    clusterDir: join(path, 'postgres'),
    passwordFile: join(path, 'postgres.password'),
    versionFile: join(path, 'version.json'),
    logFile: join(path, 'postgres.log'),
  };
}

/** Makes the folder if it is missing. Others may pass through it (the server's account must) but not list it. */
export async function makeDataFolder(folder: DataFolder): Promise<void> {
  try {
    await mkdir(folder.path, { recursive: true, mode: 0o711 });
  } catch (cause) {
    throw asFolderError(cause, folder.path);
  }
}

/** Refuses a folder that a newer program, or a newer PostgreSQL, has written. */
export async function checkVersions(folder: DataFolder, postgresMajor: number): Promise<void> {
  const found = await readVersions(folder);
  if (found === undefined) return;
  if (found.dataFolderVersion > DATA_FOLDER_VERSION || found.postgresMajor > postgresMajor) {
    throw new PersistenceError(
      'data-folder-too-new',
      `The data folder ${folder.path} was written by a newer version of Plimsoll.`,
      'Start that newer version again, or choose another folder with PLIMSOLL_DATA_DIR.',
    );
  }
  if (found.postgresMajor < postgresMajor) {
    throw new PersistenceError(
      'data-folder-too-old',
      `The data folder ${folder.path} holds a PostgreSQL ${found.postgresMajor} cluster; this version brings ${postgresMajor}.`,
      'Dump the database with the version that wrote it and restore it here; docs/operations.md says how.',
    );
  }
}

async function readVersions(folder: DataFolder): Promise<z.infer<typeof VersionFile> | undefined> {
  const clusterVersion = await readFile(join(folder.clusterDir, 'PG_VERSION'), 'utf8').catch(() => undefined);
  const text = await readFile(folder.versionFile, 'utf8').catch(() => undefined);
  const file = text === undefined ? undefined : VersionFile.safeParse(parseJson(text)).data;
  if (clusterVersion === undefined) return file;
  // The cluster's own word counts: the file beside it may have been lost.
  return {
    dataFolderVersion: file?.dataFolderVersion ?? DATA_FOLDER_VERSION,
    postgresMajor: Number.parseInt(clusterVersion, 10),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes down which program made this folder. */
export async function writeVersions(folder: DataFolder, postgresMajor: number): Promise<void> {
  const content = { dataFolderVersion: DATA_FOLDER_VERSION, postgresMajor };
  await writeWhole(folder.versionFile, `${JSON.stringify(content, null, 2)}\n`);
}

/** The superuser's password: made once, kept in a file that only we can read. */
export async function readOrMakePassword(folder: DataFolder): Promise<string> {
  try {
    const kept = await readIfThere(folder.passwordFile);
    if (kept !== undefined) return kept.trim();
    const draft = `${folder.passwordFile}.${process.pid}.new`;
    await rm(draft, { force: true });
    await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    // Appears whole, and never replaces one that another process was quicker to make.
    await link(draft, folder.passwordFile).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
    await rm(draft, { force: true });
    return (await readFile(folder.passwordFile, 'utf8')).trim();
  } catch (cause) {
    throw asFolderError(cause, folder.path);
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** A reader never sees half a file: written beside, then renamed. */
async function writeWhole(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}.new`;
  await writeFile(draft, content, { flush: true });
  await rename(draft, path);
}

/** Clusters that were being made when their process died. To be called by the folder's one user. */
export async function sweepDrafts(folder: DataFolder): Promise<void> {
  for (const name of await readdir(folder.path)) {
    if (name.startsWith(clusterDraftPrefix)) await rm(join(folder.path, name), { recursive: true, force: true });
  }
}

/** Refuses to start on a disk so full that the server would stop in the middle of something. */
export async function checkDiskSpace(folder: DataFolder, fresh: boolean): Promise<void> {
  const { bavail, bsize } = await statfs(folder.path);
  const availableBytes = bavail * bsize;
  const neededBytes = fresh ? freshFolderNeedsBytes : usedFolderNeedsBytes;
  if (availableBytes < neededBytes) throw noDiskSpace(folder.path, availableBytes, neededBytes);
}

/** The error for a full disk; sizes in bytes where they are known. */
export function noDiskSpace(path: string, availableBytes?: number, neededBytes?: number): PersistenceError {
  const amount =
    availableBytes === undefined || neededBytes === undefined
      ? ''
      : ` ${Math.floor(availableBytes / mebibyte)} MiB are free, ${Math.ceil(neededBytes / mebibyte)} MiB are needed.`;
  return new PersistenceError(
    'no-disk-space',
    `There is no space left for the data folder ${path}.${amount}`,
    'Free some space, or choose a folder on another disk with PLIMSOLL_DATA_DIR.',
  );
}

/** Turns an error of the file system into one that says what to do. */
export function asFolderError(cause: unknown, path: string): PersistenceError {
  if (hasCode(cause, 'ENOSPC') || hasCode(cause, 'EDQUOT')) return noDiskSpace(path);
  return new PersistenceError(
    'data-folder-denied',
    `The data folder ${path} can not be used: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Give this user the right to write there, or choose another folder with PLIMSOLL_DATA_DIR.',
    { cause },
  );
}
