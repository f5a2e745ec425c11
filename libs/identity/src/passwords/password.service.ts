import type { AuditWriter } from '@plimsoll/audit';
import { CredentialsInvalid, PermissionMissing, ValidationFailed } from '@plimsoll/contracts';
import type { Actor, ChangePassword } from '@plimsoll/contracts';
import { Platform } from '@plimsoll/persistence';
import type { Database } from '@plimsoll/persistence';
import type { z } from 'zod';
import type { AccessCache } from '../access/access-cache.ts';
import { auditRefusal } from '../audit-refusal.ts';
import type { Clock } from '../clock.ts';
import type { LoginThrottle } from '../throttle/login-throttle.ts';
import { hashPassword, verifyPassword } from './password-hasher.ts';

/** Lets users change their own password. */
export class PasswordService {
  readonly #database: Database;
  readonly #throttle: LoginThrottle;
  readonly #audit: AuditWriter;
  readonly #cache: AccessCache;
  readonly #now: Clock;

  constructor(database: Database, throttle: LoginThrottle, audit: AuditWriter, cache: AccessCache, now: Clock) {
    this.#database = database;
    this.#throttle = throttle;
    this.#audit = audit;
    this.#cache = cache;
    this.#now = now;
  }

  /**
   * Changes the password and ends every other session of the user, in all tenants.
   * @param sessionId the session that asks, which stays
   * @throws CredentialsInvalid when the current password is wrong; counted like a failed login
   * @throws LoginThrottled
   */
  async change(actor: Actor, sessionId: string | null, input: z.output<typeof ChangePassword>): Promise<void> {
    const { id: userId, tenantId } = actor;
    if (actor.kind !== 'user' || userId === null || sessionId === null) {
      return auditRefusal(
        {
          database: this.#database,
          audit: this.#audit,
          actor,
          action: 'password.changed',
          subject: { kind: actor.kind },
        },
        () => Promise.reject(notAUser()),
      );
    }
    const user = await this.#database.forUser(userId, (tx) => tx.user.findUniqueOrThrow({ where: { id: userId } }));
    const attempt = await this.#throttle.admit(user.email, actor.address ?? '');
    if (!(await verifyPassword(user.passwordHash, input.currentPassword))) {
      await this.#database.forTenant(tenantId, (tx) =>
        this.#audit.record(tx, actor, {
          action: 'password.changed',
          subject: { kind: 'user', id: userId, name: user.email },
          outcome: 'failure',
          details: { reason: 'wrong-password' },
        }),
      );
      throw new CredentialsInvalid({}, { detail: 'The current password is wrong.' });
    }
    if (input.newPassword === input.currentPassword) throw unchanged();
    const passwordHash = await hashPassword(input.newPassword);
    await this.#database.forTenant(
      tenantId,
      async (tx) => {
        await attempt.succeeded(tx);
        await tx.user.update({
          where: { id: userId },
          data: { passwordHash, passwordChangedAt: this.#now(), version: { increment: 1 } },
          select: { id: true },
        });
        const endedTokens = await new Platform(tx).revokeUserSessions(userId, sessionId);
        await this.#audit.record(tx, actor, {
          action: 'password.changed',
          subject: { kind: 'user', id: userId, name: user.email },
          details: { otherSessionsEnded: endedTokens > 0 },
        });
      },
      { userId },
    );
    this.#cache.clear();
  }
}

const notAUser = (): Error =>
  new PermissionMissing({ permission: 'user' }, { detail: 'Only a user who is signed in has a password.' });

const unchanged = (): Error =>
  new ValidationFailed(
    {},
    { errors: [{ field: 'newPassword', in: 'body', message: 'The new password is the current one' }] },
  );
