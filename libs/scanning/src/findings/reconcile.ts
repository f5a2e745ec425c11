import type { Severity, SubjectKind } from '@plimsoll/contracts';
import type { Coverage } from './coverage.ts';
import type { Observation } from './observe.ts';

/** A finding as it stood before the scan. */
export interface EarlierFinding {
  readonly id: string;
  readonly fingerprint: string;
  readonly status: 'open' | 'fixed';
  readonly checkId: string;
  readonly title: string;
  readonly severity: Severity;
  readonly reason: string;
  /** Over what was stored of it, to tell whether it looks otherwise now. */
  readonly contentHash: string;
  readonly subject: { readonly kind: SubjectKind; readonly name: string; readonly lastingName: string };
}

/** An earlier finding together with what the scan saw of it. */
export interface SeenFinding {
  readonly earlier: EarlierFinding;
  readonly observation: Observation;
}

/** What a scan changes. Every earlier finding that was open is in exactly one of `seen`, `unassessed` and `fixed`. */
export interface Reconciliation {
  readonly opened: readonly Observation[];
  readonly reopened: readonly SeenFinding[];
  /** Still failing. */
  readonly seen: readonly SeenFinding[];
  /** Stay open untouched: the scan could not tell, or the failure now follows from another one. */
  readonly unassessed: readonly EarlierFinding[];
  readonly fixed: readonly EarlierFinding[];
}

/**
 * Compares what was known of a host with what a scan saw. Pure.
 * Fixed means: the check ran, could tell, and saw the problem gone, or the thing itself is gone from a whole listing.
 * @param earlier every open finding of the host, and those fixed ones whose fingerprint is failing now
 */
export const reconcile = (
  earlier: readonly EarlierFinding[],
  observations: ReadonlyMap<string, Observation>,
  coverage: Coverage,
): Reconciliation => {
  const opened = new Map([...observations].filter(([, { outcome }]) => outcome === 'fail'));
  const reopened: SeenFinding[] = [];
  const seen: SeenFinding[] = [];
  const unassessed: EarlierFinding[] = [];
  const fixed: EarlierFinding[] = [];
  for (const finding of earlier) {
    const observation = observations.get(finding.fingerprint);
    if (observation?.outcome === 'fail') {
      opened.delete(finding.fingerprint);
      (finding.status === 'open' ? seen : reopened).push({ earlier: finding, observation });
    } else if (finding.status === 'open') {
      (isFixed(finding, observation, coverage) ? fixed : unassessed).push(finding);
    }
  }
  return { opened: [...opened.values()], reopened, seen, unassessed, fixed };
};

const isFixed = (finding: EarlierFinding, observation: Observation | undefined, coverage: Coverage): boolean => {
  if (observation !== undefined) return observation.outcome === 'pass' || observation.outcome === 'not-applicable';
  if (coverage.isSettledForAll(finding.checkId, finding.subject.kind)) return true;
  // Silence about a thing that still exists is no verdict.
  return coverage.hasRun(finding.checkId) && coverage.isGone(finding.subject);
};
