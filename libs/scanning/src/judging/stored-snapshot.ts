import { type Database, decompressJson } from '@plimsoll/persistence';
import { HostSnapshot, snapshotSchemaVersion } from '@plimsoll/snapshot';
import type { HostRef } from './judging-basis.ts';

export interface StoredSnapshot {
  readonly id: string;
  readonly snapshot: HostSnapshot;
}

/**
 * The newest snapshot of a host, to be judged again.
 * @returns undefined where there is none, or none that this version can read
 */
export const readStoredSnapshot = async (
  database: Database,
  { tenantId, hostId }: HostRef,
): Promise<StoredSnapshot | undefined> => {
  const stored = await database.forTenant(tenantId, (tx) =>
    tx.snapshot.findFirst({
      where: { tenantId, hostId },
      orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
      select: { id: true, schemaVersion: true, content: true },
    }),
  );
  if (stored === null || stored.schemaVersion !== snapshotSchemaVersion) return undefined;
  const plain = await decompressJson(stored.content).catch(() => undefined);
  const parsed = HostSnapshot.safeParse(plain);
  return parsed.success ? { id: stored.id, snapshot: parsed.data } : undefined;
};
