import { type HostSnapshot, type Missing, type Part, type SnapshotPart, isMissing } from '@plimsoll/snapshot';
import { bounded } from './bounded.ts';
import type { Check } from './check.ts';
import { type JudgingContext, contextOf } from './context.ts';
import { daemonSubject, endpointSubject, hostSubject, swarmSubject } from './subjects.ts';
import type { Subject, Verdict } from './verdict.ts';
import type { Severity, SubjectKind } from './vocabulary.ts';

/** A verdict with its check and the severity that holds in this case. */
export interface CheckResult extends Verdict {
  readonly check: Check;
  readonly severity: Severity;
}

/** Parameters by check id; what is absent takes the check's default. */
export type ParametersByCheck = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Runs checks over a snapshot. Pure. The same snapshot and parameters give the same results in the same order.
 * A part that a check needs and that is missing makes it `unknown`, whatever the check's own code would say.
 */
export const judge = (
  snapshot: HostSnapshot,
  checks: readonly Check[],
  parameters: ParametersByCheck = {},
): CheckResult[] => {
  const context = contextOf(snapshot);
  const results: CheckResult[] = [];
  // A thousand containers and two hundred checks: no list in between.
  for (const check of checks)
    for (const verdict of verdictsOf(check, snapshot, context, parameters[check.id] ?? {}))
      results.push({ ...bounded(verdict), check, severity: verdict.severity ?? check.severity });
  return results;
};

const verdictsOf = (
  check: Check,
  snapshot: HostSnapshot,
  context: JudgingContext,
  parameters: Readonly<Record<string, unknown>>,
): Iterable<Verdict> => {
  for (const part of check.needs) {
    const candidate: Part<unknown> = snapshot[part];
    if (isMissing(candidate)) return [partMissing(check, part, candidate, snapshot)];
  }
  return check.evaluate({ snapshot, context, parameters });
};

const partMissing = (
  check: Check,
  part: SnapshotPart,
  { missing, detail }: Missing,
  snapshot: HostSnapshot,
): Verdict => ({
  subject: subjectOfAll(check.subject, snapshot),
  outcome: 'unknown',
  reason:
    missing === 'denied'
      ? `Not assessed: denied by the host (${part}: ${detail})`
      : `Not assessed: ${part} is missing (${missing}): ${detail}`,
  evidence: [],
  wouldTell: wouldTell(part, missing),
});

const wouldTell = (part: SnapshotPart, missing: Missing['missing']): string => {
  if (part === 'hostFiles') return 'Switch on reading host files for this host';
  if (missing === 'denied') return `Let the gate or authorization plugin pass the requests for ${part}`;
  return `A scan that can read ${part}`;
};

/** Where nothing of a kind could be seen, the host as a whole stands for all of them. */
const subjectOfAll = (kind: SubjectKind, snapshot: HostSnapshot): Subject => {
  if (kind === 'endpoint') return endpointSubject(snapshot);
  if (kind === 'daemon') return daemonSubject;
  if (kind === 'swarm') return swarmSubject;
  return kind === 'host' ? hostSubject : { kind, name: `all ${kind}s`, lastingName: '*' };
};
