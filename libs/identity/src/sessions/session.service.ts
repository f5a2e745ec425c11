import type { AuditWriter } from '@plimsoll/audit';
import { NotFound, SessionEnded } from '@plimsoll/contracts';
import type { Problem } from '@plimsoll/contracts';
import { Platform } from '@plimsoll/persistence';
import type { Database, FoundRefreshToken, Transaction } from '@plimsoll/persistence';
import type { AccessCache } from '../access/access-cache.ts';
import { readAccess } from '../access/access-reader.ts';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { hashRefreshToken, isRefreshToken, successorOf } from './refresh-tokens.ts';
import type { IssuedSession, SessionIssuer, SessionSeat } from './session-issuer.ts';

/** How long a rotated token may come again from a request that was under way: two tabs, an answer that got lost. */
const graceMs = 10_000;
/** In that time a session moves on a few times at most; more is no accident. */
const longestChain = 8;

/** Where a refresh token stands. */
type Standing =
  | { readonly state: 'current'; readonly token: string; readonly found: FoundRefreshToken; readonly replayed: boolean }
  | { readonly state: 'reused' | 'revoked' | 'expired'; readonly found: FoundRefreshToken }
  | { readonly state: 'unknown' };

/** Renews, moves and ends sessions. */
export class SessionService {
  readonly #database: Database;
  readonly #issuer: SessionIssuer;
  readonly #audit: AuditWriter;
  readonly #cache: AccessCache;
  readonly #successionSecret: Uint8Array;
  readonly #now: Clock;

  constructor(
    database: Database,
    issuer: SessionIssuer,
    audit: AuditWriter,
    cache: AccessCache,
    successionSecret: Uint8Array,
    now: Clock,
  ) {
    this.#database = database;
    this.#issuer = issuer;
    this.#audit = audit;
    this.#cache = cache;
    this.#successionSecret = successionSecret;
    this.#now = now;
  }

  /**
   * Trades a refresh token for the next one and an access token, in the same tenant or another one of the user.
   * A token that comes again after it was traded was stolen from one of two: the whole session ends.
   * @throws SessionEnded
   * @throws NotFound for a tenant of which the user is no member
   */
  async refresh(token: string, tenantId: string | undefined, caller: Caller): Promise<IssuedSession> {
    // A crossing request may take the token between the look and the trade; then the look is repeated.
    for (let round = 0; round < longestChain; round += 1) {
      const standing = await this.#standingOf(token);
      if (standing.state !== 'current') throw await this.#refuse(standing, caller);
      const { found, token: current } = standing;
      const seat = { userId: found.userId, tenantId: tenantId ?? found.tenantId, sessionId: found.familyId };
      const issued =
        standing.replayed && seat.tenantId === found.tenantId
          ? await this.#repeat(seat, standing)
          : await this.#trade(seat, found, current, caller);
      if (issued !== null) return issued;
    }
    throw new SessionEnded({});
  }

  /** Ends the session that a refresh token belongs to; a token that is good for nothing changes nothing. */
  async logout(token: string, caller: Caller): Promise<void> {
    const found = isRefreshToken(token)
      ? await this.#database.platform.findRefreshToken(hashRefreshToken(token))
      : undefined;
    if (found === undefined) return;
    await this.end({ userId: found.userId, tenantId: found.tenantId, sessionId: found.familyId }, caller);
  }

