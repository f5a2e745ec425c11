import { AuditWriter } from '@plimsoll/audit';
import { type Database, Prisma, type Transaction } from '@plimsoll/persistence';
import { systemActor } from '../events/system-actor.ts';
import { judgeHostAgain } from '../judging/judging-basis.ts';

export interface ExpiredAnswersSweeperOptions {
  readonly database: Database;
  readonly now?: () => Date;
  /** Hosts that one transaction handles at most. Default 50. */
  readonly batchHosts?: number;
}

/**
 * Notices answers that have expired: says so in the tenant's log, once, and has their hosts judged again. A judgement does
 * not wait for it, since it looks at the clock itself.
 */
export class ExpiredAnswersSweeper {
  readonly #options: ExpiredAnswersSweeperOptions;
  readonly #audit = new AuditWriter();

  constructor(options: ExpiredAnswersSweeperOptions) {
    this.#options = options;
  }

  /** @returns how many answers were noticed */
  async sweep(): Promise<number> {
    const { database } = this.#options;
    let noticed = 0;
    let last: string | undefined;
    for (;;) {
      const tenantIds = await database.platform.listTenantIds(100, last);
      for (const tenantId of tenantIds) noticed += await this.#sweepTenant(tenantId);
      last = tenantIds.at(-1);
      if (last === undefined) return noticed;
    }
  }

  async #sweepTenant(tenantId: string): Promise<number> {
    const { database, batchHosts = 50, now = () => new Date() } = this.#options;
    for (let noticed = 0; ;) {
      const batch = await database.forTenant(tenantId, (tx) => this.#notice(tx, tenantId, now(), batchHosts));
      noticed += batch.answers;
      if (batch.hosts < batchHosts) return noticed;
    }
  }

  async #notice(
    tx: Transaction,
    tenantId: string,
    now: Date,
    limit: number,
  ): Promise<{ hosts: number; answers: number }> {
    const due = Prisma.sql`
      tenant_id = ${tenantId}::uuid AND valid_until <= ${now}::timestamptz AND ended_at IS NULL
      AND expiry_noticed_at IS NULL`;
    // Hosts are locked before their answers, as everywhere, and in the order of their ids.
    const hosts = await tx.$queryRaw<{ id: string; name: string }[]>`
      SELECT id, name FROM hosts
      WHERE tenant_id = ${tenantId}::uuid
        AND id IN (SELECT DISTINCT host_id FROM host_answers WHERE ${due} LIMIT ${limit}::integer)
      ORDER BY id FOR NO KEY UPDATE`;
    if (hosts.length === 0) return { hosts: 0, answers: 0 };
    const nameById = new Map(hosts.map(({ id, name }) => [id, name]));
    const expired = await tx.$queryRaw<ExpiredAnswer[]>`
      UPDATE host_answers SET expiry_noticed_at = ${now}::timestamptz
      WHERE ${due} AND host_id = ANY (${[...nameById.keys()]}::uuid[])
      RETURNING id, host_id AS "hostId", check_id AS "checkId", author_name AS author, valid_until AS "validUntil"`;
    for (const hostId of new Set(expired.map((answer) => answer.hostId)))
      await judgeHostAgain(tx, { tenantId, hostId });
    for (const { id, hostId, checkId, author, validUntil } of expired) {
      await this.#audit.record(tx, systemActor(tenantId), {
        action: 'answer.expired',
        subject: { kind: 'host', id: hostId, name: nameById.get(hostId) ?? null },
        details: { check: checkId, answerId: id, author, validUntil: validUntil.toISOString() },
      });
    }
    return { hosts: hosts.length, answers: expired.length };
  }
}

interface ExpiredAnswer {
  readonly id: string;
  readonly hostId: string;
  readonly checkId: string;
  readonly author: string;
  readonly validUntil: Date;
}
