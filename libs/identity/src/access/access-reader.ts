import type { Role } from '@plimsoll/contracts';
import type { Transaction } from '@plimsoll/persistence';

/** A user's access to one tenant, as it is right now. */
export interface Access {
  readonly role: Role;
  readonly email: string;
  readonly name: string;
  /** False once the session was ended, by whatever means. */
  readonly sessionAlive: boolean;
  /** The password was given out by somebody else, who may know it. */
  readonly passwordChangeRequired: boolean;
}

/**
 * What a user may do in the transaction's tenant at this moment; null for one who is no member or was switched off.
 * One query, since every request asks.
 */
export const readAccess = async (
  tx: Transaction,
  tenantId: string,
  userId: string,
  sessionId: string,
): Promise<Access | null> => {
  const rows = await tx.$queryRaw<Access[]>`
    SELECT m.role::text AS role, u.email, u.name, u.password_changed_at IS NULL AS "passwordChangeRequired",
           EXISTS (SELECT 1 FROM refresh_tokens t
                   WHERE t.family_id = ${sessionId}::uuid AND t.tenant_id = m.tenant_id AND t.user_id = m.user_id
                     AND t.revoked_at IS NULL) AS "sessionAlive"
    FROM memberships m JOIN users u ON u.id = m.user_id
    WHERE m.tenant_id = ${tenantId}::uuid AND m.user_id = ${userId}::uuid AND u.disabled_at IS NULL`;
  return rows[0] ?? null;
};
