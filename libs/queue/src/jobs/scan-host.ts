import { Uuid } from '@plimsoll/contracts';
import { z } from 'zod';
import { defineJob } from '../job-definition.ts';

export const ScanHostPayload = z.strictObject({ tenantId: Uuid, scanId: Uuid });
export type ScanHostPayload = z.infer<typeof ScanHostPayload>;

/** Scans a host once. How often a scan is really tried is counted by its row, which outlives jobs. */
export const scanHostJob = defineJob({
  name: 'scan-host',
  schema: ScanHostPayload,
  idOf: ({ scanId }) => scanId,
  attempts: 5,
  backoff: { type: 'exponential', delayMs: 2_000 },
});
