import { AuditWriter } from '@plimsoll/audit';
import { catalogueVersion } from '@plimsoll/checks';
import {
  type Actor,
  type CheckResultDocument,
  NotFound,
  type Page,
  type Scan,
  type ScanQuery,
  type ScanResultsQuery,
  StateConflict,
} from '@plimsoll/contracts';
import {
  type Database,
  Prisma,
  type SqlKeysetOrder,
  type Transaction,
  keysetOf,
  pageOfRows,
} from '@plimsoll/persistence';
import type { z } from 'zod';
import { markJudgingGivenUp } from '../judging/judging-basis.ts';
import { pageByPlace } from '../lists/stored-list.ts';
import { concludeHostFiles } from '../pipeline/host-file-reading.ts';
import { SCAN_CANCELLATIONS_CHANNEL, findActiveScan, lockHost, queueScan, supersede } from './queue-scan.ts';
import { readScanResults } from './scan-results.ts';
import { type ScanRow, scanInclude, scanOf } from './scan-row.ts';
import { recordProgress } from './scan-progress.ts';

export interface ScansServiceOptions {
  readonly database: Database;
  readonly now?: () => Date;
}

const newestFirst: SqlKeysetOrder = {
  name: 'scans:-queuedAt',
  column: 's.queued_at',
  idColumn: 's.id',
  type: 'timestamptz',
  descending: true,
};

/** A tenant's scans: asked for, shown, cancelled. Doing them is the pipeline's part. */
export class ScansService {
  readonly #database: Database;
  readonly #audit = new AuditWriter();
  readonly #now: () => Date;

  constructor({ database, now = () => new Date() }: ScansServiceOptions) {
    this.#database = database;
    this.#now = now;
  }

