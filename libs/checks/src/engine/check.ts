import type { HostSnapshot, SnapshotPart } from '@plimsoll/snapshot';
import { z } from 'zod';
import type { JudgingContext } from './context.ts';
import type { Verdict } from './verdict.ts';
import type { Severity, SubjectKind, Theme } from './vocabulary.ts';

/** Numbers in the CIS Docker Benchmark by its version; data, because CIS renumbers. */
export type CisNumbers = Readonly<Record<string, string>>;

export interface EvaluateInput<Parameters> {
  readonly snapshot: HostSnapshot;
  readonly context: JudgingContext;
  readonly parameters: Parameters;
}

/** A check: all that a reader, the docs page, the API and the judge need, in one value. */
export interface Check {
  /** Ours, never changes. Lower case words joined by hyphens. */
  readonly id: string;
  readonly theme: Theme;
  readonly severity: Severity;
  readonly subject: SubjectKind;
  readonly cis?: CisNumbers;
  /** The profile level CIS gives it. */
  readonly cisLevel?: 1 | 2;
  /** A claim that holds when the check passes, e.g. "Containers do not run privileged". */
  readonly title: string;
  /** What an attacker gains, in plain words. */
  readonly rationale: string;
  /** How to fix it, with the exact command and the compose or daemon.json key. */
  readonly remediation: string;
  /** How it is decided, for the docs: fields and rule in a sentence or two. */
  readonly decidedBy: string;
  /**
   * Where no snapshot decides all of it: what to ask a person about the host, in one sentence to which "yes" means that
   * the check passes. An answer stands in where the check could not tell, and nowhere else.
   */
  readonly question?: string;
  /** Parts of the snapshot it can't do without: where one is missing, the judge answers `unknown` by itself. */
  readonly needs: readonly SnapshotPart[];
  /** Benchmarks, documentation pages, source files, issues. */
  readonly sources: readonly string[];
  /** Adjustable values with their defaults. */
  readonly parameters: z.ZodObject;
  readonly evaluate: (input: EvaluateInput<Record<string, unknown>>) => Iterable<Verdict>;
}

export interface CheckDefinition<Parameters extends z.ZodObject> extends Omit<Check, 'parameters' | 'evaluate'> {
  readonly parameters?: Parameters;
  readonly evaluate: (input: EvaluateInput<z.infer<Parameters>>) => Iterable<Verdict>;
}

const noParameters = z.strictObject({});

/** Makes a check; `evaluate` is pure: no clock but `snapshot.takenAt`, no input but the snapshot and the parameters. */
export const defineCheck = <Parameters extends z.ZodObject = typeof noParameters>(
  definition: CheckDefinition<Parameters>,
): Check => {
  const parameters = definition.parameters ?? noParameters;
  return {
    ...definition,
    parameters,
    // The parse turns whatever a tenant stored into this check's own type, so no cast is needed at the call.
    evaluate: ({ snapshot, context, parameters: given }) =>
      definition.evaluate({ snapshot, context, parameters: parameters.parse(given) as z.infer<Parameters> }),
  };
};
