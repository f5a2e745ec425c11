import type { AuditWriter } from '@plimsoll/audit';
import { AlreadyExists, SignUpClosed } from '@plimsoll/contracts';
import type { SignUp } from '@plimsoll/contracts';
import type { Database } from '@plimsoll/persistence';
import type { z } from 'zod';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { hashPassword } from '../passwords/password-hasher.ts';
import { newRefreshToken } from '../sessions/refresh-tokens.ts';
import type { IssuedSession, SessionIssuer } from '../sessions/session-issuer.ts';
import { isUniqueViolation } from '../unique-violation.ts';
import { foundTenant, newFoundationIds } from './found-tenant.ts';

/** Makes a tenant and its owner for whoever asks, where the operator allows it. */
export class SignUpService {
  readonly #database: Database;
  readonly #issuer: SessionIssuer;
  readonly #audit: AuditWriter;
  readonly #now: Clock;
  readonly #open: boolean;

  constructor(database: Database, issuer: SessionIssuer, audit: AuditWriter, now: Clock, open: boolean) {
    this.#database = database;
    this.#issuer = issuer;
    this.#audit = audit;
    this.#now = now;
    this.#open = open;
  }

  /**
   * @returns a session of the new owner
   * @throws SignUpClosed
   * @throws AlreadyExists when the email address has an account
   */
  async signUp(input: z.output<typeof SignUp>, caller: Caller): Promise<IssuedSession> {
    if (!this.#open) throw new SignUpClosed({});
    const passwordHash = await hashPassword(input.password);
    if ((await this.#database.platform.findUserByEmail(input.email)) !== undefined) throw emailTaken();
    const { tenantId, ownerId } = newFoundationIds();
    const now = this.#now();
    const owner = { id: ownerId, email: input.email, name: input.name, passwordHash };
    const actor = {
      kind: 'user',
      id: ownerId,
      name: input.email,
      tenantId,
      address: caller.address,
      requestId: caller.requestId,
    } as const;
    try {
      return await this.#database.forTenant(
        tenantId,
        async (tx) => {
          await foundTenant(tx, this.#audit, { tenantId, tenantName: input.tenantName, owner, at: now }, actor);
          const sessionId = this.#issuer.newSessionId();
          const issued = await this.#issuer.issue(
            tx,
            { userId: ownerId, tenantId, sessionId },
            newRefreshToken(),
            caller,
          );
          await tx.membership.update({
            where: { tenantId_userId: { tenantId, userId: ownerId } },
            data: { lastLoginAt: now },
            select: { userId: true },
          });
          await this.#audit.record(tx, actor, {
            action: 'session.started',
            subject: { kind: 'session', id: sessionId, name: input.email },
          });
          return issued;
        },
        { userId: ownerId },
      );
    } catch (error) {
      throw isUniqueViolation(error) ? emailTaken(error) : error;
    }
  }
}

const emailTaken = (cause?: unknown): Error =>
  new AlreadyExists(
    { field: 'email' },
    { detail: 'This email address has an account already; sign in with it.', cause },
  );
