import type { Database, Transaction } from '@plimsoll/persistence';
import { observe } from '../findings/observe.ts';
import { markJudged } from '../judging/judging-basis.ts';
import { packResults } from '../scans/scan-results.ts';
import { type ScanEnd, endScan } from './conclude-scan.ts';
import {
  type JudgedScan,
  announceChange,
  countDay,
  endOf,
  isChange,
  reconcileFindings,
  storeResults,
} from './judgement.ts';
import { type HeldScan, lockHeldScan } from './scan-lease.ts';

/**
 * Writes what came of judging a stored snapshot anew: like the end of a scan, but nothing that only a look at the host
 * can tell, and no second copy of the snapshot. Where nothing has changed, only the results and the scan's own row are
 * written, and nothing is announced.
 * @throws LeaseLost
 */
export const concludeJudgedAgain = async (
  database: Database,
  scan: HeldScan,
  judged: JudgedScan & { readonly snapshotId: string },
  at: Date,
): Promise<ScanEnd> => {
  const results = await packResults(judged.results);
  const observations = observe(judged.results);
  return database.forTenant(
    scan.tenantId,
    async (tx) => {
      const host = await lockHeldScan(tx, scan);
      const change = await reconcileFindings(tx, scan, judged, observations, at);
      await storeResults(tx, scan, judged, results);
      const end = endOf(judged, change, judged.snapshotId);
      const isOtherwise = (await updateCounts(tx, scan, end)) || isChange(change);
      if (isOtherwise && end.judged !== undefined) await countDay(tx, scan, end.judged, at);
      await markJudged(tx, scan, judged.basis);
      const context = { host: { id: scan.hostId, ...host }, scanId: scan.scanId };
      await announceChange(tx, scan.tenantId, context, change);
      await endScan(tx, scan, host, end, at);
      return end;
    },
    { retries: 3, timeoutMs: 30_000 },
  );
};

/** @returns whether score or counts are others now */
const updateCounts = async (tx: Transaction, { tenantId, hostId }: HeldScan, { judged }: ScanEnd): Promise<boolean> => {
  if (judged === undefined) return false;
  const { score, counts } = judged;
  const changed = await tx.$executeRaw`
    UPDATE hosts
    SET score = ${score}, open_critical_count = ${counts.critical}, open_high_count = ${counts.high},
        open_medium_count = ${counts.medium}, open_low_count = ${counts.low}, open_info_count = ${counts.info}
    WHERE tenant_id = ${tenantId}::uuid AND id = ${hostId}::uuid
      AND (score, open_critical_count, open_high_count, open_medium_count, open_low_count, open_info_count)
          IS DISTINCT FROM (${score}::integer, ${counts.critical}::integer, ${counts.high}::integer,
                            ${counts.medium}::integer, ${counts.low}::integer, ${counts.info}::integer)`;
  return changed > 0;
};
