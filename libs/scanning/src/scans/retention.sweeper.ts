import type { Database } from '@plimsoll/persistence';

export interface RetentionSweeperOptions {
  readonly database: Database;
  readonly snapshotDays: number;
  readonly now?: () => Date;
}

const dayMs = 86_400_000;
/** How long scans without their snapshot, and the trend, are kept. */
const scanDays = 400;

/** Deletes what is older than it is to be kept: snapshots, the results and records of scans, the trend. */
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
    const hourAgo = new Date(this.#now().getTime() - 3_600_000);
    const monthAgo = new Date(this.#now().getTime() - 30 * dayMs);
    await database.platform.purgeExpired({ dispatchedBefore: hourAgo, tokensExpiredBefore: monthAgo });
    return snapshots;
  }

  #sweepTenant(tenantId: string): Promise<number> {
    const now = this.#now().getTime();
    const snapshotsBefore = new Date(now - this.#options.snapshotDays * dayMs);
    const scansBefore = new Date(now - scanDays * dayMs);
    return this.#options.database.forTenant(
      tenantId,
      async (tx) => {
        // The newest one of each host stays: it is what the host's page shows, and what can be judged again.
        const snapshots = await tx.$executeRaw`
          DELETE FROM snapshots AS old
          WHERE old.tenant_id = ${tenantId}::uuid AND old.taken_at < ${snapshotsBefore}::timestamptz
            AND EXISTS (SELECT 1 FROM snapshots AS newer
                        WHERE newer.tenant_id = old.tenant_id AND newer.host_id = old.host_id
                          AND newer.taken_at > old.taken_at)`;
        await tx.$executeRaw`
          DELETE FROM check_summaries AS old
          WHERE old.tenant_id = ${tenantId}::uuid AND old.created_at < ${snapshotsBefore}::timestamptz
            AND NOT EXISTS (SELECT 1 FROM snapshots s WHERE s.tenant_id = old.tenant_id AND s.scan_id = old.scan_id
                              AND s.host_id = old.host_id)`;
        await tx.$executeRaw`
          DELETE FROM scans WHERE tenant_id = ${tenantId}::uuid AND queued_at < ${scansBefore}::timestamptz
            AND state NOT IN ('queued', 'running')`;
        await tx.$executeRaw`
          DELETE FROM host_days WHERE tenant_id = ${tenantId}::uuid AND day < ${scansBefore}::timestamptz::date`;
        return snapshots;
      },
      { timeoutMs: 120_000 },
    );
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }
}
