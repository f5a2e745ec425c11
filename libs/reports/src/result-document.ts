import type { CheckResult } from '@plimsoll/checks';
import type { CheckResultDocument } from '@plimsoll/contracts';

/** A result as the API, the CLI's JSON and the reports show it. */
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
  evidence: result.evidence.map(({ source, value }) => ({ source, value: isList(value) ? [...value] : value })),
  remediation: result.remediation ?? result.check.remediation,
});

const isList = (value: unknown): value is readonly string[] => Array.isArray(value);
