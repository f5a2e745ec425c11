import { AuditWriter } from '@plimsoll/audit';
import { Platform } from '@plimsoll/persistence';
import type { Database, Transaction } from '@plimsoll/persistence';
import { systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { membershipsOf } from '../sessions/session-issuer.ts';
import { forgetAccountFailures } from '../throttle/login-throttle.ts';
import { hashPassword } from './password-hasher.ts';
import { randomPassword } from './random-password.ts';

export interface ResetPassword {
  readonly userId: string;
  readonly email: string;
  /** The password that was made, to be shown this once; null when it was given. */
  readonly generatedPassword: string | null;
  /** How many sessions ended, in all tenants. */
  readonly sessionsEnded: number;
  /** Whether the account was switched off, and still is: then the new password opens nothing. */
  readonly disabled: boolean;
}

/**
 * Gives an account a new password, for an operator who holds the database: ends all its sessions, lets it sign in at
 * once, and writes it into the log of every tenant that it belongs to. One that was made here, and that somebody else
 * has therefore seen, has to be changed at the next login; one that was given counts as the user's own.
 * @returns undefined when no account has the email address
 */
export const resetPassword = async (
  database: Database,
  { email, password }: { readonly email: string; readonly password?: string | undefined },
  now: Clock = systemClock,
): Promise<ResetPassword | undefined> => {
  const account = await database.platform.findUserByEmail(email);
  if (account === undefined) return undefined;
  const userId = account.id;
  const generatedPassword = password === undefined ? randomPassword() : null;
  const passwordHash = await hashPassword(password ?? generatedPassword ?? randomPassword());
  const passwordChangedAt = password === undefined ? null : now();
  const memberships = await database.forUser(userId, (tx) => membershipsOf(tx, userId));
  const audit = new AuditWriter(now);
  const record = (tx: Transaction, tenantId: string): Promise<string> =>
    audit.record(
      tx,
      { kind: 'system', id: null, name: 'password reset', tenantId, address: null, requestId: null },
      {
        action: 'password.reset',
        subject: { kind: 'user', id: userId, name: account.email },
        details: { changeRequired: passwordChangedAt === null },
      },
    );
  const [first, ...others] = memberships.map(({ tenantId }) => tenantId);
  const change = async (tx: Transaction): Promise<number> => {
    await tx.user.update({
      where: { id: userId },
      data: { passwordHash, passwordChangedAt, version: { increment: 1 } },
      select: { id: true },
    });
    await forgetAccountFailures(tx, account.email);
    const ended = await new Platform(tx).revokeUserSessions(userId);
    if (first !== undefined) await record(tx, first);
    return ended;
  };
  // A transaction sees one tenant: the change is one with the first tenant's event, the others' follow.
  const sessionsEnded =
    first === undefined ? await database.forUser(userId, change) : await database.forTenant(first, change, { userId });
  for (const tenantId of others) await database.forTenant(tenantId, (tx) => record(tx, tenantId));
  const { disabledAt } = account;
  return { userId, email: account.email, generatedPassword, sessionsEnded, disabled: disabledAt !== null };
};