  /**
   * Asks for a scan of a host. One that is queued or running already is given back instead of a second one.
   * Touches no queue: the message leaves with the transaction, so nothing is lost and nothing is invented.
   * @throws NotFound
   */
  start(actor: Actor, hostId: string): Promise<Scan> {
    const { tenantId } = actor;
    return this.#database.forTenant(tenantId, async (tx) => {
      const host = await lockHost(tx, tenantId, hostId);
      const active = await findActiveScan(tx, tenantId, hostId);
      if (active !== null && active.kind === 'full') return scanOf(active);
      if (active !== null) await supersede(tx, active, this.#now());
      const id = await queueScan(tx, { tenantId, hostId, kind: 'full', requestedBy: actor, at: this.#now() });
      await this.#audit.record(tx, actor, {
        action: 'scan.started',
        subject: { kind: 'scan', id, name: host.name },
        details: { hostId },
      });
      return scanOf(await findScan(tx, tenantId, id));
    });
  }

  /**
   * Asks for the newest stored snapshot of a host to be judged anew, with no contact to the host. A scan or judgement that
   * is queued or running already is given back instead: its end is as new.
   * @throws NotFound
   * @throws StateConflict where no snapshot is stored
   */
  judgeAgain(actor: Actor, hostId: string): Promise<Scan> {
    const { tenantId } = actor;
    return this.#database.forTenant(tenantId, async (tx) => {
      const host = await lockHost(tx, tenantId, hostId);
      const active = await findActiveScan(tx, tenantId, hostId);
      if (active !== null) return scanOf(active);
      if ((await tx.snapshot.findFirst({ where: { tenantId, hostId }, select: { id: true } })) === null) {
        const detail = 'No scan of this host has had a result yet: there is nothing to judge. Scan it first.';
        throw new StateConflict({ state: 'never-judged' }, { detail });
      }
      const id = await queueScan(tx, { tenantId, hostId, kind: 'rejudge', requestedBy: actor, at: this.#now() });
      await this.#audit.record(tx, actor, {
        action: 'judgement.started',
        subject: { kind: 'scan', id, name: host.name },
        details: { hostId },
      });
      return scanOf(await findScan(tx, tenantId, id));
    });
  }

  /** @throws NotFound */
  get({ tenantId }: Actor, id: string): Promise<Scan> {
    return this.#database.forTenant(tenantId, async (tx) => scanOf(await findScan(tx, tenantId, id)));
  }

  /**
   * Newest first.
   * @throws NotFound for the scans of a host that is not there
   */
  list({ tenantId }: Actor, query: z.output<typeof ScanQuery>): Promise<Page<Scan>> {
    const { orderBy, after } = keysetOf(newestFirst, query.cursor);
    const conditions = [Prisma.sql`s.tenant_id = ${tenantId}::uuid`, after];
    if (query.hostId !== undefined) conditions.push(Prisma.sql`s.host_id = ${query.hostId}::uuid`);
    if (query.state !== undefined) conditions.push(Prisma.sql`s.state = ${query.state}`);
    if (query.kind !== undefined) conditions.push(Prisma.sql`s.kind = ${query.kind}::scan_kind`);
    return this.#database.forTenant(tenantId, async (tx) => {
      if (query.hostId !== undefined) await assertHostExists(tx, tenantId, query.hostId);
      const found = await tx.$queryRaw<{ id: string }[]>`
        SELECT s.id FROM scans s WHERE ${Prisma.join(conditions, ' AND ')}
        ORDER BY ${orderBy} LIMIT ${query.limit + 1}`;
      const ids = found.map(({ id }) => id);
      const rows = await tx.scan.findMany({ where: { tenantId, id: { in: ids } }, include: scanInclude });
      const byId = new Map(rows.map((row) => [row.id, row]));
      const ordered = ids.flatMap((id) => byId.get(id) ?? []);
      return pageOfRows(newestFirst, ordered, query.limit, ({ queuedAt, id }) => ({ value: queuedAt, id }), scanOf);
    });
  }

  /**
   * Ends a scan that waits, or tells the worker that holds it to stop.
   * @throws NotFound, StateConflict for a scan that has ended
   */
  cancel(actor: Actor, id: string): Promise<Scan> {
    const { tenantId } = actor;
    return this.#database.forTenant(tenantId, async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM scans WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`;
      const scan = await findScan(tx, tenantId, id);
      if (scan.state !== 'queued' && scan.state !== 'running') {
        throw new StateConflict({ state: scan.state }, { detail: 'The scan has ended already.' });
      }
      if (scan.cancelRequestedAt !== null) return scanOf(scan);
      await this.#cancel(tx, scan);
      if (scan.leaseOwner === null && scan.hostFiles === 'asked') {
        const { hostId, requestedById, requestedByName } = scan;
        const asking = { tenantId, scanId: id, hostId, hostName: scan.host.name, requestedById, requestedByName };
        await concludeHostFiles(tx, asking, undefined);
      }
      await this.#audit.record(tx, actor, {
        action: 'scan.cancelled',
        subject: { kind: 'scan', id, name: scan.host.name },
        details: { hostId: scan.hostId },
      });
      return scanOf(await findScan(tx, tenantId, id));
    });
  }

  /**
   * What every check said in this scan, the worst first.
   * @throws NotFound where there is no such scan, or it ended without results
   * @throws CursorInvalid
   */
  async results(
    { tenantId }: Actor,
    scanId: string,
    query: z.output<typeof ScanResultsQuery>,
  ): Promise<Page<CheckResultDocument>> {
    const found = await this.#database.forTenant(tenantId, async (tx) => {
      await findScan(tx, tenantId, scanId);
      return readScanResults(tx, tenantId, scanId);
    });
    if (found === undefined) throw new NotFound({}, { detail: 'This scan has no results, or not yet.' });
    const { outcome, check, theme } = query;
    const items = found.results.filter(
      (one) =>
        (outcome === undefined || one.outcome === outcome) &&
        (check === undefined || one.check === check) &&
        (theme === undefined || one.theme === theme),
    );
    return pageByPlace({ name: 'results', sourceId: scanId, items }, query);
  }

  async #cancel(tx: Transaction, row: ScanRow): Promise<void> {
    const { tenantId, id: scanId, progressPercent, stage } = row;
    const now = this.#now();
    if (row.leaseOwner === null) {
      await tx.scan.update({
        where: { id: scanId },
        data: { state: 'cancelled', cancelRequestedAt: now, finishedAt: now, stage: 'cancelled' },
      });
      if (row.kind === 'rejudge') await markJudgingGivenUp(tx, row, catalogueVersion);
      await recordProgress(
        tx,
        { tenantId, scanId },
        { state: 'cancelled', percent: progressPercent, step: 'cancelled', detail: 'No worker held it.' },
      );
      return;
    }
    await tx.scan.update({ where: { id: scanId }, data: { cancelRequestedAt: now } });
    await tx.$queryRaw`SELECT 1 FROM pg_notify(${SCAN_CANCELLATIONS_CHANNEL}, ${scanId})`;
    await recordProgress(
      tx,
      { tenantId, scanId },
      { state: 'running', percent: progressPercent, step: stage, detail: 'Asked to stop.' },
    );
  }
}

/** @throws NotFound */
export const findScan = async (tx: Transaction, tenantId: string, id: string): Promise<ScanRow> => {
  const row = await tx.scan.findFirst({ where: { tenantId, id }, include: scanInclude });
  if (row === null) throw new NotFound({}, { detail: 'There is no such scan.' });
  return row;
};

const assertHostExists = async (tx: Transaction, tenantId: string, id: string): Promise<void> => {
  if ((await tx.host.findFirst({ where: { tenantId, id }, select: { id: true } })) === null) {
    throw new NotFound({}, { detail: 'There is no such host.' });
  }
};
