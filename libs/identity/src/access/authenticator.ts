import type { AuditWriter } from '@plimsoll/audit';
import { SessionEnded, Unauthenticated } from '@plimsoll/contracts';
import type { Problem } from '@plimsoll/contracts';
import type { Database, FoundApiKey } from '@plimsoll/persistence';
import { hashKey, isSameHash, prefixOf } from '../api-keys/key-format.ts';
import type { Caller } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { AccessTokenInvalid } from '../sessions/access-tokens.ts';
import type { AccessTokenClaims, AccessTokens } from '../sessions/access-tokens.ts';
import type { AccessCache } from './access-cache.ts';
import { readAccess } from './access-reader.ts';
import type { Principal } from './principal.ts';
import { RepeatedRefusals } from './repeated-refusals.ts';

/** Last use is worth one write a minute. */
const lastUseGranularityMs = 60_000;

/** Tells whom a credential stands for. Rights are read at each use: a token's own word on its role counts for nothing. */
export class Authenticator {
  readonly #database: Database;
  readonly #tokens: AccessTokens;
  readonly #audit: AuditWriter;
  readonly #cache: AccessCache;
  readonly #now: Clock;
  readonly #refusals: RepeatedRefusals;

  constructor(database: Database, tokens: AccessTokens, audit: AuditWriter, cache: AccessCache, now: Clock) {
    this.#database = database;
    this.#tokens = tokens;
    this.#audit = audit;
    this.#cache = cache;
    this.#now = now;
    this.#refusals = new RepeatedRefusals(now);
  }

  /**
   * @throws Unauthenticated for a token that is expired or was never ours
   * @throws SessionEnded when the session was ended or the user is no member any more
   */
  async accessToken(token: string, caller: Caller): Promise<Principal> {
    // Before the cache, so that a token that expires is refused on the second.
    const claims = await this.#verify(token);
    const cached = this.#cache.get(token);
    if (cached !== undefined) return cached;
    const { generation } = this.#cache;
    const { tenantId, userId, sessionId } = claims;
    const access = await this.#database.forTenant(tenantId, (tx) => readAccess(tx, tenantId, userId, sessionId));
    if (access === null || !access.sessionAlive) {
      await this.#refuse(tenantId, caller, access?.email ?? 'a former member', {
        kind: 'session',
        id: sessionId,
        reason: access === null ? 'not-a-member' : 'session-ended',
      });
      throw new SessionEnded({}, challenge);
    }
    const principal: Principal = {
      kind: 'user',
      id: userId,
      // The address, not the name: that one is chosen freely and could be somebody else's.
      name: access.email,
      tenantId,
      role: access.role,
      sessionId,
      passwordChangeRequired: access.passwordChangeRequired,
    };
    // Not kept: once it is changed, through whatever process, everything is permitted at once.
    if (!principal.passwordChangeRequired) this.#cache.set(token, principal, generation);
    return principal;
  }

  /** @throws Unauthenticated for a key that is unknown, wrong, expired or revoked */
  async apiKey(key: string, caller: Caller): Promise<Principal> {
    const cached = this.#cache.get(key);
    if (cached !== undefined) return cached;
    const { generation } = this.#cache;
    const prefix = prefixOf(key);
    const found = prefix === null ? undefined : await this.#database.platform.findApiKey(prefix);
    if (found === undefined) throw unauthenticated('There is no such API key.');
    const flaw = this.#flawOf(found, key);
    if (flaw !== null) {
      await this.#refuse(found.tenantId, caller, found.name, { kind: 'api-key', id: found.id, reason: flaw });
      // Whoever does not know the secret is not told that the prefix exists.
      throw unauthenticated(flaw === 'wrong-secret' ? 'There is no such API key.' : `The API key is ${flaw}.`);
    }
    await this.#noteUse(found);
    const { id, tenantId, name, role } = found;
    const principal: Principal = {
      kind: 'api-key',
      id,
      name,
      tenantId,
      role,
      sessionId: null,
      passwordChangeRequired: false,
    };
    this.#cache.set(key, principal, generation);
    return principal;
  }

  async #verify(token: string): Promise<AccessTokenClaims> {
    try {
      return await this.#tokens.verify(token);
    } catch (error) {
      if (!(error instanceof AccessTokenInvalid)) throw error;
      throw unauthenticated(
        error.reason === 'expired'
          ? 'The access token has expired; renew the session.'
          : 'The access token is invalid.',
      );
    }
  }

  #flawOf(found: FoundApiKey, key: string): 'wrong-secret' | 'revoked' | 'expired' | null {
    if (!isSameHash(found.hash, hashKey(key))) return 'wrong-secret';
    if (found.revokedAt !== null) return 'revoked';
    return found.expiresAt !== null && found.expiresAt <= this.#now() ? 'expired' : null;
  }

  async #noteUse(found: FoundApiKey): Promise<void> {
    const now = this.#now();
    const due = new Date(now.getTime() - lastUseGranularityMs);
    if (found.lastUsedAt !== null && found.lastUsedAt > due) return;
    await this.#database.forTenant(found.tenantId, (tx) =>
      tx.apiKey.updateMany({
        where: { id: found.id, tenantId: found.tenantId, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: due } }] },
        data: { lastUsedAt: now },
      }),
    );
  }

  async #refuse(
    tenantId: string,
    { address, requestId }: Caller,
    name: string,
    what: { readonly kind: string; readonly id: string; readonly reason: string },
  ): Promise<void> {
    const refusal = `${what.kind}/${what.id}/${what.reason}`;
    const repeats = this.#refusals.note(refusal);
    if (repeats === undefined) return;
    try {
      await this.#database.forTenant(tenantId, (tx) =>
        this.#audit.record(
          tx,
          { kind: 'anonymous', name, tenantId, address, requestId },
          {
            action: 'request.authenticated',
            subject: { kind: what.kind, id: what.id, name },
            outcome: 'refused',
            details: { reason: what.reason, ...(repeats === 0 ? {} : { repeatsSinceTheLast: repeats }) },
          },
        ),
      );
    } catch (error) {
      this.#refusals.forget(refusal);
      throw error;
    }
  }
}

const challenge = { headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' } };
const unauthenticated = (detail: string): Problem => new Unauthenticated({}, { detail, ...challenge });
