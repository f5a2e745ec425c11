import type { Answer as JudgedAnswer } from '@plimsoll/checks';
import { type Answer, AnswerOutcome, type AnswerState } from '@plimsoll/contracts';
import type { HostAnswer, Transaction } from '@plimsoll/persistence';

export const answerOf = (row: HostAnswer, now: Date): Answer => ({
  id: row.id,
  hostId: row.hostId,
  check: row.checkId,
  outcome: AnswerOutcome.parse(row.outcome),
  reason: row.reason,
  author: { id: row.authorId, name: row.authorName },
  answeredAt: row.answeredAt.toISOString(),
  validUntil: row.validUntil.toISOString(),
  state: stateOf(row, now),
  endedAt: row.endedAt?.toISOString() ?? null,
  endedBy: row.endedByName,
});

const stateOf = ({ endReason, validUntil }: HostAnswer, now: Date): AnswerState => {
  if (endReason !== null) return endReason === 'withdrawn' ? 'withdrawn' : 'replaced';
  return validUntil <= now ? 'expired' : 'valid';
};

interface HostRef {
  readonly tenantId: string;
  readonly hostId: string;
}

/** The answers that nobody has replaced or withdrawn, expired ones included: one at most for each check. */
export const readCurrentAnswers = (tx: Transaction, { tenantId, hostId }: HostRef): Promise<HostAnswer[]> =>
  tx.hostAnswer.findMany({ where: { tenantId, hostId, endedAt: null }, orderBy: { checkId: 'asc' } });

/** What `withAnswers` takes: the current answers of a host, expired ones included, since it says that they are. */
export const readAnswersToJudgeBy = async (tx: Transaction, host: HostRef): Promise<JudgedAnswer[]> =>
  (await readCurrentAnswers(tx, host)).map((row) => ({
    checkId: row.checkId,
    outcome: AnswerOutcome.parse(row.outcome),
    reason: row.reason,
    author: row.authorName,
    answeredAt: row.answeredAt.toISOString(),
    validUntil: row.validUntil.toISOString(),
  }));
