import { type Severity, severities } from '@plimsoll/contracts';

export { Outcome, Severity, SubjectKind, Theme, outcomes, severities, subjectKinds, themes } from '@plimsoll/contracts';

/** One step less severe; `info` stays. */
export const lowered = (severity: Severity): Severity =>
  severities[Math.min(severities.indexOf(severity) + 1, severities.length - 1)] ?? severity;
