import { AuditWriter } from '@plimsoll/audit';
import type { Check } from '@plimsoll/checks';
import {
  type Actor,
  type Answer,
  type AnswerQuery,
  type AnswerQuestion,
  NotFound,
  type Page,
  PermissionMissing,
  StateConflict,
  ValidationFailed,
  longestAnswerDays,
} from '@plimsoll/contracts';
import {
  type Database,
  type HostAnswer,
  type Prisma,
  type SqlKeysetOrder,
  type Transaction,
  keysetOf,
  newId,
  pageOfRows,
} from '@plimsoll/persistence';
import type { z } from 'zod';
import { findHost } from '../hosts/hosts.service.ts';
import { judgeHostAgain } from '../judging/judging-basis.ts';
import { answerOf } from './answer-row.ts';
import { AskingChecks, noSuchQuestion } from './asking-checks.ts';

export interface AnswersServiceOptions {
  readonly database: Database;
  /** Default: the whole catalogue. */
  readonly checks?: readonly Check[];
  readonly now?: () => Date;
}

const newestFirst: SqlKeysetOrder = {
  name: 'answers',
  column: 'a.answered_at',
  idColumn: 'a.id',
  type: 'timestamptz',
  descending: true,
};
const dayMs = 86_400_000;

/**
 * What people say to the questions about hosts. An answer is never changed: another one replaces it, or it is withdrawn,
 * and all are kept as long as the host. Whatever changes it, the host is judged again soon after.
 */
export class AnswersService {
  readonly #database: Database;
  readonly #checks: AskingChecks;
  readonly #audit: AuditWriter;
  readonly #now: () => Date;

  constructor({ database, checks, now = () => new Date() }: AnswersServiceOptions) {
    this.#database = database;
    this.#checks = new AskingChecks(checks);
    this.#audit = new AuditWriter();
    this.#now = now;
  }

