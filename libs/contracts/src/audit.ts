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
  actorId: line(64).optional(),
  subjectKind: line(64).optional(),
  subjectId: line(64).optional(),
  outcome: AuditEvent.shape.outcome.optional(),
  from: Timestamp.optional(),
  until: Timestamp.optional(),
});
