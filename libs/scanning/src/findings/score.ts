import { type Severity, type SeverityCounts, severities } from '@plimsoll/contracts';

/** What the score needs to know of an open finding. */
export interface ScoredFinding {
  readonly checkId: string;
  readonly severity: Severity;
}

/** How many points one check's failure weighs: 100 points halve what is left of the score. */
const severityPoints: Readonly<Record<Severity, number>> = {
  critical: 100,
  high: 20,
  medium: 6,
  low: 1,
  info: 0,
};

/**
 * The score of a host: 100 without open findings, towards 0 with many; see docs/scoring.md.
 * Each check counts once by its worst finding, and a little more for each doubling of its findings, so that one
 * careless habit on fifty containers does not hide everything else.
 * @returns a whole number from 0 to 100
 */
export const scoreOf = (open: readonly ScoredFinding[]): number => {
  const byCheck = new Map<string, { points: number; findings: number }>();
  for (const { checkId, severity } of open) {
    const sum = byCheck.get(checkId) ?? { points: 0, findings: 0 };
    byCheck.set(checkId, {
      points: Math.max(sum.points, severityPoints[severity]),
      findings: sum.findings + 1,
    });
  }
  const points = [...byCheck.values()].reduce(
    (total, check) => total + check.points * (1 + Math.log2(check.findings) / 4),
    0,
  );
  return Math.round(100 * 2 ** (-points / 100));
};

/** Findings by severity. */
export const countBySeverity = (findings: readonly { readonly severity: Severity }[]): SeverityCounts => {
  const counts: SeverityCounts = { critical: 0, high: 0, medium: 0, low: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
};

/** What to fix first, as a number to sort by: the worse, the higher. */
export const priorityOf = (severity: Severity): number => (severities.length - 1 - severities.indexOf(severity)) * 1000;
