import { z } from 'zod';
import { pageOf, pageQuery } from './pagination.ts';
import { Timestamp, Uuid, line } from './text.ts';

export const AuditEvent = z
  .strictObject({
    id: Uuid,
    sequence: z.number().int().meta({ description: 'Per tenant, without gaps.' }),
    at: Timestamp,
    actor: z.strictObject({
      kind: z.enum(['user', 'api-key', 'system', 'anonymous']),
      id: z.string().nullable(),
      name: z.string(),
    }),
    action: z.string().meta({ example: 'host.created' }),
    subject: z.strictObject({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
    outcome: z.enum(['success', 'failure', 'refused']),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    hash: z.string().meta({ description: 'SHA-256 over this event and the hash of the one before.' }),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof AuditEvent>;
export const AuditEventPage = pageOf(AuditEvent).meta({ id: 'AuditEventPage' });
export const AuditEventQuery = z.strictObject({
  ...pageQuery,
  action: line(100).optional(),
  actorId: Uuid.optional(),
  subjectKind: line(64).optional(),
  subjectId: line(64).optional(),
  outcome: AuditEvent.shape.outcome.optional(),
  from: Timestamp.optional(),
  until: Timestamp.optional(),
});

/** What came out when the tenant's chain of audit events was computed again. */
export const AuditVerification = z
  .strictObject({
    intact: z.boolean(),
    events: z.int().meta({ description: 'How many events were found in order, from the first on.' }),
    headHash: z.string().meta({
      description: 'Hash of the last event found in order. Note it down elsewhere: a later chain must contain it.',
    }),
    firstBroken: z.strictObject({ sequence: z.int(), reason: z.enum(['event-missing', 'hash-mismatch']) }).nullable(),
  })
  .meta({ id: 'AuditVerification' });
export type AuditVerification = z.infer<typeof AuditVerification>;
