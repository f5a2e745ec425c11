import { type Check, type CheckResult, judge, withAnswers } from '@plimsoll/checks';
import type { HostSnapshot } from '@plimsoll/snapshot';
import type { JudgingInputs } from './judging-inputs.ts';

/** Judges a snapshot as the tenant wants it: by its parameters, with its people's answers. Pure. */
export const judgeHost = (
  snapshot: HostSnapshot,
  checks: readonly Check[],
  { parameters, answers }: Pick<JudgingInputs, 'parameters' | 'answers'>,
  at: Date,
): CheckResult[] => withAnswers(judge(snapshot, checks, parameters), answers, at.toISOString());
