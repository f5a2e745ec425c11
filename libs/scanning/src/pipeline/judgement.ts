import type { CheckResult } from '@plimsoll/checks';
import type { AdjustedParameter } from '@plimsoll/contracts';
import type { Transaction } from '@plimsoll/persistence';
import type { HostSnapshot } from '@plimsoll/snapshot';
import { z } from 'zod';
import { announceFindings } from '../events/announce.ts';
import { coverageOf } from '../findings/coverage.ts';
import { type OpenedIds, readEarlierFindings, writeReconciliation } from '../findings/findings.repository.ts';
import type { Observation } from '../findings/observe.ts';
import { type Reconciliation, reconcile } from '../findings/reconcile.ts';
import { countBySeverity, scoreOf } from '../findings/score.ts';
import { storableText } from '../findings/storable.ts';
import type { StoredResults } from '../scans/scan-results.ts';
import type { ScanEnd } from './conclude-scan.ts';
import { everyMissingPart } from './missing-parts.ts';
import type { HeldScan } from './scan-lease.ts';

/** A snapshot, and what came of judging it. */
export interface JudgedScan {
  readonly snapshot: HostSnapshot;
  /** Ids of all checks that were run, with results or without. */
  readonly checks: readonly { readonly id: string }[];
  readonly results: readonly CheckResult[];
  readonly catalogueVersion: string;
  /** Parameters that differed from their defaults. */
  readonly adjusted: readonly AdjustedParameter[];
  /** See `readJudgingBasis`. */
  readonly basis: string;
}

/** What a judgement changed, with the ids of the findings that it opened. */
export interface Change extends Reconciliation {
  readonly ids: OpenedIds;
}

/** Whether anything is otherwise than it was: what was seen again, or could not be told, is no change. */
export const isChange = ({ opened, reopened, fixed }: Change): boolean =>
  opened.length > 0 || reopened.length > 0 || fixed.length > 0;

/** Compares what was judged with the host's findings, and writes the difference. */
export const reconcileFindings = async (
  tx: Transaction,
  { tenantId, hostId, scanId, kind }: HeldScan,
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
  const hasSeenHost = kind === 'full';
  const ids = await writeReconciliation(tx, { tenantId, hostId, scanId, at, catalogueVersion, hasSeenHost }, change);
  return { ...change, ids };
};

const StoredAdjustments = z.array(
  z.object({ check: z.string(), name: z.string(), value: z.json(), default: z.json() }),
);

/** Keeps what every check said, apart from the scan's row. */
export const storeResults = async (
  tx: Transaction,
  { tenantId, hostId, scanId }: HeldScan,
  { catalogueVersion, adjusted }: JudgedScan,
  { outcomes, content }: StoredResults,
): Promise<void> => {
  await tx.checkSummary.create({
    data: {
      scanId,
      tenantId,
      hostId,
      catalogueVersion,
      outcomes,
      adjustedParameters: StoredAdjustments.parse(adjusted),
      results: content,
    },
    select: { scanId: true },
  });
};

/** How a scan or judgement ends that has a result. */
export const endOf = ({ snapshot, catalogueVersion }: JudgedScan, change: Change, snapshotId: string): ScanEnd => {
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
    hostFiles: snapshot.hostFiles,
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

type Told = Pick<Observation, 'checkId' | 'title' | 'severity' | 'reason'> & {
  readonly subject: { readonly kind: Observation['subject']['kind']; readonly name: string };
};

/** Tells which findings were opened, reopened and fixed; nothing where none was. */
export const announceChange = async (
  tx: Transaction,
  tenantId: string,
  context: Parameters<typeof announceFindings>[3],
  { opened, fixed, reopened, ids }: Change,
): Promise<void> => {
  const found = (id: string, { checkId, title, severity, subject, reason }: Told) => ({
    id,
    check: checkId,
    title,
    severity,
    subject: { kind: subject.kind, name: storableText(subject.name) },
    reason: storableText(reason),
  });
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

/** Adds to the trend of the host's day: what it was worth at last, and how much was opened and fixed. */
export const countDay = async (
  tx: Transaction,
  { tenantId, hostId }: HeldScan,
  { score, opened, fixed }: NonNullable<ScanEnd['judged']>,
  at: Date,
): Promise<void> => {
  await tx.$executeRaw`
    INSERT INTO host_days (tenant_id, host_id, day, score, opened, fixed)
    VALUES (${tenantId}::uuid, ${hostId}::uuid, (${at}::timestamptz AT TIME ZONE 'UTC')::date, ${score}, ${opened}, ${fixed})
    ON CONFLICT (host_id, day) DO UPDATE
    SET score = EXCLUDED.score, opened = host_days.opened + EXCLUDED.opened, fixed = host_days.fixed + EXCLUDED.fixed`;
};