  /** Ends a session in every tenant it went through, at once. */
  async end(seat: SessionSeat, caller: Caller): Promise<void> {
    await this.#database.forTenant(seat.tenantId, async (tx) => {
      const revoked = await new Platform(tx).revokeSession(seat.sessionId);
      if (revoked === 0) return;
      await this.#audit.record(tx, await actorOfSeat(tx, seat, caller), {
        action: 'session.ended',
        subject: { kind: 'session', id: seat.sessionId },
      });
    });
    this.#cache.clear();
  }

  async #standingOf(token: string): Promise<Standing> {
    let presented = token;
    for (let step = 0; step < longestChain; step += 1) {
      const found = isRefreshToken(presented)
        ? await this.#database.platform.findRefreshToken(hashRefreshToken(presented))
        : undefined;
      if (found === undefined) return { state: 'unknown' };
      if (found.revokedAt !== null) return { state: 'revoked', found };
      if (found.rotatedAt === null) {
        if (found.expiresAt <= this.#now()) return { state: 'expired', found };
        return { state: 'current', token: presented, found, replayed: step > 0 };
      }
      if (this.#now().getTime() - found.rotatedAt.getTime() > graceMs) return { state: 'reused', found };
      presented = successorOf(presented, this.#successionSecret);
    }
    return { state: 'unknown' };
  }

  /** The same next token once more, for a request that crossed the one that made it. */
  #repeat(seat: SessionSeat, standing: Extract<Standing, { state: 'current' }>): Promise<IssuedSession> {
    return this.#database.forTenant(
      seat.tenantId,
      async (tx) => {
        await requireAccess(tx, seat);
        return {
          session: await this.#issuer.describe(tx, seat),
          refreshToken: standing.token,
          refreshExpiresAt: standing.found.expiresAt,
        };
      },
      { userId: seat.userId },
    );
  }

  /** Null when another request was faster. */
  #trade(seat: SessionSeat, from: FoundRefreshToken, token: string, caller: Caller): Promise<IssuedSession | null> {
    const moves = seat.tenantId !== from.tenantId;
    return this.#database.forTenant(
      seat.tenantId,
      async (tx) => {
        await requireAccess(tx, seat, moves);
        const rotated = await new Platform(tx).rotateRefreshToken(hashRefreshToken(token), this.#now());
        if (rotated === undefined) return null;
        const issued = await this.#issuer.issue(tx, seat, successorOf(token, this.#successionSecret), caller);
        if (moves) {
          await this.#audit.record(tx, await actorOfSeat(tx, seat, caller), {
            action: 'session.started',
            subject: { kind: 'session', id: seat.sessionId },
            details: { switchedTenant: true },
          });
        }
        return issued;
      },
      { userId: seat.userId },
    );
  }

  async #refuse(standing: Exclude<Standing, { state: 'current' }>, caller: Caller): Promise<Problem> {
    if (standing.state === 'unknown') return new SessionEnded({});
    const { found, state } = standing;
    const seat = { userId: found.userId, tenantId: found.tenantId, sessionId: found.familyId };
    await this.#database.forTenant(found.tenantId, async (tx) => {
      if (state === 'reused') await new Platform(tx).revokeSession(found.familyId);
      await this.#audit.record(
        tx,
        { ...(await actorOfSeat(tx, seat, caller)), kind: 'anonymous' },
        {
          action: state === 'reused' ? 'session.token-reused' : 'session.refreshed',
          subject: { kind: 'session', id: found.familyId },
          outcome: 'refused',
          details: { reason: state, userId: found.userId },
        },
      );
    });
    if (state === 'reused') this.#cache.clear();
    return new SessionEnded(
      {},
      state === 'reused'
        ? { detail: 'A refresh token was used twice, so somebody else may hold it; the session was ended.' }
        : {},
    );
  }
}

/** Whoever moves to a tenant that is not theirs is told that there is none. */
const requireAccess = async (tx: Transaction, seat: SessionSeat, moves = false): Promise<void> => {
  if ((await readAccess(tx, seat.tenantId, seat.userId, seat.sessionId)) !== null) return;
  throw moves ? new NotFound({}, { detail: 'You are not a member of that tenant.' }) : new SessionEnded({});
};

const actorOfSeat = async (tx: Transaction, seat: SessionSeat, caller: Caller) => {
  const access = await readAccess(tx, seat.tenantId, seat.userId, seat.sessionId);
  return {
    kind: 'user',
    id: seat.userId,
    name: access?.email ?? 'a former member',
    tenantId: seat.tenantId,
    address: caller.address,
    requestId: caller.requestId,
  } as const;
};
