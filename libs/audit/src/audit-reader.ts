import type { Actor, AuditEvent, AuditEventQuery, AuditVerification, Page } from '@plimsoll/contracts';
import { pageOfRows, readCursor } from '@plimsoll/persistence';
import type { Database, KeysetOrder, Prisma } from '@plimsoll/persistence';
import type { z } from 'zod';
import { eventOf } from './audit-row.ts';
import { verifyChain } from './verify-chain.ts';

type Query = z.output<typeof AuditEventQuery>;

const newestFirst: KeysetOrder = { name: 'audit-events', type: 'integer', descending: true };

/** Verifying reads every event of the tenant; a million of them take some ten seconds. */
const verificationTimeoutMs = 120_000;

/** Reads a tenant's audit log. */
export class AuditReader {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * The newest events first.
   * @throws CursorInvalid
   */
  async list(actor: Pick<Actor, 'tenantId'>, query: Query): Promise<Page<AuditEvent>> {
    const before = readCursor(newestFirst, query.cursor)?.value;
    const rows = await this.#database.forTenant(actor.tenantId, (tx) =>
      tx.auditEvent.findMany({
        where: filterOf(actor.tenantId, query, before === undefined ? undefined : Number(before)),
        orderBy: { sequence: 'desc' },
        take: query.limit + 1,
      }),
    );
    return pageOfRows(
      newestFirst,
      rows,
      query.limit,
      ({ sequence, id }) => ({ value: sequence, id }),
      (row) => ({ ...eventOf(row), hash: Buffer.from(row.hash).toString('hex') }),
    );
  }

  /** Whether the tenant's log is whole and unchanged. */
  verify(actor: Pick<Actor, 'tenantId'>): Promise<AuditVerification> {
    return this.#database.forTenant(actor.tenantId, (tx) => verifyChain(tx, actor.tenantId), {
      // One point in time: events that are appended meanwhile must not look like a chain that outran its head.
      isolationLevel: 'RepeatableRead',
      timeoutMs: verificationTimeoutMs,
    });
  }
}

const filterOf = (tenantId: string, query: Query, before: number | undefined): Prisma.AuditEventWhereInput => ({
  tenantId,
  ...(before === undefined ? {} : { sequence: { lt: before } }),
  ...(query.action === undefined ? {} : { action: query.action }),
  ...(query.actorId === undefined ? {} : { actorId: query.actorId }),
  ...(query.subjectKind === undefined ? {} : { subjectKind: query.subjectKind }),
  ...(query.subjectId === undefined ? {} : { subjectId: query.subjectId }),
  ...(query.outcome === undefined ? {} : { outcome: query.outcome }),
  ...(query.from === undefined && query.until === undefined
    ? {}
    : {
        at: {
          ...(query.from === undefined ? {} : { gte: new Date(query.from) }),
          ...(query.until === undefined ? {} : { lt: new Date(query.until) }),
        },
      }),
});
