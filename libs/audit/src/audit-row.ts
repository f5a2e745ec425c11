import type { AuditEvent } from '@plimsoll/contracts';
import type { AuditEvent as AuditRow } from '@plimsoll/persistence';

/** The event as the API shows it, but for its hash. */
export const eventOf = (row: AuditRow): Omit<AuditEvent, 'hash'> => ({
  id: row.id,
  sequence: row.sequence,
  at: row.at.toISOString(),
  actor: { kind: actorKindOf(row.actorKind), id: row.actorId, name: row.actorName },
  action: row.action,
  subject: { kind: row.subjectKind ?? '', id: row.subjectId, name: row.subjectName },
  outcome: row.outcome,
  address: row.address,
  requestId: row.requestId,
  details: typeof row.details === 'object' && !Array.isArray(row.details) ? { ...row.details } : {},
});

const actorKindOf = (kind: string): AuditEvent['actor']['kind'] =>
  kind === 'user' || kind === 'api-key' || kind === 'system' ? kind : 'anonymous';
