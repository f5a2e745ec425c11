import type { CheckResultDocument } from '@plimsoll/contracts';
import type { CheckResult } from './judge.ts';

/** A result as plain JSON: the same shape in the API and in the command line's output. */
export const toResultDocument = (result: CheckResult): CheckResultDocument => ({
  check: result.check.id,
  title: result.check.title,
  theme: result.check.theme,
  cis: { ...result.check.cis },
  severity: result.severity,
  outcome: result.outcome,
  subject: { kind: result.subject.kind, name: result.subject.name },
  reason: result.reason,
  wouldTell: result.wouldTell ?? null,
  causedBy: result.causedBy ?? null,
  evidence: result.evidence.map(({ source, value }) => ({
    source,
    value: typeof value === 'object' && value !== null ? [...value] : value,
  })),
  remediation: result.remediation ?? result.check.remediation,
});
