import { Uuid } from '@plimsoll/contracts';
import { z } from 'zod';
import { defineJob } from '../job-definition.ts';

export const ScanHostPayload = z.strictObject({
  tenantId: Uuid,
  scanId: Uuid,
  /** How often the scan had been begun when the job was added. */
  attempt: z.int().min(0),
});
export type ScanHostPayload = z.infer<typeof ScanHostPayload>;

/** Scans a host once. How often a scan is really tried is counted by its row, which outlives jobs. */
export const scanHostJob = defineJob({
  name: 'scan-host',
  schema: ScanHostPayload,
  // A job whose worker was killed blocks its own id until the queue notices; the next attempt is another job.
  idOf: ({ scanId, attempt }) => `${scanId}-${attempt}`,
  attempts: 5,
  backoff: { type: 'exponential', delayMs: 2_000 },
});
