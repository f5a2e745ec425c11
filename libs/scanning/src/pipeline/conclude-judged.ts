import { type Database, type Transaction, compressJson, newId } from '@plimsoll/persistence';
import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { announce, pathOf } from '../events/announce.ts';
import { observe } from '../findings/observe.ts';
import { storableText } from '../findings/storable.ts';
import { saveReachability } from '../hosts/reachability.ts';
import { markJudged } from '../judging/judging-basis.ts';
import { packResults } from '../scans/scan-results.ts';
import { type ScanEnd, endScan } from './conclude-scan.ts';
import {
  type Change,
  type JudgedScan,
  announceChange,
  countDay,
  endOf,
  reconcileFindings,
  storeResults,
} from './judgement.ts';
import { type HeldScan, lockHeldScan } from './scan-lease.ts';

/**
 * Writes everything that a scan found out, in one transaction that also makes sure that the scan is still held:
 * a scan ends once, whoever else took it up meanwhile.
 * @param limitBytes of the snapshot as JSON; default as `compressJson` has it
 * @throws LeaseLost
 * @throws JsonTooLarge before anything is written
 */
export const concludeJudged = async (
  database: Database,
  scan: HeldScan,
  judged: JudgedScan,
  at: Date,
  limitBytes?: number,
): Promise<ScanEnd> => {
  const [content, results] = await Promise.all([
    compressJson(judged.snapshot, limitBytes),
    packResults(judged.results),
  ]);
  const observations = observe(judged.results);
  return database.forTenant(
    scan.tenantId,
    async (tx) => {
      const host = await lockHeldScan(tx, scan);
      const change = await reconcileFindings(tx, scan, judged, observations, at);
      const snapshotId = await storeSnapshot(tx, scan, judged.snapshot, content);
      await storeResults(tx, scan, judged, results);
      const end = { ...endOf(judged, change, snapshotId), hostFiles: judged.snapshot.hostFiles };
      await updateHost(tx, scan, judged.snapshot, end, at);
      await markJudged(tx, scan, judged.basis);
      await saveReachability(tx, scan.tenantId, scan.hostId, { ok: true }, at);
      await announceEnd(tx, scan, { name: host.name, simulated: judged.snapshot.simulated }, change, end, at);
      await endScan(tx, scan, host, end, at);
      return end;
    },
    { retries: 3, timeoutMs: 30_000 },
  );
};

const storeSnapshot = async (
  tx: Transaction,
  { tenantId, hostId, scanId }: HeldScan,
  { schemaVersion, takenAt }: HostSnapshot,
  content: Awaited<ReturnType<typeof compressJson>>,
): Promise<string> => {
  const id = newId();
  await tx.snapshot.create({
    data: { id, tenantId, hostId, scanId, schemaVersion, takenAt: new Date(takenAt), ...content },
    select: { id: true },
  });
  return id;
};

const text = (value: string | undefined): string | null => (value === undefined ? null : storableText(value));

const updateHost = async (
  tx: Transaction,
  scan: HeldScan,
  snapshot: HostSnapshot,
  { judged }: ScanEnd,
  at: Date,
): Promise<void> => {
  if (judged === undefined) return;
  const [info, version] = [valueOf(snapshot.info), valueOf(snapshot.version)];
  const { score, counts } = judged;
  await tx.host.update({
    where: { id: scan.hostId },
    data: {
      score,
      openCriticalCount: counts.critical,
      openHighCount: counts.high,
      openMediumCount: counts.medium,
      openLowCount: counts.low,
      openInfoCount: counts.info,
      containerCount: valueOf(snapshot.containers)?.length ?? null,
      imageCount: valueOf(snapshot.images)?.length ?? null,
      engineName: text(info?.Name),
      engineVersion: text(version?.Version ?? info?.ServerVersion),
      apiVersion: text(snapshot.apiVersion),
      operatingSystem: text(info?.OperatingSystem),
      architecture: text(info?.Architecture),
      simulated: snapshot.simulated,
    },
    select: { id: true },
  });
  await countDay(tx, scan, judged, at);
};

const announceEnd = async (
  tx: Transaction,
  { tenantId, hostId, scanId, startedAt }: HeldScan,
  about: { readonly name: string; readonly simulated: boolean },
  change: Change,
  { state, judged }: ScanEnd,
  at: Date,
): Promise<void> => {
  if (judged === undefined || (state !== 'succeeded' && state !== 'partial')) return;
  const host = { id: hostId, ...about };
  await announce(tx, tenantId, 'scan.completed', {
    host,
    scanId,
    state,
    score: judged.score,
    counts: judged.counts,
    opened: judged.opened,
    fixed: judged.fixed,
    reopened: judged.reopened,
    durationMs: at.getTime() - startedAt.getTime(),
    url: pathOf.scan(hostId, scanId),
  });
  await announceChange(tx, tenantId, { host, scanId }, change);
};
