import { type Database, type Prisma, decompressJson } from '@plimsoll/persistence';
import { HostSnapshot, snapshotSchemaVersion } from '@plimsoll/snapshot';
import type { HostRef } from './judging-basis.ts';

export interface StoredSnapshot {
  readonly id: string;
  /** The scan that took it; null where that is not known any more. */
  readonly scanId: string | null;
  readonly takenAt: Date;
  readonly snapshot: HostSnapshot;
}

/** Which of a host's stored snapshots is the newest; what is read of it is the caller's choice. */
export const newestSnapshotOf = ({ tenantId, hostId }: HostRef) =>
  ({
    where: { tenantId, hostId },
    orderBy: [{ takenAt: 'desc' }, { id: 'desc' }],
  }) satisfies Prisma.SnapshotFindFirstArgs;

/**
 * The newest snapshot of a host: what is shown of it, and what is judged again.
 * @returns undefined where there is none, or none that this version can read
 */
export const readStoredSnapshot = async (database: Database, host: HostRef): Promise<StoredSnapshot | undefined> => {
  const stored = await database.forTenant(host.tenantId, (tx) =>
    tx.snapshot.findFirst({
      ...newestSnapshotOf(host),
      select: { id: true, scanId: true, takenAt: true, schemaVersion: true, content: true },
    }),
  );
  if (stored === null || stored.schemaVersion !== snapshotSchemaVersion) return undefined;
  const { id, scanId, takenAt, content } = stored;
  const plain = await decompressJson(content).catch(() => undefined);
  const parsed = HostSnapshot.safeParse(plain);
  return parsed.success ? { id, scanId, takenAt, snapshot: parsed.data } : undefined;
};
