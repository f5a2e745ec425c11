import type { CheckResult } from './judge.ts';
import { bounded } from './bounded.ts';
import { dayOf, instantOf } from './instants.ts';
import type { Evidence } from './verdict.ts';

/** What a person said to the question of a check about one host, for as long as they vouch for it. */
export interface Answer {
  readonly checkId: string;
  readonly outcome: 'pass' | 'fail' | 'not-applicable';
  /** Why, in the person's own words. */
  readonly reason: string;
  /** Who answered, by the name they had then. */
  readonly author: string;
  /** RFC 3339 in UTC. */
  readonly answeredAt: string;
  /** The answer counts up to, and not at, this instant. RFC 3339 in UTC. */
  readonly validUntil: string;
}

/**
 * Lets a person's answers stand in where a check with a question could not tell. Pure. What the snapshot decides itself
 * stays as it is, and so does "all of a kind" that could not be listed: nobody vouches for things that were not seen.
 * An answer that has ended leaves the verdict unknown and says so.
 * @param answers one for each check at most; those of checks without a question count for nothing
 * @param at when it is judged, RFC 3339
 */
export const withAnswers = (results: readonly CheckResult[], answers: readonly Answer[], at: string): CheckResult[] => {
  const byCheck = new Map(answers.map((answer) => [answer.checkId, answer]));
  return results.map((result) => {
    const answer = byCheck.get(result.check.id);
    if (answer === undefined || !isOpen(result)) return result;
    return isValid(answer, at) ? answered(result, answer) : lapsed(result, answer);
  });
};

const everything = '*';

const isOpen = ({ check, outcome, subject }: CheckResult): boolean =>
  outcome === 'unknown' && check.question !== undefined && subject.lastingName !== everything;

/** An end that can not be read is past. */
const isValid = ({ validUntil }: Answer, at: string): boolean =>
  (instantOf(at) ?? Infinity) < (instantOf(validUntil) ?? 0);

const day = (time: string): string => {
  const instant = instantOf(time);
  return instant === undefined ? time : dayOf(instant);
};

const said: Readonly<Record<Answer['outcome'], string>> = {
  pass: 'vouches for it',
  fail: 'says that it does not hold',
  'not-applicable': 'says that it does not apply',
};

const answered = ({ wouldTell: _wouldTell, ...result }: CheckResult, answer: Answer): CheckResult => ({
  ...result,
  ...bounded({
    outcome: answer.outcome,
    reason: `${answer.author} ${said[answer.outcome]} until ${day(answer.validUntil)}: ${answer.reason}`,
    evidence: [
      ...evidenceOf(answer),
      { source: 'what the scan could not tell', value: result.reason },
      ...result.evidence,
    ],
  }),
});

const lapsed = (result: CheckResult, answer: Answer): CheckResult => ({
  ...result,
  ...bounded({
    outcome: 'unknown',
    reason: `${result.reason}; the answer of ${answer.author} from ${day(answer.answeredAt)} has expired on ${day(answer.validUntil)}`,
    evidence: [...evidenceOf(answer), ...result.evidence],
  }),
  wouldTell: 'A new answer to the question of this check',
});

const evidenceOf = ({ author, outcome, reason, answeredAt, validUntil }: Answer): Evidence[] => [
  { source: 'answer.author', value: author },
  { source: 'answer.outcome', value: outcome },
  { source: 'answer.reason', value: reason },
  { source: 'answer.answeredAt', value: answeredAt },
  { source: 'answer.validUntil', value: validUntil },
];
