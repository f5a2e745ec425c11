import type { z } from 'zod';

/** How long to wait before a failed attempt is repeated: `delayMs`, doubled each time when exponential. */
export interface JobBackoff {
  readonly type: 'exponential' | 'fixed';
  readonly delayMs: number;
}

/** A kind of job. Its payload names rows, never their content: the row is the truth, the job only a wish to look at it. */
export interface JobDefinition<Payload> {
  /** Also the name of its queue; lower-case words joined by hyphens. */
  readonly name: string;
  /** Strict; parsed when a job is added and again when it is taken up. */
  readonly schema: z.ZodType<Payload>;
  /** While a job of this id waits or runs, adding another one with the same id does nothing. */
  readonly idOf: (payload: Payload) => string;
  /** How often it is tried in all. */
  readonly attempts: number;
  readonly backoff: JobBackoff;
}

/** Defines a kind of job; the payload's type follows from the schema. */
export const defineJob = <Payload>(definition: JobDefinition<Payload>): JobDefinition<Payload> => definition;
