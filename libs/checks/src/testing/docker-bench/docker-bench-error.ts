import type { HostSnapshot } from '@plimsoll/snapshot';
import type { Outcome } from '../../engine/vocabulary.ts';

/** Something that docker-bench-security 1.6.0 decides wrongly, or can not decide, and where our right answer is held. */
export interface DockerBenchError {
  /** The id of our check on the same matter. */
  readonly check: string;
  /** What it does, as a clause after "docker-bench-security …". */
  readonly error: string;
  readonly heldBy: Held;
}

/** A snapshot with the case in it and our answer, or a test that already holds it. */
type Held = HeldBySnapshot | HeldByTest;

export interface HeldBySnapshot {
  readonly snapshot: HostSnapshot;
  readonly outcomes: readonly Outcome[];
  readonly parameters?: Record<string, unknown>;
}

export interface HeldByTest {
  /** Below `libs/checks/src`. */
  readonly file: string;
  /** Words of the test's title, as they stand in the file. */
  readonly title: string;
}

/** What stands in a test of the check itself. */
export const heldIn = (file: string, title: string): HeldByTest => ({ file: `${file}.test.ts`, title });
