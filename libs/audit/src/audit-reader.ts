import { CursorInvalid } from '@plimsoll/contracts';
import type { Actor, AuditEvent, AuditEventQuery, AuditVerification, Page } from '@plimsoll/contracts';
import type { Database, Prisma } from '@plimsoll/persistence';
import type { z } from 'zod';
import { eventOf } from './audit-row.ts';
import { verifyChain } from './verify-chain.ts';

type Query = z.output<typeof AuditEventQuery>;

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
    const before = query.cursor === undefined ? undefined : sequenceOf(query.cursor);
    const rows = await this.#database.forTenant(actor.tenantId, (tx) =>
      tx.auditEvent.findMany({
        where: filterOf(actor.tenantId, query, before),
        orderBy: { sequence: 'desc' },
        take: query.limit + 1,
      }),
    );
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    return {
      items: page.map((row) => ({ ...eventOf(row), hash: Buffer.from(row.hash).toString('hex') })),
      nextCursor: rows.length > query.limit && last !== undefined ? cursorOf(last.sequence) : null,
    };
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

const cursorOf = (sequence: number): string => Buffer.from(`audit:${sequence}`).toString('base64url');

const sequenceOf = (cursor: string): number => {
  const sequence = /^audit:([1-9]\d{0,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'))?.[1];
  if (sequence === undefined || Number(sequence) > 2_147_483_647) {
    throw new CursorInvalid({}, { errors: [{ field: 'cursor', in: 'query', message: 'Not a cursor of this list' }] });
  }
  return Number(sequence);
};