  /**
   * Answers a question about a host; an earlier answer is replaced.
   * @throws NotFound
   * @throws ValidationFailed for an end that has passed or is too far away
   * @throws PermissionMissing for an API key: a person vouches
   */
  async answer(actor: Actor, hostId: string, checkId: string, input: z.output<typeof AnswerQuestion>): Promise<Answer> {
    const { tenantId } = actor;
    const now = this.#now();
    await this.#assertPerson(actor, 'question.answered', { hostId, checkId });
    const validUntil = endOf(input.validUntil, now);
    return this.#database.forTenant(tenantId, async (tx) => {
      const host = await lockHost(tx, tenantId, hostId);
      this.#checks.get(checkId);
      const earlier = await tx.hostAnswer.findFirst({ where: { tenantId, hostId, checkId, endedAt: null } });
      if (earlier !== null) await end(tx, earlier.id, 'replaced', actor, now);
      const row = await tx.hostAnswer.create({
        data: {
          id: newId(),
          tenantId,
          hostId,
          checkId,
          outcome: input.outcome,
          reason: input.reason,
          authorId: actor.id,
          authorName: actor.name,
          answeredAt: now,
          validUntil,
        },
      });
      await judgeHostAgain(tx, { tenantId, hostId });
      await this.#audit.record(tx, actor, {
        action: 'question.answered',
        subject: { kind: 'host', id: hostId, name: host.name },
        details: {
          check: checkId,
          answerId: row.id,
          outcome: row.outcome,
          reason: row.reason,
          validUntil: validUntil.toISOString(),
          replaces: earlier?.id ?? null,
        },
      });
      return answerOf(row, now);
    });
  }

  /**
   * Takes the current answer back; what it decided is unknown again.
   * @throws NotFound
   * @throws StateConflict for an answer that was replaced or withdrawn before
   * @throws PermissionMissing for an API key
   */
  async withdraw(actor: Actor, hostId: string, checkId: string, answerId: string): Promise<void> {
    const { tenantId } = actor;
    await this.#assertPerson(actor, 'answer.withdrawn', { hostId, checkId, answerId });
    await this.#database.forTenant(tenantId, async (tx) => {
      const host = await lockHost(tx, tenantId, hostId);
      const row = await findAnswer(tx, { tenantId, hostId, checkId, id: answerId });
      if (row.endReason !== null) {
        throw new StateConflict({ state: row.endReason }, { detail: `This answer was ${row.endReason} already.` });
      }
      await end(tx, row.id, 'withdrawn', actor, this.#now());
      await judgeHostAgain(tx, { tenantId, hostId });
      await this.#audit.record(tx, actor, {
        action: 'answer.withdrawn',
        subject: { kind: 'host', id: hostId, name: host.name },
        details: { check: checkId, answerId, outcome: row.outcome, author: row.authorName },
      });
    });
  }

  /**
   * Every answer that was ever given, the newest first.
   * @throws NotFound
   * @throws CursorInvalid
   */
  async history(
    { tenantId }: Actor,
    hostId: string,
    checkId: string,
    query: z.output<typeof AnswerQuery>,
  ): Promise<Page<Answer>> {
    const { orderBy, after } = keysetOf(newestFirst, query.cursor);
    return this.#database.forTenant(tenantId, async (tx) => {
      await findHost(tx, tenantId, hostId);
      const found = await tx.$queryRaw<{ id: string }[]>`
        SELECT a.id FROM host_answers a
        WHERE a.tenant_id = ${tenantId}::uuid AND a.host_id = ${hostId}::uuid AND a.check_id = ${checkId} AND ${after}
        ORDER BY ${orderBy} LIMIT ${query.limit + 1}`;
      // A question that a later catalogue asks no more keeps its answers.
      if (found.length === 0 && !this.#checks.has(checkId)) throw noSuchQuestion();
      const rows = await tx.hostAnswer.findMany({
        where: { tenantId, id: { in: found.map(({ id }) => id) } },
        orderBy: [{ answeredAt: 'desc' }, { id: 'desc' }],
      });
      const now = this.#now();
      return pageOfRows(
        newestFirst,
        rows,
        query.limit,
        ({ answeredAt, id }) => ({ value: answeredAt, id }),
        (row) => answerOf(row, now),
      );
    });
  }

  /** An auditor asks for somebody who can be asked: a key vouches for nothing. */
  async #assertPerson(
    actor: Actor,
    action: string,
    { hostId, checkId, answerId }: { readonly hostId: string; readonly checkId: string; readonly answerId?: string },
  ): Promise<void> {
    if (actor.kind !== 'api-key') return;
    const { tenantId } = actor;
    await this.#database.forTenant(tenantId, async (tx) => {
      // What is not there is a 404 for a key too.
      const host = await findHost(tx, tenantId, hostId);
      if (answerId !== undefined) await findAnswer(tx, { tenantId, hostId, checkId, id: answerId });
      await this.#audit.record(tx, actor, {
        action,
        subject: { kind: 'host', id: hostId, name: host.name },
        outcome: 'refused',
        details: { reason: 'not-a-person', check: checkId },
      });
    });
    throw new PermissionMissing(
      { permission: 'findings:attest' },
      { detail: 'A person vouches for an answer, not an API key: sign in to answer or to withdraw.' },
    );
  }
}

/** Locks the host, so that two people who answer at once replace each other in turn. @throws NotFound */
const lockHost = async (tx: Transaction, tenantId: string, hostId: string): Promise<{ name: string }> => {
  const [host] = await tx.$queryRaw<{ name: string }[]>`
    SELECT name FROM hosts WHERE tenant_id = ${tenantId}::uuid AND id = ${hostId}::uuid FOR NO KEY UPDATE`;
  if (host === undefined) throw new NotFound({}, { detail: 'There is no such host.' });
  return host;
};

/** @throws NotFound */
const findAnswer = async (
  tx: Transaction,
  where: { readonly tenantId: string; readonly hostId: string; readonly checkId: string; readonly id: string },
): Promise<HostAnswer> => {
  const row = await tx.hostAnswer.findFirst({ where });
  if (row === null) throw new NotFound({}, { detail: 'There is no such answer.' });
  return row;
};

const end = async (
  tx: Transaction,
  id: string,
  endReason: 'replaced' | 'withdrawn',
  { id: endedById, name: endedByName }: Actor,
  endedAt: Date,
): Promise<void> => {
  const data: Prisma.HostAnswerUpdateInput = { endReason, endedAt, endedById, endedByName };
  await tx.hostAnswer.update({ where: { id }, data, select: { id: true } });
};

const endOf = (text: string, now: Date): Date => {
  const until = new Date(text);
  const latest = new Date(now.getTime() + longestAnswerDays * dayMs);
  if (until > now && until <= latest) return until;
  const message =
    until > now ? `At most ${longestAnswerDays} days ahead: until ${latest.toISOString()}` : 'Must be later than now';
  throw new ValidationFailed({}, { errors: [{ field: 'validUntil', in: 'body', message }] });
};
