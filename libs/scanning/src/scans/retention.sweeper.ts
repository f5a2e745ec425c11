import type { Database, Transaction } from '@plimsoll/persistence';

export interface RetentionSweeperOptions {
  readonly database: Database;
  readonly snapshotDays: number;
  readonly now?: () => Date;
  /** Rows that one statement deletes at most: it must end long before the statement timeout. Default 1,000. */
  readonly batchRows?: number;
}

const dayMs = 86_400_000;
/** How long scans without their snapshot, and the trend, are kept. */
const scanDays = 400;
/** How long the steps of a scan are kept once it has ended; the last one stays as long as the scan. */
const scanEventDays = 7;
/** How long it can be seen what was sent to a webhook. */
const deliveryDays = 90;

/** Deletes at most so many rows of the tenant; returns how many rows went. */
type Deletion = (tx: Transaction, tenantId: string, limit: number) => Promise<number>;

/** Deletes what is older than it is to be kept: snapshots, the results and records of scans, the trend, deliveries. */
export class RetentionSweeper {
  readonly #options: RetentionSweeperOptions;

  constructor(options: RetentionSweeperOptions) {
    this.#options = options;
  }

  /** @returns how many snapshots went */
  async sweep(): Promise<number> {
    const { database } = this.#options;
    let snapshots = 0;
    let last: string | undefined;
    for (;;) {
      const tenantIds = await database.platform.listTenantIds(100, last);
      for (const tenantId of tenantIds) snapshots += await this.#sweepTenant(tenantId);
      last = tenantIds.at(-1);
      if (last === undefined) break;
    }
    await this.#purgeExpired();
    return snapshots;
  }

  /** Each portion is a transaction of its own: a backlog of any size is worked off without holding anybody up. */
  async #purgeExpired(): Promise<void> {
    const { database, batchRows: limit = 1_000 } = this.#options;
    const [dispatchedBefore, tokensExpiredBefore] = [this.#daysAgo(1 / 24), this.#daysAgo(30)];
    for (;;) {
      const purged = await database.platform.purgeExpired({ dispatchedBefore, tokensExpiredBefore, limit });
      if (Object.values(purged).every((count) => count < limit)) return;
    }
  }

  async #sweepTenant(tenantId: string): Promise<number> {
    const snapshotsBefore = this.#daysAgo(this.#options.snapshotDays);
    const scansBefore = this.#daysAgo(scanDays);
    const snapshots = await this.#deleteAll(tenantId, deleteSnapshots(snapshotsBefore));
    await this.#deleteAll(tenantId, deleteResults(snapshotsBefore));
    await this.#deleteAll(tenantId, deleteScanEvents(this.#daysAgo(scanEventDays)));
    await this.#deleteAll(tenantId, deleteScans(scansBefore));
    await this.#deleteAll(tenantId, deleteHostDays(scansBefore));
    await this.#deleteAll(tenantId, deleteDeliveries(this.#daysAgo(deliveryDays)));
    return snapshots;
  }

  /** Each batch in a transaction of its own, so that what went stays gone when a later one fails. */
  async #deleteAll(tenantId: string, deletion: Deletion): Promise<number> {
    const { database, batchRows = 1_000 } = this.#options;
    for (let total = 0; ;) {
      const count = await database.forTenant(tenantId, (tx) => deletion(tx, tenantId, batchRows), {
        timeoutMs: 60_000,
      });
      total += count;
      if (count < batchRows) return total;
    }
  }

  #daysAgo(days: number): Date {
    return new Date((this.#options.now?.() ?? new Date()).getTime() - days * dayMs);
  }
}

/** The newest one of each host stays: it is what the host's page shows, and what can be judged again. */
const deleteSnapshots =
  (before: Date): Deletion =>
  (tx, tenantId, limit) =>
    tx.$executeRaw`
      DELETE FROM snapshots WHERE id IN (
        SELECT old.id FROM snapshots AS old
        WHERE old.tenant_id = ${tenantId}::uuid AND old.taken_at < ${before}::timestamptz
          AND EXISTS (SELECT 1 FROM snapshots AS newer
                      WHERE newer.tenant_id = old.tenant_id AND newer.host_id = old.host_id
                        AND newer.taken_at > old.taken_at)
        LIMIT ${limit}::integer)`;

/** The newest of each host stay as well: a stored snapshot may have been judged again long after it was taken. */
const deleteResults =
  (before: Date): Deletion =>
  (tx, tenantId, limit) =>
    tx.$executeRaw`
      DELETE FROM check_summaries WHERE scan_id IN (
        SELECT old.scan_id FROM check_summaries AS old
        WHERE old.tenant_id = ${tenantId}::uuid AND old.created_at < ${before}::timestamptz
          AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.tenant_id = old.tenant_id AND s.scan_id = old.scan_id
                            AND s.host_id = old.host_id)
          AND EXISTS (SELECT 1 FROM check_summaries newer
                      WHERE newer.tenant_id = old.tenant_id AND newer.host_id = old.host_id
                        AND newer.created_at > old.created_at)
        LIMIT ${limit}::integer)`;

/** The last event of a scan stays: it is what ends the stream of whoever follows a scan of long ago. */
const deleteScanEvents =
  (finishedBefore: Date): Deletion =>
  (tx, tenantId, limit) =>
    tx.$executeRaw`
      DELETE FROM scan_events WHERE tenant_id = ${tenantId}::uuid AND (scan_id, sequence) IN (
        SELECT e.scan_id, e.sequence FROM scans AS s
        JOIN scan_events AS e ON e.tenant_id = s.tenant_id AND e.scan_id = s.id AND e.sequence < s.last_event_sequence
        WHERE s.tenant_id = ${tenantId}::uuid AND s.finished_at < ${finishedBefore}::timestamptz
        LIMIT ${limit}::integer)`;

const deleteScans =
  (before: Date): Deletion =>
  (tx, tenantId, limit) =>
    tx.$executeRaw`
      DELETE FROM scans WHERE id IN (
        SELECT id FROM scans
        WHERE tenant_id = ${tenantId}::uuid AND queued_at < ${before}::timestamptz
          AND state NOT IN ('queued', 'running')
        LIMIT ${limit}::integer)`;

const deleteHostDays =
  (before: Date): Deletion =>
  (tx, tenantId, limit) =>
    tx.$executeRaw`
      DELETE FROM host_days WHERE (host_id, day) IN (
        SELECT host_id, day FROM host_days
        WHERE tenant_id = ${tenantId}::uuid AND day < ${before}::timestamptz::date
        LIMIT ${limit}::integer)`;

/** Attempts go with their delivery. One that was sent again by hand and waits stays until it is done. */
const deleteDeliveries =
  (before: Date): Deletion =>
  (tx, tenantId, limit) =>
    tx.$executeRaw`
      DELETE FROM webhook_deliveries WHERE id IN (
        SELECT id FROM webhook_deliveries
        WHERE tenant_id = ${tenantId}::uuid AND created_at < ${before}::timestamptz AND state <> 'pending'
        LIMIT ${limit}::integer)`;
