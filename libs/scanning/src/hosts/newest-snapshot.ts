import { NotFound } from '@plimsoll/contracts';
import { type Database, decompressJson } from '@plimsoll/persistence';
import { HostSnapshot } from '@plimsoll/snapshot';
import { findHost } from './hosts.service.ts';

export interface StoredSnapshot {
  readonly snapshot: HostSnapshot;
  readonly scanId: string | null;
  readonly takenAt: Date;
}

/**
 * What the last scan with a result saw of a host.
 * @throws NotFound where there is no such host, or no scan of it has had a result yet
 */
export const readNewestSnapshot = async (
  database: Database,
  tenantId: string,
  hostId: string,
): Promise<StoredSnapshot> => {
  const stored = await database.forTenant(tenantId, async (tx) => {
    await findHost(tx, tenantId, hostId);
    return tx.snapshot.findFirst({
      where: { tenantId, hostId },
      orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
      select: { content: true, scanId: true, takenAt: true },
    });
  });
  if (stored === null) throw new NotFound({}, { detail: 'No scan of this host has had a result yet.' });
  const { content, scanId, takenAt } = stored;
  return { snapshot: HostSnapshot.parse(await decompressJson(content)), scanId, takenAt };
};
