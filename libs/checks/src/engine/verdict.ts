import type { Outcome, Severity, SubjectKind } from './vocabulary.ts';

/** What was judged. */
export interface Subject {
  readonly kind: SubjectKind;
  /** As the host calls it now, e.g. the container's name or the image's reference. */
  readonly name: string;
  /**
   * What outlives a redeploy: `compose:project/service`, `service:name`, a container's name, an image's repository.
   * Findings are fingerprinted by it, so replicas and new tags neither open nor close anything.
   */
  readonly lastingName: string;
}

/** A fact a verdict stands on: where it was read, in the engine's own words, and what was there (never a secret). */
export interface Evidence {
  /** e.g. `HostConfig.Privileged` or `info.SecurityOptions` */
  readonly source: string;
  readonly value: EvidenceValue;
}
export type EvidenceValue = string | number | boolean | null | readonly string[];

/** The judgement of one check on one subject. */
export interface Verdict {
  readonly subject: Subject;
  readonly outcome: Outcome;
  /** One sentence in plain words, naming the thing and the value. */
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  /** Where this case weighs more or less than the check's own severity. */
  readonly severity?: Severity;
  /** For `unknown`: what would let us tell, e.g. "Read host files on this host". */
  readonly wouldTell?: string;
  /** The id of the check whose failure brings this one along, so that one cause is reported once. */
  readonly causedBy?: string;
  /** Where the exact command depends on the subject; else the check's own remediation is shown. */
  readonly remediation?: string;
}

type Details = Omit<Verdict, 'subject' | 'outcome' | 'reason' | 'evidence'>;
/** A verdict that does not yet know its subject. */
export type Judgement = Omit<Verdict, 'subject'>;

export const pass = (reason: string, evidence: readonly Evidence[]): Judgement => ({
  outcome: 'pass',
  reason,
  evidence,
});
export const fail = (reason: string, evidence: readonly Evidence[], details: Details = {}): Judgement => ({
  outcome: 'fail',
  reason,
  evidence,
  ...details,
});
export const notApplicable = (reason: string, evidence: readonly Evidence[] = []): Judgement => ({
  outcome: 'not-applicable',
  reason,
  evidence,
});
/** Nothing passes on what was not seen: say what was missing, and what would let us tell. */
export const unknown = (reason: string, wouldTell: string, evidence: readonly Evidence[] = []): Judgement => ({
  outcome: 'unknown',
  reason,
  evidence,
  wouldTell,
});
