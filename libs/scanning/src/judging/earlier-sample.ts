import { type Database, decompressJson } from '@plimsoll/persistence';
import { type EarlierSample, HostSnapshot, earlierSampleOf } from '@plimsoll/snapshot';
import type { Logger } from '@plimsoll/telemetry';
import type { HostRef } from './judging-basis.ts';
import { newestSnapshotOf } from './stored-snapshot.ts';

/** A snapshot above this many bytes of JSON is not unpacked for the few counters in it. */
const limitBytes = 64 * 1024 * 1024;
const Counting = HostSnapshot.pick({ takenAt: true, containers: true });

/**
 * The counters of the host's snapshot before: what grows shows only between two. A scan goes on without them, so whatever
 * keeps them from being read is logged and no failure.
 */
export const readEarlierSample = async (
  database: Database,
  { tenantId, hostId }: HostRef,
  log: Logger,
): Promise<EarlierSample | undefined> => {
  try {
    const stored = await database.forTenant(tenantId, async (tx) => {
      const newest = await tx.snapshot.findFirst({
        ...newestSnapshotOf({ tenantId, hostId }),
        select: { id: true, plainBytes: true },
      });
      if (newest === null) return undefined;
      if (newest.plainBytes > limitBytes) {
        log.info({ hostId, plainBytes: newest.plainBytes }, 'earlier snapshot too large to compare with');
        return undefined;
      }
      return tx.snapshot.findFirst({ where: { tenantId, id: newest.id }, select: { content: true } });
    });
    if (stored === undefined || stored === null) return undefined;
    return earlierSampleOf(Counting.parse(await decompressJson(stored.content, limitBytes)));
  } catch (error) {
    log.warn({ err: error, hostId }, 'earlier snapshot could not be read, what grows is not judged');
    return undefined;
  }
};
