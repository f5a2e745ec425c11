import type { ScanKind } from '@plimsoll/contracts';
import type { Database, Transaction } from '@plimsoll/persistence';

/** How long a scan belongs to a worker that gives no sign of life, and how often a live one gives it. */
export interface LeaseTiming {
  readonly leaseMs: number;
  readonly renewMs: number;
}
export const defaultLeaseTiming: LeaseTiming = { leaseMs: 10_000, renewMs: 3_000 };

export interface ScanRef {
  readonly tenantId: string;
  readonly scanId: string;
}

/** A scan that this worker holds. */
export interface HeldScan extends ScanRef {
  readonly hostId: string;
  /** `full` reads the host, `rejudge` judges the stored snapshot anew. */
  readonly kind: ScanKind;
  /** Who holds it; different for each attempt. */
  readonly leaseOwner: string;
  /** 1 for the first. */
  readonly attempt: number;
  readonly startedAt: Date;
  readonly cancelRequested: boolean;
}

/**
 * Takes a scan: one that waits, or one whose worker's lease ran out. Times are the database's, so that clocks of workers
 * need not agree.
 * @returns undefined where there is nothing to do: it has ended, was deleted, or another worker holds it
 */
export const claimScan = async (
  database: Database,
  { tenantId, scanId }: ScanRef,
  leaseOwner: string,
  { leaseMs }: LeaseTiming,
): Promise<HeldScan | undefined> =>
  database.forTenant(tenantId, async (tx) => {
    const [row] = await tx.$queryRaw<Omit<HeldScan, keyof ScanRef | 'leaseOwner'>[]>`
      UPDATE scans
      SET state = 'running', lease_owner = ${leaseOwner}, attempt = attempt + 1,
          lease_expires_at = now() + ${leaseMs}::integer * interval '1 millisecond',
          started_at = COALESCE(started_at, now())
      WHERE tenant_id = ${tenantId}::uuid AND id = ${scanId}::uuid
        AND (state = 'queued' OR (state = 'running' AND (lease_owner IS NULL OR lease_expires_at < now())))
      RETURNING host_id AS "hostId", kind::text AS kind, attempt, started_at AS "startedAt",
                cancel_requested_at IS NOT NULL AS "cancelRequested"`;
    return row === undefined ? undefined : { tenantId, scanId, leaseOwner, ...row };
  });

/** Gives a sign of life. @returns whether the scan is wanted no more; undefined where it is not ours any longer */
export const renewLease = async (
  database: Database,
  { tenantId, scanId, leaseOwner }: HeldScan,
  { leaseMs }: LeaseTiming,
): Promise<{ cancelRequested: boolean } | undefined> =>
  database.forTenant(tenantId, async (tx) => {
    const [row] = await tx.$queryRaw<{ cancelRequested: boolean }[]>`
      UPDATE scans SET lease_expires_at = now() + ${leaseMs}::integer * interval '1 millisecond'
      WHERE tenant_id = ${tenantId}::uuid AND id = ${scanId}::uuid AND lease_owner = ${leaseOwner} AND state = 'running'
      RETURNING cancel_requested_at IS NOT NULL AS "cancelRequested"`;
    return row;
  });

/** Lets go of a scan that is to be tried again; the sweeper looks after it when that takes longer than `withinMs`. */
export const releaseScan = async (
  tx: Transaction,
  { tenantId, scanId, leaseOwner }: HeldScan,
  withinMs: number,
): Promise<void> => {
  await tx.$executeRaw`
    UPDATE scans SET lease_owner = NULL, lease_expires_at = now() + ${withinMs}::integer * interval '1 millisecond'
    WHERE tenant_id = ${tenantId}::uuid AND id = ${scanId}::uuid AND lease_owner = ${leaseOwner} AND state = 'running'`;
};

/** The scan is not this worker's any more: it was taken over, cancelled or deleted. Nothing may be written for it. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

/**
 * Locks host and scan, in this order as everywhere, and makes sure that the scan is still held: what is written in this
 * transaction is written once.
 * @throws LeaseLost
 */
export const lockHeldScan = async (tx: Transaction, scan: HeldScan): Promise<{ name: string; simulated: boolean }> => {
  const [host] = await tx.$queryRaw<{ name: string; simulated: boolean }[]>`
    SELECT name, simulated FROM hosts
    WHERE tenant_id = ${scan.tenantId}::uuid AND id = ${scan.hostId}::uuid FOR NO KEY UPDATE`;
  const held = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM scans
    WHERE tenant_id = ${scan.tenantId}::uuid AND id = ${scan.scanId}::uuid AND lease_owner = ${scan.leaseOwner}
      AND state = 'running'
    FOR UPDATE`;
  if (host === undefined || held.length === 0) throw new LeaseLost(`Scan ${scan.scanId} is held by nobody or another`);
  return host;
};
