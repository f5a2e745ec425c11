import type { AuditEntry, AuditWriter } from '@plimsoll/audit';
import { AccountExists, LastOwner, PermissionMissing } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import type { Database } from '@plimsoll/persistence';

/**
 * Does the work; if a rule of identity refuses it, the attempt is audited in a transaction of its own, since the one of
 * the work is rolled back.
 */
export const auditRefusal = async <T>(
  attempt: {
    readonly database: Database;
    readonly audit: AuditWriter;
    readonly actor: Actor;
    readonly action: string;
    readonly subject: AuditEntry['subject'];
  },
  work: () => Promise<T>,
): Promise<T> => {
  const { database, audit, actor, action, subject } = attempt;
  try {
    return await work();
  } catch (error) {
    if (error instanceof PermissionMissing || error instanceof LastOwner || error instanceof AccountExists) {
      await database.forTenant(actor.tenantId, (tx) =>
        audit.record(tx, actor, {
          action,
          subject,
          outcome: 'refused',
          details: { reason: error.slug, ...error.extra },
        }),
      );
    }
    throw error;
  }
};
