import { permissionsOf } from '@plimsoll/contracts';
import type { Role, Session } from '@plimsoll/contracts';
import { newId } from '@plimsoll/persistence';
import type { Transaction } from '@plimsoll/persistence';
import { v7 } from 'uuid';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { tenantOf } from '../tenants/tenant-view.ts';
import type { AccessTokens } from './access-tokens.ts';
import { hashRefreshToken } from './refresh-tokens.ts';

/** A session as the browser gets it: one part in the body, the other in a cookie that scripts can't read. */
export interface IssuedSession {
  readonly session: Session;
  readonly refreshToken: string;
  readonly refreshExpiresAt: Date;
}

/** Whose session it is, and where in it we are. */
export interface SessionSeat {
  readonly userId: string;
  readonly tenantId: string;
  readonly sessionId: string;
}

/** However often it is renewed, a session asks for the password again after this long. */
const absoluteLifetimeSeconds = 90 * 86_400;

/** Writes refresh tokens and signs access tokens; who may have them is decided before. */
export class SessionIssuer {
  readonly #tokens: AccessTokens;
  readonly #refreshSeconds: number;
  readonly #now: Clock;

  constructor(tokens: AccessTokens, refreshSeconds: number, now: Clock) {
    this.#tokens = tokens;
    this.#refreshSeconds = refreshSeconds;
    this.#now = now;
  }

  /** The id of a new session: a UUIDv7, so it also tells when the session began. */
  newSessionId(): string {
    return v7({ msecs: this.#now().getTime() });
  }

  /** Stores a refresh token, in the transaction of the tenant and the user, and issues what goes with it. */
  async issue(tx: Transaction, seat: SessionSeat, refreshToken: string, caller: Caller): Promise<IssuedSession> {
    const now = this.#now();
    const expiresAt = new Date(
      Math.min(
        now.getTime() + this.#refreshSeconds * 1_000,
        startOf(seat.sessionId) + Math.max(absoluteLifetimeSeconds, this.#refreshSeconds) * 1_000,
      ),
    );
    await tx.refreshToken.create({
      data: {
        id: newId(),
        tenantId: seat.tenantId,
        userId: seat.userId,
        familyId: seat.sessionId,
        tokenHash: hashRefreshToken(refreshToken),
        userAgent: caller.userAgent?.slice(0, 300) ?? null,
        address: caller.address,
        createdAt: now,
        expiresAt,
      },
      select: { id: true },
    });
    return { session: await this.describe(tx, seat), refreshToken, refreshExpiresAt: expiresAt };
  }

  /** Signs an access token for a seat that has its refresh token already. */
  async describe(tx: Transaction, seat: SessionSeat): Promise<Session> {
    const user = await tx.user.findUniqueOrThrow({ where: { id: seat.userId } });
    const memberships = await membershipsOf(tx, seat.userId);
    const current = memberships.find((membership) => membership.tenantId === seat.tenantId);
    if (current === undefined)
      throw new Error('A session was to be issued for a tenant of which the user is no member');
    const access = await this.#tokens.sign({ ...seat, role: current.role });
    return {
      accessToken: access.token,
      expiresAt: access.expiresAt.toISOString(),
      user: { id: user.id, email: user.email, name: user.name },
      tenant: tenantOf(current.tenant),
      role: current.role,
      permissions: [...permissionsOf[current.role]],
      tenants: memberships.map(({ tenant, role }) => ({ id: tenant.id, name: tenant.name, role })),
      passwordChangeRequired: user.passwordChangedAt === null,
    };
  }
}

/** Where a user is a member, the first joined first. Needs the user's own transaction. */
export const membershipsOf = (tx: Transaction, userId: string): Promise<MembershipOfUser[]> =>
  tx.membership.findMany({
    where: { userId },
    include: { tenant: true },
    orderBy: [{ createdAt: 'asc' }, { tenantId: 'asc' }],
  });

export interface MembershipOfUser {
  readonly tenantId: string;
  readonly role: Role;
  readonly tenant: { readonly id: string; readonly name: string; readonly createdAt: Date; readonly version: number };
}

/** Milliseconds since 1970, the first 48 bits of a UUIDv7 (RFC 9562, 5.7). */
const startOf = (sessionId: string): number => Number.parseInt(sessionId.replace('-', '').slice(0, 12), 16);
