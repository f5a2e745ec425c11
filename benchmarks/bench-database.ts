import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  appUrlOf,
  createDatabase,
  type Database,
  deriveAppRole,
  migrate,
  startEmbeddedPostgres,
} from '@plimsoll/persistence';

/** A migrated PostgreSQL of a bench's own, with the settings that Plimsoll starts it with: nothing is less durable. */
export interface BenchDatabase {
  /** Past every policy: for filling, and for the bare client that is compared with. */
  readonly ownerUrl: string;
  /** What API and worker are given. */
  readonly appUrl: string;
  readonly database: Database;
  /** A folder for the bench's own files; goes with the database. */
  readonly folder: string;
  stop(): Promise<void>;
}

export const startBenchDatabase = async (): Promise<BenchDatabase> => {
  const folder = await mkdtemp(join(tmpdir(), 'plimsoll-bench-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  const appRole = deriveAppRole(server.ownerUrl);
  await migrate({ ownerUrl: server.ownerUrl, appRole });
  const appUrl = appUrlOf(server.ownerUrl, appRole);
  const database = createDatabase({ url: appUrl });
  return {
    ownerUrl: server.ownerUrl,
    appUrl,
    database,
    folder,
    stop: async () => {
      await database.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
