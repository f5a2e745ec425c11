import { NotFound } from '@plimsoll/contracts';
import type { Database } from '@plimsoll/persistence';
import { type StoredSnapshot, readStoredSnapshot } from '../judging/stored-snapshot.ts';
import { findHost } from './hosts.service.ts';

/**
 * What the last scan with a result saw of a host.
 * @throws NotFound where there is no such host, or no scan of it has had a result that this version can read
 */
export const readNewestSnapshot = async (
  database: Database,
  tenantId: string,
  hostId: string,
): Promise<StoredSnapshot> => {
  await database.forTenant(tenantId, (tx) => findHost(tx, tenantId, hostId));
  const stored = await readStoredSnapshot(database, { tenantId, hostId });
  if (stored === undefined) throw new NotFound({}, { detail: 'No scan of this host has had a result yet.' });
  return stored;
};
