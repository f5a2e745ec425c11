import { z } from 'zod';
import { CheckId } from './findings.ts';
import { pageOf, pageQuery } from './pagination.ts';
import { Timestamp, Uuid, line } from './text.ts';
import { Severity, Theme } from './vocabulary.ts';

/** For how many days a person may vouch for something at most: it is looked at again once a year. */
export const longestAnswerDays = 400;

/** What a person can say to the question of a check. */
export const AnswerOutcome = z.enum(['pass', 'fail', 'not-applicable']).meta({
  id: 'AnswerOutcome',
  description: '`pass` is a yes to the question, `fail` a no.',
});
export type AnswerOutcome = z.infer<typeof AnswerOutcome>;

export const AnswerState = z.enum(['valid', 'expired', 'replaced', 'withdrawn']).meta({
  id: 'AnswerState',
  description: 'Only a valid answer counts. `expired` is the current answer still, until another one takes its place.',
});
export type AnswerState = z.infer<typeof AnswerState>;

/** What somebody said, kept for ever: it is replaced or withdrawn, never changed. */
export const Answer = z
  .strictObject({
    id: Uuid,
    hostId: Uuid,
    check: CheckId,
    outcome: AnswerOutcome,
    reason: z.string(),
    author: z.strictObject({ id: Uuid.nullable(), name: z.string() }),
    answeredAt: Timestamp,
    validUntil: Timestamp.meta({ description: 'From this moment on it counts no more.' }),
    state: AnswerState,
    endedAt: Timestamp.nullable().meta({ description: 'When it was replaced or withdrawn.' }),
    endedBy: z.string().nullable(),
  })
  .meta({ id: 'Answer' });
export type Answer = z.infer<typeof Answer>;
export const AnswerPage = pageOf(Answer).meta({ id: 'AnswerPage' });
export const AnswerQuery = z.strictObject(pageQuery);

export const AnswerQuestion = z
  .strictObject({
    outcome: AnswerOutcome,
    reason: line(1000).meta({
      description: 'Why, for whoever reads the finding or audits it: what was looked at, and what it showed.',
      example: 'Assessed against CIS Debian 12, level 1, on 2026-11-20: report in SEC-412',
    }),
    validUntil: Timestamp.meta({
      description: `Until when you vouch for it: later than now, at most ${longestAnswerDays} days ahead.`,
    }),
  })
  .meta({ id: 'AnswerQuestion' });

export const QuestionState = z.enum(['open', 'answered', 'expired']).meta({
  id: 'QuestionState',
  description: '`expired`: it was answered, and the answer counts no more.',
});
export type QuestionState = z.infer<typeof QuestionState>;

/** What only a person can say about a host. */
export const Question = z
  .strictObject({
    check: CheckId,
    title: z.string(),
    theme: Theme,
    severity: Severity,
    cis: z.record(z.string(), z.string()),
    question: z.string(),
    state: QuestionState,
    answer: Answer.nullable().meta({ description: 'The current answer, an expired one included.' }),
    outcomes: z
      .strictObject({ pass: z.int(), fail: z.int(), unknown: z.int(), notApplicable: z.int() })
      .nullable()
      .meta({
        description:
          'How many things of the host the check said what of when it was last judged, answers counted in. With nothing `unknown`, and no answer, there is nothing to answer.',
      }),
  })
  .meta({ id: 'Question' });
export type Question = z.infer<typeof Question>;
export const QuestionPage = pageOf(Question).meta({ id: 'QuestionPage' });
export const QuestionQuery = z.strictObject({ ...pageQuery, state: QuestionState.optional() });
