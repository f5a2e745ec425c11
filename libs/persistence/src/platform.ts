import type { Role } from './generated/client.ts';

/** Anything that runs raw SQL: the client itself, or a transaction. */
export interface RawClient {
  $queryRaw<T>(query: TemplateStringsArray, ...values: unknown[]): Promise<T>;
  $executeRaw(query: TemplateStringsArray, ...values: unknown[]): Promise<number>;
}

export interface LoginAccount {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly locale: string;
  readonly disabledAt: Date | null;
}

export interface FoundRefreshToken {
  readonly id: string;
  readonly tenantId: string;
  readonly userId: string;
  readonly familyId: string;
  readonly expiresAt: Date;
  readonly rotatedAt: Date | null;
  readonly revokedAt: Date | null;
}

export type RotatedRefreshToken = Pick<FoundRefreshToken, 'id' | 'tenantId' | 'userId' | 'familyId'>;

export interface FoundApiKey {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly hash: Uint8Array;
  readonly role: Role;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface FoundInvitation {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

export interface ClaimedOutboxMessage {
  readonly id: string;
  readonly sequence: bigint;
  readonly tenantId: string;
  readonly type: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/** A message that could not be read so often that it was set aside; what it says is not in here. */
export interface SetAsideMessage {
  readonly id: string;
  readonly sequence: bigint;
  readonly tenantId: string;
  readonly type: string;
  /** How often it was tried. */
  readonly attempts: number;
  readonly createdAt: Date;
  readonly setAsideAt: Date;
}

export interface StalledScan {
  readonly tenantId: string;
  readonly scanId: string;
  readonly hostId: string;
  /** `queued` or `running`. */
  readonly state: string;
  readonly attempt: number;
}

export interface ScanInTurn {
  readonly tenantId: string;
  readonly scanId: string;
  /** How often it has been begun. */
  readonly attempt: number;
}

export interface HostToJudgeAgain {
  readonly tenantId: string;
  readonly hostId: string;
}

export interface DueDelivery {
  readonly tenantId: string;
  readonly deliveryId: string;
  readonly endpointId: string;
  readonly nextAttemptAt: Date;
}

export interface Backlog {
  readonly outboxPending: number;
  readonly outboxOldestAt: Date | null;
  readonly scansQueued: number;
  readonly scansRunning: number;
  readonly deliveriesPending: number;
}

export interface PurgeOptions {
  readonly dispatchedBefore: Date;
  readonly tokensExpiredBefore: Date;
  readonly limit: number;
}

export interface PurgedCounts {
  readonly idempotencyKeys: number;
  readonly refreshTokens: number;
  readonly loginThrottles: number;
  readonly outboxMessages: number;
}

/**
 * The functions of the database's schema `platform`: all that can be reached without naming a tenant. Each gives back no
 * more than its purpose needs. Wrap a transaction, `new Platform(tx)`, to call them inside one.
 */
export class Platform {
  private readonly client: RawClient;

  constructor(client: RawClient) {
    this.client = client;
  }

  /** Compares without regard to case. */
  async findUserByEmail(email: string): Promise<LoginAccount | undefined> {
    const rows = await this.client.$queryRaw<LoginAccount[]>`
      SELECT id, email, name, password_hash AS "passwordHash", locale, disabled_at AS "disabledAt"
      FROM platform.find_user_by_email(${email})`;
    return rows[0];
  }

  /** @param tokenHash SHA-256 of the token */
  async findRefreshToken(tokenHash: Uint8Array): Promise<FoundRefreshToken | undefined> {
    const rows = await this.client.$queryRaw<FoundRefreshToken[]>`
      SELECT id, tenant_id AS "tenantId", user_id AS "userId", family_id AS "familyId",
             expires_at AS "expiresAt", rotated_at AS "rotatedAt", revoked_at AS "revokedAt"
      FROM platform.find_refresh_token(${tokenHash})`;
    return rows[0];
  }

  /**
   * Marks a token as rotated if it still can be; undefined when it was rotated, revoked or expired before.
   * @param tokenHash SHA-256 of the token
   */
  async rotateRefreshToken(tokenHash: Uint8Array, at: Date): Promise<RotatedRefreshToken | undefined> {
    const rows = await this.client.$queryRaw<RotatedRefreshToken[]>`
      SELECT id, tenant_id AS "tenantId", user_id AS "userId", family_id AS "familyId"
      FROM platform.rotate_refresh_token(${tokenHash}, ${at}::timestamptz)`;
    return rows[0];
  }

  /** Ends one session, all tokens that descend from one login; returns how many of them were still good. */
  async revokeSession(familyId: string): Promise<number> {
    const rows = await this.client.$queryRaw<{ count: number }[]>`
      SELECT platform.revoke_session(${familyId}::uuid) AS count`;
    return rows[0]?.count ?? 0;
  }

  async findApiKey(prefix: string): Promise<FoundApiKey | undefined> {
    const rows = await this.client.$queryRaw<FoundApiKey[]>`
      SELECT id, tenant_id AS "tenantId", name, hash, role::text AS role,
             expires_at AS "expiresAt", last_used_at AS "lastUsedAt", revoked_at AS "revokedAt"
      FROM platform.find_api_key(${prefix})`;
    return rows[0];
  }

  /** @param codeHash SHA-256 of the code */
  async findInvitation(codeHash: Uint8Array): Promise<FoundInvitation | undefined> {
    const rows = await this.client.$queryRaw<FoundInvitation[]>`
      SELECT id, tenant_id AS "tenantId", email, role::text AS role, expires_at AS "expiresAt"
      FROM platform.find_invitation(${codeHash})`;
    return rows[0];
  }

  /** Ends the user's sessions in every tenant, but for one family; returns how many tokens that were. */
  async revokeUserSessions(userId: string, exceptFamilyId?: string): Promise<number> {
    const rows = await this.client.$queryRaw<{ count: number }[]>`
      SELECT platform.revoke_user_sessions(${userId}::uuid, ${exceptFamilyId ?? null}::uuid) AS count`;
    return rows[0]?.count ?? 0;
  }

  async anyTenantExists(): Promise<boolean> {
    const rows = await this.client.$queryRaw<{ found: boolean }[]>`SELECT platform.any_tenant_exists() AS found`;
    return rows[0]?.found ?? false;
  }

  /** All tenants' ids in their order, in portions: pass the last id of the portion before. */
  async listTenantIds(limit: number, after?: string): Promise<string[]> {
    const rows = await this.client.$queryRaw<{ id: string }[]>`
      SELECT id FROM platform.list_tenant_ids(${after ?? null}::uuid, ${limit}::integer)`;
    return rows.map((row) => row.id);
  }

  /**
   * The oldest undispatched messages nobody else holds, in order; locked until the transaction ends.
   * @param exceptTenantIds tenants to pass over
   */
  async claimOutboxMessages(limit: number, exceptTenantIds: readonly string[] = []): Promise<ClaimedOutboxMessage[]> {
    return this.client.$queryRaw<ClaimedOutboxMessage[]>`
      SELECT id, sequence, tenant_id AS "tenantId", type, payload, created_at AS "createdAt"
      FROM platform.claim_outbox_messages(${limit}::integer, ${[...exceptTenantIds]}::uuid[])`;
  }

  async markOutboxDispatched(ids: readonly string[]): Promise<void> {
    await this.client.$executeRaw`SELECT platform.mark_outbox_dispatched(${[...ids]}::uuid[])`;
  }

  /**
   * Counts that a message could not be read, and sets it aside the `attemptsLimit`th time.
   * @returns whether it was set aside
   */
  async noteOutboxUnreadable(id: string, attemptsLimit: number): Promise<boolean> {
    const rows = await this.client.$queryRaw<{ setAside: boolean | null }[]>`
      SELECT platform.note_outbox_unreadable(${id}::uuid, ${attemptsLimit}::integer) AS "setAside"`;
    return rows[0]?.setAside ?? false;
  }

  /** Messages that were set aside, the oldest first, in portions: pass the last sequence of the portion before. */
  async listSetAsideMessages(limit: number, after = 0n): Promise<SetAsideMessage[]> {
    return this.client.$queryRaw<SetAsideMessage[]>`
      SELECT id, sequence, tenant_id AS "tenantId", type, attempts,
             created_at AS "createdAt", set_aside_at AS "setAsideAt"
      FROM platform.list_set_aside_messages(${after}::bigint, ${limit}::integer)`;
  }

  /** Lets a message that was set aside leave once more, in its old place; false when there is no such one. */
  async retrySetAsideMessage(id: string): Promise<boolean> {
    const rows = await this.client.$queryRaw<{ retried: boolean }[]>`
      SELECT platform.retry_set_aside_message(${id}::uuid) AS retried`;
    return only(rows).retried;
  }

  async countSetAsideMessages(): Promise<number> {
    const rows = await this.client.$queryRaw<{ count: number }[]>`
      SELECT platform.count_set_aside_messages()::integer AS count`;
    return only(rows).count;
  }

  /** Running scans whose lease ran out, and scans queued since before the given time. */
  async findStalledScans(queuedBefore: Date, limit: number): Promise<StalledScan[]> {
    return this.client.$queryRaw<StalledScan[]>`
      SELECT tenant_id AS "tenantId", scan_id AS "scanId", host_id AS "hostId", state, attempt
      FROM platform.find_stalled_scans(${queuedBefore}::timestamptz, ${limit}::integer)`;
  }

  /** The scan to begin next when the tenants take turns; undefined where none waits. Another worker may see the same. */
  async findScanInTurn(): Promise<ScanInTurn | undefined> {
    const rows = await this.client.$queryRaw<ScanInTurn[]>`
      SELECT tenant_id AS "tenantId", scan_id AS "scanId", attempt FROM platform.find_scan_in_turn()`;
    return rows[0];
  }

  /** From now on, hosts are judged by this catalogue: only workers that have it look for hosts to judge again. */
  async announceCatalogue(catalogueVersion: string): Promise<void> {
    await this.client.$executeRaw`SELECT platform.announce_catalogue(${catalogueVersion})`;
  }

  /**
   * Hosts that were judged by something else than they would be now, tenants in turn.
   * @param waitingLimit how many judgements of stored snapshots may wait or run at once, of all tenants
   */
  async findHostsToJudgeAgain(catalogueVersion: string, waitingLimit: number): Promise<HostToJudgeAgain[]> {
    return this.client.$queryRaw<HostToJudgeAgain[]>`
      SELECT tenant_id AS "tenantId", host_id AS "hostId"
      FROM platform.find_hosts_to_judge_again(${catalogueVersion}, ${waitingLimit}::integer)`;
  }

  /** Deliveries whose time has come, the tenants in turn: of each no more than a tenth of `limit`. */
  async findDueDeliveries(dueBefore: Date, limit: number): Promise<DueDelivery[]> {
    return this.client.$queryRaw<DueDelivery[]>`
      SELECT tenant_id AS "tenantId", delivery_id AS "deliveryId", endpoint_id AS "endpointId",
             next_attempt_at AS "nextAttemptAt"
      FROM platform.find_due_deliveries(${dueBefore}::timestamptz, ${limit}::integer)`;
  }

  async readBacklog(): Promise<Backlog> {
    const rows = await this.client.$queryRaw<Backlog[]>`
      SELECT outbox_pending::integer AS "outboxPending", outbox_oldest_at AS "outboxOldestAt",
             scans_queued::integer AS "scansQueued", scans_running::integer AS "scansRunning",
             deliveries_pending::integer AS "deliveriesPending"
      FROM platform.read_backlog()`;
    return only(rows);
  }

  /**
   * Deletes what only time has ended, the oldest first, and at most `limit` rows of each kind: call it again until less
   * than that went.
   * @returns how many rows of each kind went
   */
  async purgeExpired(options: PurgeOptions): Promise<PurgedCounts> {
    const rows = await this.client.$queryRaw<PurgedCounts[]>`
      SELECT idempotency_keys::integer AS "idempotencyKeys", refresh_tokens::integer AS "refreshTokens",
             login_throttles::integer AS "loginThrottles", outbox_messages::integer AS "outboxMessages"
      FROM platform.purge_expired(${options.dispatchedBefore}::timestamptz, ${options.tokensExpiredBefore}::timestamptz,
                                  ${options.limit}::integer)`;
    return only(rows);
  }
}

function only<T>(rows: readonly T[]): T {
  const row = rows[0];
  if (row === undefined) throw new Error('The function returned no row');
  return row;
}
