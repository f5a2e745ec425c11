import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { hasCluster } from './create-cluster.ts';
import { asFolderError, dataFolderAt } from './data-folder.ts';
import { findRunningPostmaster } from './postmaster.ts';
import { urlOf } from './server-url.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';
import type { EmbeddedPostgres } from './start-embedded-postgres.ts';

/**
 * Joins the server that runs on a data folder, beside the Plimsoll that uses it; where none runs, starts it until `stop`.
 * @returns undefined for a folder that holds no database: none is made
 * @throws PersistenceError as `startEmbeddedPostgres`; `data-folder-denied` for a user who may not read its password
 */
export async function openEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  const folder = dataFolderAt(resolve(dataDir));
  if (!(await hasCluster(folder))) return undefined;
  const running = await findRunningPostmaster(folder.clusterDir);
  if (running === undefined) return startEmbeddedPostgres({ dataDir, guarded: true });
  const password = await readFile(folder.passwordFile, 'utf8').catch((error: unknown) => {
    throw asFolderError(error, folder.path);
  });
  return { ownerUrl: urlOf(running.port, password.trim()), stop: () => Promise.resolve() };
}
