import type { AnswerOutcome } from '../../../api/generated/types.gen.ts';

/** What a person can say, in words for a question that a yes makes good. */
export const answerWords = {
  pass: { label: 'Yes', tone: 'good' },
  fail: { label: 'No', tone: 'bad' },
  'not-applicable': { label: 'Does not apply here', tone: 'neutral' },
} as const satisfies Record<AnswerOutcome, { label: string; tone: 'good' | 'bad' | 'neutral' }>;
