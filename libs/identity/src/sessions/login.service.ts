import { setTimeout as delay } from 'node:timers/promises';
import type { AuditWriter } from '@plimsoll/audit';
import { CredentialsInvalid, Problem } from '@plimsoll/contracts';
import type { Login } from '@plimsoll/contracts';
import type { Database, LoginAccount, Transaction } from '@plimsoll/persistence';
import type { z } from 'zod';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { hashPassword, needsRehash, verifyPassword } from '../passwords/password-hasher.ts';
import type { LoginThrottle } from '../throttle/login-throttle.ts';
import { newRefreshToken } from './refresh-tokens.ts';
import { membershipsOf } from './session-issuer.ts';
import type { IssuedSession, SessionIssuer } from './session-issuer.ts';

/** How a login ended; `unknown-account` where no account has the email address. */
export type LoginOutcome = 'success' | RefusalReason;
type RefusalReason = 'wrong-password' | 'unknown-account' | 'account-disabled' | 'not-a-member' | 'throttled';

/** A login as it is told to whoever counts and logs: never the email address, which may be a mistyped password. */
export interface LoginEnd {
  readonly outcome: LoginOutcome;
  readonly accountKnown: boolean;
  readonly caller: Caller;
}

export interface LoginOptions {
  /**
   * No refusal is answered sooner, in milliseconds. Only an account that exists leaves an audit event, and without this
   * the time that takes would tell which do.
   */
  readonly refusalFloorMs: number;
  /** Told of every login: an account that does not exist has no audit log that would tell of it. */
  readonly onLogin?: ((end: LoginEnd) => void) | undefined;
}

/** Signs users in by email address and password. */
export class LoginService {
  readonly #database: Database;
  readonly #issuer: SessionIssuer;
  readonly #throttle: LoginThrottle;
  readonly #audit: AuditWriter;
  readonly #now: Clock;
  readonly #options: LoginOptions;

  constructor(
    database: Database,
    issuer: SessionIssuer,
    throttle: LoginThrottle,
    audit: AuditWriter,
    now: Clock,
    options: LoginOptions,
  ) {
    this.#database = database;
    this.#issuer = issuer;
    this.#throttle = throttle;
    this.#audit = audit;
    this.#now = now;
    this.#options = options;
  }

  /**
   * Starts a session in the tenant asked for, or the first one joined.
   * @throws CredentialsInvalid, the same for an unknown account and a wrong password
   * @throws LoginThrottled
   */
  async login(input: z.output<typeof Login>, caller: Caller): Promise<IssuedSession> {
    const startedAt = performance.now();
    try {
      const issued = await this.#attempt(input, caller);
      this.#options.onLogin?.({ outcome: 'success', accountKnown: true, caller });
      return issued;
    } catch (error) {
      if (error instanceof Problem) await this.#holdBack(startedAt);
      throw error;
    }
  }

  async #attempt(input: z.output<typeof Login>, caller: Caller): Promise<IssuedSession> {
    const account = await this.#database.platform.findUserByEmail(input.email);
    const attempt = await this.#throttle.admit(input.email, caller.address).catch(async (error: unknown) => {
      if (error instanceof Problem) await this.#recordRefusal(account, input, caller, 'throttled');
      throw error;
    });
    const matches = await verifyPassword(account?.passwordHash ?? null, input.password);
    if (!matches || account === undefined || account.disabledAt !== null) {
      const reason = account === undefined ? 'unknown-account' : matches ? 'account-disabled' : 'wrong-password';
      await this.#recordRefusal(account, input, caller, reason);
      throw new CredentialsInvalid({});
    }
    const tenantId = await this.#chooseTenant(account, input, caller);
    const renewedHash = needsRehash(account.passwordHash ?? '') ? await hashPassword(input.password) : null;
    return this.#database.forTenant(
      tenantId,
      async (tx) => {
        await attempt.succeeded(tx);
        await this.#remember(tx, account.id, tenantId, renewedHash);
        const seat = { userId: account.id, tenantId, sessionId: this.#issuer.newSessionId() };
        const issued = await this.#issuer.issue(tx, seat, newRefreshToken(), caller);
        await this.#audit.record(
          tx,
          { kind: 'user', id: account.id, name: account.email, tenantId, ...place(caller) },
          { action: 'session.started', subject: { kind: 'session', id: seat.sessionId, name: account.email } },
        );
        return issued;
      },
      { userId: account.id },
    );
  }

  /** Only whoever knows the password is told where the account belongs. */
  async #chooseTenant(account: LoginAccount, input: z.output<typeof Login>, caller: Caller): Promise<string> {
    const memberships = await this.#database.forUser(account.id, (tx) => membershipsOf(tx, account.id));
    const chosen =
      input.tenantId === undefined ? memberships[0] : memberships.find(({ tenantId }) => tenantId === input.tenantId);
    if (chosen !== undefined) return chosen.tenantId;
    await this.#recordRefusal(account, { email: input.email }, caller, 'not-a-member');
    throw new CredentialsInvalid(
      {},
      {
        detail:
          input.tenantId === undefined
            ? 'This account is not a member of any tenant.'
            : 'This account is not a member of that tenant.',
      },
    );
  }

  async #remember(tx: Transaction, userId: string, tenantId: string, renewedHash: string | null): Promise<void> {
    const lastLoginAt = this.#now();
    await tx.user.update({
      where: { id: userId },
      data: { lastLoginAt, ...(renewedHash === null ? {} : { passwordHash: renewedHash }) },
      select: { id: true },
    });
    await tx.membership.update({
      where: { tenantId_userId: { tenantId, userId } },
      data: { lastLoginAt },
      select: { userId: true },
    });
  }

  /** In the log of the tenant that the login was for; an account that does not exist has none. */
  async #recordRefusal(
    account: LoginAccount | undefined,
    input: { readonly email: string; readonly tenantId?: string | undefined },
    caller: Caller,
    reason: RefusalReason,
  ): Promise<void> {
    this.#options.onLogin?.({ outcome: reason, accountKnown: account !== undefined, caller });
    if (account === undefined) return;
    const memberships = await this.#database.forUser(account.id, (tx) => membershipsOf(tx, account.id));
    const target = memberships.find(({ tenantId }) => tenantId === input.tenantId) ?? memberships[0];
    if (target === undefined) return;
    const actor = {
      kind: 'anonymous',
      name: account.email,
      tenantId: target.tenantId,
      ...place(caller),
    } as const;
    await this.#database.forTenant(target.tenantId, (tx) =>
      this.#audit.record(tx, actor, {
        action: 'session.started',
        subject: { kind: 'user', id: account.id, name: account.email },
        outcome: reason === 'throttled' ? 'refused' : 'failure',
        details: { reason },
      }),
    );
  }

  async #holdBack(startedAt: number): Promise<void> {
    const remainingMs = this.#options.refusalFloorMs - (performance.now() - startedAt);
    if (remainingMs > 0) await delay(remainingMs);
  }
}

const place = (caller: Caller) => ({ address: caller.address, requestId: caller.requestId });
