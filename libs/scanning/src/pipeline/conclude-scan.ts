import { AuditWriter } from '@plimsoll/audit';
import { catalogueVersion } from '@plimsoll/checks';
import type { MissingPart, ScanState, SeverityCounts } from '@plimsoll/contracts';
import type { Database, Prisma, Transaction } from '@plimsoll/persistence';
import type { HostFiles, Part } from '@plimsoll/snapshot';
import type { z } from 'zod';
import { announce, pathOf } from '../events/announce.ts';
import { systemActor } from '../events/system-actor.ts';
import { saveReachability } from '../hosts/reachability.ts';
import { markJudgingGivenUp } from '../judging/judging-basis.ts';
import { recordProgress } from '../scans/scan-progress.ts';
import { concludeHostFiles } from './host-file-reading.ts';
import type { ScanFailure } from './scan-failure.ts';
import { type HeldScan, lockHeldScan } from './scan-lease.ts';

/** How a scan ended, as its row says it. */
export interface ScanEnd {
  readonly state: Exclude<ScanState, 'queued' | 'running'>;
  readonly reason: string | null;
  readonly detail: string | null;
  readonly nextStep: string | null;
  readonly missingParts?: z.infer<typeof MissingPart>[];
  /** Of a scan that read its host: what it got of the host's files. */
  readonly hostFiles?: Part<HostFiles>;
  readonly judged?: {
    readonly score: number;
    readonly counts: SeverityCounts;
    readonly opened: number;
    readonly fixed: number;
    readonly reopened: number;
    readonly catalogueVersion: string;
    readonly snapshotId: string;
  };
}

const audit = new AuditWriter();

/**
 * Writes the end of a scan to its row, its events, its host and the audit log; call it last in a transaction that has
 * locked them by `lockHeldScan`.
 */
export const endScan = async (
  tx: Transaction,
  scan: HeldScan,
  host: { readonly name: string },
  end: ScanEnd,
  at: Date,
): Promise<void> => {
  const { tenantId, scanId, hostId } = scan;
  const { progressPercent, ...asked } = await tx.scan.update({
    where: { id: scanId },
    data: {
      state: end.state,
      stage: end.state,
      reason: end.reason,
      reasonDetail: end.detail,
      nextStep: end.nextStep,
      missingParts: end.missingParts ?? [],
      finishedAt: at,
      leaseOwner: null,
      leaseExpiresAt: null,
      ...judgedColumns(end),
    },
    select: { progressPercent: true, hostFiles: true, requestedById: true, requestedByName: true },
  });
  if (scan.kind === 'full') {
    await tx.host.update({
      where: { id: hostId },
      data: { lastScanId: scanId, lastScanAt: at, lastScanState: end.state },
      select: { id: true },
    });
  } else if (end.judged === undefined) {
    await markJudgingGivenUp(tx, scan, catalogueVersion);
  }
  await recordProgress(tx, scan, {
    state: end.state,
    percent: progressPercent,
    step: end.state,
    detail: end.detail,
  });
  if (asked.hostFiles === 'asked') {
    await concludeHostFiles(tx, { tenantId, scanId, hostId, hostName: host.name, ...asked }, end.hostFiles);
  }
  if (scan.kind === 'rejudge' && asked.requestedById === null && !hasChanged(end)) return;
  await audit.record(tx, systemActor(tenantId), {
    action: `${scan.kind === 'full' ? 'scan' : 'judgement'}.${end.state}`,
    subject: { kind: 'scan', id: scanId, name: host.name },
    outcome: end.state === 'failed' ? 'failure' : 'success',
    details: { hostId, attempt: scan.attempt, reason: end.reason },
  });
};

/** A judgement that nobody asked for and that has changed nothing is not worth a line in the log. */
const hasChanged = ({ judged }: ScanEnd): boolean =>
  judged === undefined || judged.opened + judged.fixed + judged.reopened > 0;

const judgedColumns = ({ judged }: ScanEnd): Prisma.ScanUpdateInput =>
  judged === undefined
    ? {}
    : {
        progressPercent: 100,
        score: judged.score,
        criticalCount: judged.counts.critical,
        highCount: judged.counts.high,
        mediumCount: judged.counts.medium,
        lowCount: judged.counts.low,
        infoCount: judged.counts.info,
        openedCount: judged.opened,
        fixedCount: judged.fixed,
        reopenedCount: judged.reopened,
        catalogueVersion: judged.catalogueVersion,
        snapshotId: judged.snapshotId,
      };

/** Ends a scan that was wanted no more. @throws LeaseLost */
export const concludeCancelled = (database: Database, scan: HeldScan, at: Date): Promise<void> =>
  database.forTenant(
    scan.tenantId,
    async (tx) => {
      const host = await lockHeldScan(tx, scan);
      await endScan(tx, scan, host, { state: 'cancelled', reason: null, detail: null, nextStep: null }, at);
    },
    { retries: 3 },
  );

/** Ends a scan that has no result, and tells what to do about it. No finding changes. @throws LeaseLost */
export const concludeFailed = (
  database: Database,
  scan: HeldScan,
  { reason, detail, nextStep, isUnreachable }: ScanFailure,
  at: Date,
): Promise<void> =>
  database.forTenant(
    scan.tenantId,
    async (tx) => {
      const { tenantId, hostId, scanId } = scan;
      const host = await lockHeldScan(tx, scan);
      if (isUnreachable) await saveReachability(tx, tenantId, hostId, { ok: false, reason, detail, nextStep }, at);
      if (scan.kind === 'full') {
        await announce(tx, tenantId, 'scan.failed', {
          host: { id: hostId, ...host },
          scanId,
          reason,
          detail,
          nextStep,
          url: pathOf.scan(hostId, scanId),
        });
      }
      await endScan(tx, scan, host, { state: 'failed', reason, detail, nextStep }, at);
    },
    { retries: 3 },
  );
