import { type CheckResult, type Evidence, type Subject, outcomes, severities } from '@plimsoll/checks';
import type { Severity } from '@plimsoll/contracts';
import { fingerprintOf } from './fingerprint.ts';

/**
 * What one scan says of one problem on one lasting thing. `follows` is a failure that another check's failure brings
 * along: it is no finding of its own, and it does not show that the problem is gone either.
 */
type ObservedOutcome = 'fail' | 'follows' | 'unknown' | 'pass' | 'not-applicable';

export interface Observation {
  readonly fingerprint: string;
  readonly checkId: string;
  readonly theme: string;
  readonly title: string;
  readonly subject: Subject;
  readonly outcome: ObservedOutcome;
  readonly severity: Severity;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly remediation: string;
}

const observedOutcome = (result: CheckResult): ObservedOutcome =>
  result.outcome === 'fail' && result.causedBy !== undefined ? 'follows' : result.outcome;

const order: readonly ObservedOutcome[] = ['fail', 'follows', ...outcomes.slice(1)];

/** Worst first; equals by name, so that the order in which a host lists its things changes nothing. */
const compareResults = (a: CheckResult, b: CheckResult): number =>
  order.indexOf(observedOutcome(a)) - order.indexOf(observedOutcome(b)) ||
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  compareNames(a.subject.name, b.subject.name) ||
  compareNames(a.reason, b.reason);

/** By code unit: the same everywhere, whatever the locale of the process. */
const compareNames = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/**
 * Merges the results of a scan by fingerprint: replicas of a service, tags of a repository. The worst outcome wins,
 * among failures the worst severity; the evidence names every failing instance where there are several.
 */
export const observe = (results: readonly CheckResult[]): Map<string, Observation> => {
  const groups = new Map<string, [CheckResult, ...CheckResult[]]>();
  for (const result of results) {
    const fingerprint = fingerprintOf(result.check.id, result.subject);
    const group = groups.get(fingerprint);
    if (group === undefined) groups.set(fingerprint, [result]);
    else group.push(result);
  }
  return new Map([...groups].map(([fingerprint, group]) => [fingerprint, merge(fingerprint, group)]));
};

const merge = (fingerprint: string, group: readonly [CheckResult, ...CheckResult[]]): Observation => {
  const worst = group.reduce((one, other) => (compareResults(other, one) < 0 ? other : one));
  const outcome = observedOutcome(worst);
  const instances = new Set(
    group.filter((result) => observedOutcome(result) === outcome).map(({ subject }) => subject.name),
  );
  const named: Evidence[] =
    outcome === 'fail' && instances.size > 1
      ? [{ source: 'instances', value: [...instances].toSorted(compareNames) }]
      : [];
  return {
    fingerprint,
    checkId: worst.check.id,
    theme: worst.check.theme,
    title: worst.check.title,
    subject: worst.subject,
    outcome,
    severity: worst.severity,
    reason: worst.reason,
    evidence: [...worst.evidence, ...named],
    remediation: worst.remediation ?? worst.check.remediation,
  };
};
