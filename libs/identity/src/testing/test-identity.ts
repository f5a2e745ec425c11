import type { Role, Session } from '@plimsoll/contracts';
import { AuditEventQuery } from '@plimsoll/contracts';
import type { Actor, AuditEvent } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import type { TestDatabase } from '@plimsoll/persistence/testing';
import { generateSigningKey } from '@plimsoll/vault';
import { actorOf } from '../access/principal.ts';
import type { Caller } from '../caller.ts';
import { createIdentity } from '../create-identity.ts';
import type { Identity } from '../create-identity.ts';
import type { IssuedSession } from '../sessions/session-issuer.ts';

export const password = 'correct horse battery staple';
export const caller: Caller = { address: '192.0.2.7', userAgent: 'vitest', requestId: 'request-1' };

/** Identity on a test database, with a clock that stands still until told. */
export class TestIdentity {
  readonly services: Identity;
  readonly signingKey = generateSigningKey();
  #now = new Date('2026-11-24T12:00:00Z');

  constructor(
    readonly db: TestDatabase,
    options: { readonly signUpOpen?: boolean } = {},
  ) {
    this.services = createIdentity({
      database: db.database,
      signingKey: this.signingKey,
      signUpOpen: options.signUpOpen ?? true,
      accessTokenSeconds: 600,
      refreshTokenSeconds: 14 * 86_400,
      refusalFloorMs: 0,
      now: () => this.#now,
    });
  }

  get now(): Date {
    return this.#now;
  }

  later(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1_000);
  }

  /** A new tenant with its owner, who is signed in. */
  signUp(email = `${newId()}@example.com`): Promise<IssuedSession> {
    return this.services.signUps.signUp({ tenantName: 'Acme', name: 'Ada', email, password }, caller);
  }

  /** A new member of the session's tenant, who is signed in. */
  async join(owner: IssuedSession, role: Role): Promise<IssuedSession> {
    const email = `${newId()}@example.com`;
    await this.services.members.add(await this.actor(owner), { email, role, password });
    return this.login(email);
  }

  /** Makes the user of a session a member of another tenant, by an invitation. */
  async invite(owner: IssuedSession, invited: IssuedSession, role: Role): Promise<void> {
    const { email } = invited.session.user;
    const { code } = await this.services.invitations.create(await this.actor(owner), { email, role });
    await this.services.invitations.accept(await this.actor(invited), code);
  }

  login(email: string, given = password, tenantId?: string): Promise<IssuedSession> {
    const input = { email, password: given, ...(tenantId === undefined ? {} : { tenantId }) };
    return this.services.logins.login(input, caller);
  }

  refresh(session: Pick<IssuedSession, 'refreshToken'>, tenantId?: string): Promise<IssuedSession> {
    return this.services.sessions.refresh(session.refreshToken, tenantId, caller);
  }

  async actor(session: { readonly session: Pick<Session, 'accessToken'> }): Promise<Actor> {
    return actorOf(await this.services.authenticator.accessToken(session.session.accessToken, caller), caller);
  }

  /** The tenant's audit events, newest first, as `action outcome`. */
  async audited(tenantId: string): Promise<string[]> {
    return (await this.events(tenantId)).map((event) => `${event.action} ${event.outcome}`);
  }

  async events(tenantId: string): Promise<AuditEvent[]> {
    return (await this.services.auditReader.list({ tenantId }, AuditEventQuery.parse({ limit: 200 }))).items;
  }
}
