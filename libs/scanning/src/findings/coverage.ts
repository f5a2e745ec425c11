import { type Check, type CheckResult, type Subject, containerSubject, imageSubject } from '@plimsoll/checks';
import type { SubjectKind } from '@plimsoll/contracts';
import { type HostSnapshot, isMissing, valueOf } from '@plimsoll/snapshot';

/** What a scan saw, as far as it decides whether something that is not there any more is gone. */
export interface Coverage {
  /** True only where the whole kind was listed and the thing is not in the list. */
  isGone(subject: Pick<Subject, 'kind' | 'lastingName'>): boolean;
  /** False where a part that the check needs was missing, so that its silence says nothing. */
  hasRun(checkId: string): boolean;
  /** True where the check said of everything of a kind at once that it passes or does not apply. */
  isSettledForAll(checkId: string, kind: SubjectKind): boolean;
}

/** The lasting name of "all of a kind", which the judge uses where nothing of it could be seen. */
const everything = '*';

const listedParts: Partial<Record<SubjectKind, 'containers' | 'images' | 'networks' | 'volumes'>> = {
  container: 'containers',
  image: 'images',
  network: 'networks',
  volume: 'volumes',
};
const swarmKinds: ReadonlySet<SubjectKind> = new Set(['swarm', 'service', 'secret']);

/**
 * Reads a snapshot and what was judged of it. Pure.
 * @param checks all that were run, with results or without
 */
export const coverageOf = (
  snapshot: HostSnapshot,
  checks: readonly Pick<Check, 'id'>[],
  results: readonly CheckResult[],
): Coverage => {
  const seen = seenSubjects(snapshot, results);
  // A host that left its swarm has no services: that the swarm could not be read is the proof, not a gap.
  const hasLeftSwarm = valueOf(snapshot.info)?.Swarm?.LocalNodeState === 'inactive';
  const isProvenGone = (kind: SubjectKind): boolean => hasLeftSwarm && swarmKinds.has(kind);
  const ran = new Set(checks.map(({ id }) => id));
  const settled = new Set<string>();
  for (const { check, subject, outcome } of results) {
    if (subject.lastingName !== everything) continue;
    if (outcome === 'unknown' && !isProvenGone(subject.kind)) ran.delete(check.id);
    if (outcome === 'pass' || outcome === 'not-applicable') settled.add(`${check.id}|${subject.kind}`);
  }
  return {
    isGone: (subject) =>
      isProvenGone(subject.kind) || (isListedWhole(snapshot, subject.kind) && !seen.has(keyOf(subject))),
    hasRun: (checkId) => ran.has(checkId),
    isSettledForAll: (checkId, kind) => settled.has(`${checkId}|${kind}`),
  };
};

const keyOf = ({ kind, lastingName }: Pick<Subject, 'kind' | 'lastingName'>): string => `${kind}|${lastingName}`;

const seenSubjects = (snapshot: HostSnapshot, results: readonly CheckResult[]): ReadonlySet<string> =>
  new Set(
    [
      ...results.map(({ subject }) => subject),
      ...(valueOf(snapshot.containers) ?? []).map(containerSubject),
      ...(valueOf(snapshot.images) ?? []).map(imageSubject),
    ].map(keyOf),
  );

/**
 * Something that vanished while it was read may be half of a redeploy, whose other half was not listed yet: such a
 * listing shows what is there, but not what is gone.
 */
const isListedWhole = (snapshot: HostSnapshot, kind: SubjectKind): boolean => {
  if (kind === 'service' || kind === 'secret') {
    const objects = valueOf(snapshot.swarm);
    return valueOf(kind === 'service' ? objects?.services : objects?.secrets) !== undefined;
  }
  const part = listedParts[kind];
  return (
    part !== undefined && !isMissing<unknown>(snapshot[part]) && !snapshot.notes.some((note) => note.part === part)
  );
};
