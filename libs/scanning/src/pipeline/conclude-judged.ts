import type { CheckResult } from '@plimsoll/checks';
import { type Database, type Transaction, compressJson, newId } from '@plimsoll/persistence';
import { type HostSnapshot, valueOf } from '@plimsoll/snapshot';
import { announce, announceFindings, pathOf } from '../events/announce.ts';
import { coverageOf } from '../findings/coverage.ts';
import { type OpenedIds, readEarlierFindings, writeReconciliation } from '../findings/findings.repository.ts';
import { type Observation, observe } from '../findings/observe.ts';
import { type Reconciliation, reconcile } from '../findings/reconcile.ts';
import { countBySeverity, scoreOf } from '../findings/score.ts';
import { storableText } from '../findings/storable.ts';
import { saveReachability } from '../hosts/reachability.ts';
import { type StoredResults, packResults } from '../scans/scan-results.ts';
import { type ScanEnd, endScan } from './conclude-scan.ts';
import { everyMissingPart } from './missing-parts.ts';
import { type HeldScan, lockHeldScan } from './scan-lease.ts';

export interface JudgedScan {
  readonly snapshot: HostSnapshot;
  /** Ids of all checks that were run, with results or without. */
  readonly checks: readonly { readonly id: string }[];
  readonly results: readonly CheckResult[];
  readonly catalogueVersion: string;
}

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
      const snapshotId = await storeSnapshot(tx, scan, judged, content, results);
      const end = endOf(judged, change, snapshotId);
      await updateHost(tx, scan, judged.snapshot, end, at);
      await saveReachability(tx, scan.tenantId, scan.hostId, { ok: true }, at);
      await announceEnd(tx, scan, { name: host.name, simulated: judged.snapshot.simulated }, change, end, at);
      await endScan(tx, scan, host, end, at);
      return end;
    },
    { retries: 3, timeoutMs: 30_000 },
  );
};

interface Change extends Reconciliation {
  readonly ids: OpenedIds;
}

const reconcileFindings = async (
  tx: Transaction,
  { tenantId, hostId, scanId }: HeldScan,
  { snapshot, checks, results, catalogueVersion }: JudgedScan,
  observations: ReadonlyMap<string, Observation>,
  at: Date,
): Promise<Change> => {
  const failing = [...observations.values()].filter(({ outcome }) => outcome === 'fail');
  const earlier = await readEarlierFindings(
    tx,
    { tenantId, hostId },
    failing.map(({ fingerprint }) => fingerprint),
  );
  const change = reconcile(earlier, observations, coverageOf(snapshot, checks, results));
  const ids = await writeReconciliation(tx, { tenantId, hostId, scanId, at, catalogueVersion }, change);
  return { ...change, ids };
};

const storeSnapshot = async (
  tx: Transaction,
  { tenantId, hostId, scanId }: HeldScan,
  { snapshot, catalogueVersion }: JudgedScan,
  content: Awaited<ReturnType<typeof compressJson>>,
  results: StoredResults,
): Promise<string> => {
  const id = newId();
  await tx.snapshot.create({
    data: {
      id,
      tenantId,
      hostId,
      scanId,
      schemaVersion: snapshot.schemaVersion,
      takenAt: new Date(snapshot.takenAt),
      ...content,
    },
    select: { id: true },
  });
  await tx.checkSummary.create({
    data: { scanId, tenantId, hostId, catalogueVersion, outcomes: results.outcomes, results: results.content },
    select: { scanId: true },
  });
  return id;
};

const endOf = ({ snapshot, catalogueVersion }: JudgedScan, change: Change, snapshotId: string): ScanEnd => {
  const open = [
    ...change.opened,
    ...change.seen.map(({ observation }) => observation),
    ...change.reopened.map(({ observation }) => observation),
    ...change.unassessed,
  ];
  const missingParts = everyMissingPart(snapshot);
  const names = missingParts.slice(0, 5).map(({ part, reason }) => `${part} (${reason})`);
  return {
    ...(missingParts.length === 0
      ? { state: 'succeeded', reason: null, detail: null, nextStep: null }
      : {
          state: 'partial',
          reason: 'parts-missing',
          detail: `Not everything could be read: ${names.join(', ')}${missingParts.length > 5 ? ' …' : ''}.`,
          nextStep: 'What depends on these parts says that it could not tell; the scan lists each with its reason.',
        }),
    missingParts,
    judged: {
      score: scoreOf(open),
      counts: countBySeverity(open),
      opened: change.opened.length,
      fixed: change.fixed.length,
      reopened: change.reopened.length,
      catalogueVersion,
      snapshotId,
    },
  };
};

const text = (value: string | undefined): string | null => (value === undefined ? null : storableText(value));

const updateHost = async (
  tx: Transaction,
  { tenantId, hostId }: HeldScan,
  snapshot: HostSnapshot,
  { judged }: ScanEnd,
  at: Date,
): Promise<void> => {
  if (judged === undefined) return;
  const [info, version] = [valueOf(snapshot.info), valueOf(snapshot.version)];
  const { score, counts, opened, fixed } = judged;
  await tx.host.update({
    where: { id: hostId },
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
  await tx.$executeRaw`
    INSERT INTO host_days (tenant_id, host_id, day, score, opened, fixed)
    VALUES (${tenantId}::uuid, ${hostId}::uuid, (${at}::timestamptz AT TIME ZONE 'UTC')::date, ${score}, ${opened}, ${fixed})
    ON CONFLICT (host_id, day) DO UPDATE
    SET score = EXCLUDED.score, opened = host_days.opened + EXCLUDED.opened, fixed = host_days.fixed + EXCLUDED.fixed`;
};

const announceEnd = async (
  tx: Transaction,
  { tenantId, hostId, scanId, startedAt }: HeldScan,
  about: { readonly name: string; readonly simulated: boolean },
  { opened, fixed, reopened, ids }: Change,
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
  const found = (id: string, { checkId, title, severity, subject, reason }: Told) => ({
    id,
    check: checkId,
    title,
    severity,
    subject: { kind: subject.kind, name: storableText(subject.name) },
    reason: storableText(reason),
  });
  const context = { host, scanId };
  await announceFindings(
    tx,
    tenantId,
    'finding.opened',
    context,
    opened.map((one) => found(ids.get(one.fingerprint) ?? '', one)),
  );
  await announceFindings(
    tx,
    tenantId,
    'finding.reopened',
    context,
    reopened.map(({ earlier, observation }) => found(earlier.id, observation)),
  );
  await announceFindings(
    tx,
    tenantId,
    'finding.fixed',
    context,
    fixed.map((one) => found(one.id, one)),
  );
};

type Told = Pick<Observation, 'checkId' | 'title' | 'severity' | 'reason'> & {
  readonly subject: { readonly kind: Observation['subject']['kind']; readonly name: string };
};
