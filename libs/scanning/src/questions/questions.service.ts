import type { Check } from '@plimsoll/checks';
import { type Actor, type Page, type Question, type QuestionQuery, type QuestionState } from '@plimsoll/contracts';
import {
  type Database,
  type HostAnswer,
  type KeysetOrder,
  type Transaction,
  pageOfRows,
  readCursor,
} from '@plimsoll/persistence';
import { z } from 'zod';
import { findHost } from '../hosts/hosts.service.ts';
import { answerOf, readCurrentAnswers } from './answer-row.ts';
import { type AskingCheck, AskingChecks } from './asking-checks.ts';

export interface QuestionsServiceOptions {
  readonly database: Database;
  /** Default: the whole catalogue. */
  readonly checks?: readonly Check[];
  readonly now?: () => Date;
}

const byCheck: KeysetOrder = { name: 'questions', type: 'text' };

const Counts = z.object({ pass: z.number(), fail: z.number(), unknown: z.number(), 'not-applicable': z.number() });
const Outcomes = z.record(z.string(), Counts);
type Outcomes = z.infer<typeof Outcomes>;

/** What only a person can say about a tenant's hosts, and what was said. */
export class QuestionsService {
  readonly #database: Database;
  readonly #checks: AskingChecks;
  readonly #now: () => Date;

  constructor({ database, checks, now = () => new Date() }: QuestionsServiceOptions) {
    this.#database = database;
    this.#checks = new AskingChecks(checks);
    this.#now = now;
  }

  /**
   * In the order of the checks' ids.
   * @throws NotFound
   * @throws CursorInvalid
   */
  async list({ tenantId }: Actor, hostId: string, query: z.output<typeof QuestionQuery>): Promise<Page<Question>> {
    const position = readCursor(byCheck, query.cursor);
    const asked = this.#checks.after(position === undefined ? undefined : String(position.value));
    const questions = await this.#questions(tenantId, hostId, asked);
    const wanted = questions.filter(({ state }) => query.state === undefined || state === query.state);
    return pageOfRows(
      byCheck,
      wanted.slice(0, query.limit + 1),
      query.limit,
      ({ check }) => ({ value: check, id: hostId }),
      (question) => question,
    );
  }

  /** @throws NotFound */
  async get({ tenantId }: Actor, hostId: string, checkId: string): Promise<Question> {
    const check = this.#checks.get(checkId);
    const [question] = await this.#questions(tenantId, hostId, [check]);
    if (question === undefined) throw new Error(`The question of ${checkId} got lost`);
    return question;
  }

  #questions(tenantId: string, hostId: string, checks: readonly AskingCheck[]): Promise<Question[]> {
    return this.#database.forTenant(tenantId, async (tx) => {
      await findHost(tx, tenantId, hostId);
      const outcomes = await readOutcomes(tx, tenantId, hostId);
      const answers = await readCurrentAnswers(tx, { tenantId, hostId });
      const answerByCheck = new Map(answers.map((row) => [row.checkId, row]));
      const now = this.#now();
      return checks.map((check) => questionOf(check, answerByCheck.get(check.id), outcomes, now));
    });
  }
}

/** What each check said when the host was judged last; undefined for a host that never was. */
const readOutcomes = async (tx: Transaction, tenantId: string, hostId: string): Promise<Outcomes | undefined> => {
  const row = await tx.checkSummary.findFirst({
    where: { tenantId, hostId },
    orderBy: { createdAt: 'desc' },
    select: { outcomes: true },
  });
  return row === null ? undefined : Outcomes.parse(row.outcomes);
};

const questionOf = (
  check: AskingCheck,
  row: HostAnswer | undefined,
  outcomes: Outcomes | undefined,
  now: Date,
): Question => {
  const answer = row === undefined ? null : answerOf(row, now);
  return {
    check: check.id,
    title: check.title,
    theme: check.theme,
    severity: check.severity,
    cis: { ...check.cis },
    question: check.question,
    state: stateOf(answer),
    answer,
    outcomes: countsOf(outcomes?.[check.id], outcomes !== undefined),
  };
};

const stateOf = (answer: Question['answer']): QuestionState => {
  if (answer === null) return 'open';
  return answer.state === 'expired' ? 'expired' : 'answered';
};

/** A check that said nothing found nothing to judge. */
const countsOf = (counts: z.infer<typeof Counts> | undefined, wasJudged: boolean): Question['outcomes'] => {
  if (!wasJudged) return null;
  const { pass = 0, fail = 0, unknown = 0, 'not-applicable': notApplicable = 0 } = counts ?? {};
  return { pass, fail, unknown, notApplicable };
};
