import type { AuditWriter } from '@plimsoll/audit';
import { NotFound, PermissionMissing, permissionsOf } from '@plimsoll/contracts';
import type { Actor, ApiKey, ApiKeyQuery, CreateApiKey, CreatedApiKey, Page } from '@plimsoll/contracts';
import { newId, newestFirst } from '@plimsoll/persistence';
import type { ApiKey as ApiKeyRow, Database, Transaction } from '@plimsoll/persistence';
import type { z } from 'zod';
import type { AccessCache } from '../access/access-cache.ts';
import { covers } from '../access/principal.ts';
import { auditRefusal } from '../audit-refusal.ts';
import type { Clock } from '../clock.ts';
import { hashKey, newKey } from './key-format.ts';

const apiKeys = newestFirst('api-keys');

/** Keys for programs: shown once, stored as a hash, with a role that is never more than their maker's. */
export class ApiKeyService {
  readonly #database: Database;
  readonly #audit: AuditWriter;
  readonly #cache: AccessCache;
  readonly #now: Clock;

  constructor(database: Database, audit: AuditWriter, cache: AccessCache, now: Clock) {
    this.#database = database;
    this.#audit = audit;
    this.#cache = cache;
    this.#now = now;
  }

  /**
   * The newest first, revoked ones included.
   * @throws CursorInvalid
   */
  async list(actor: Actor, query: z.output<typeof ApiKeyQuery>): Promise<Page<ApiKey>> {
    const { tenantId } = actor;
    const rows = await this.#database.forTenant(tenantId, (tx) =>
      tx.apiKey.findMany({
        where: { tenantId, ...apiKeys.after(query.cursor) },
        orderBy: apiKeys.orderBy,
        take: query.limit + 1,
      }),
    );
    return apiKeys.page(rows, query.limit, keyOf);
  }

  /** @throws PermissionMissing when the key could do more than its maker */
  async create(actor: Actor, input: z.output<typeof CreateApiKey>): Promise<CreatedApiKey> {
    const now = this.#now();
    const { key, prefix } = newKey();
    const created = { id: newId(), name: input.name, role: input.role, prefix };
    return auditRefusal(
      {
        database: this.#database,
        audit: this.#audit,
        actor,
        action: 'api-key.created',
        subject: { kind: 'api-key', name: input.name },
      },
      async () => {
        const beyond = permissionsOf[input.role].find((permission) => !actor.permissions.has(permission));
        if (beyond !== undefined) {
          throw new PermissionMissing(
            { permission: beyond },
            { detail: `A key can not have more permissions than its maker; the role ${input.role} has ${beyond}.` },
          );
        }
        return this.#database.forTenant(actor.tenantId, async (tx) => {
          const row = await tx.apiKey.create({
            data: {
              ...created,
              tenantId: actor.tenantId,
              hash: hashKey(key),
              createdById: actor.id,
              createdByName: actor.name,
              createdAt: now,
              expiresAt:
                input.expiresInDays === null ? null : new Date(now.getTime() + input.expiresInDays * 86_400_000),
            },
          });
          await this.#audit.record(tx, actor, {
            action: 'api-key.created',
            subject: subjectOf(row),
            details: { role: row.role, prefix, expiresAt: row.expiresAt?.toISOString() ?? null },
          });
          return { ...keyOf(row), key };
        });
      },
    );
  }

  /**
   * From now on the key opens nothing; it stays in the list.
   * @throws NotFound
   */
  async revoke(actor: Actor, id: string): Promise<void> {
    await this.#database.forTenant(actor.tenantId, async (tx) => {
      const row = await tx.apiKey.findUnique({ where: { id, tenantId: actor.tenantId } });
      if (row === null) throw new NotFound({});
      if (row.revokedAt !== null) return;
      await revokeKeys(tx, [row.id], this.#now());
      await this.#audit.record(tx, actor, {
        action: 'api-key.revoked',
        subject: subjectOf(row),
        details: { role: row.role, prefix: row.prefix },
      });
    });
    this.#cache.clear();
  }
}

/**
 * Revokes the keys that a member made and, with their new role or none, could not make any more: else whoever was
 * removed would keep a key to the house.
 * @returns the prefixes of the keys that were revoked
 */
export const revokeKeysBeyond = async (
  tx: Transaction,
  maker: { readonly tenantId: string; readonly userId: string; readonly permissions: Actor['permissions'] },
  now: Date,
): Promise<string[]> => {
  const rows = await tx.apiKey.findMany({
    where: { tenantId: maker.tenantId, createdById: maker.userId, revokedAt: null },
  });
  const beyond = rows.filter((row) => !covers(maker.permissions, row.role));
  await revokeKeys(
    tx,
    beyond.map((row) => row.id),
    now,
  );
  return beyond.map((row) => row.prefix);
};

const revokeKeys = (tx: Transaction, ids: string[], revokedAt: Date): Promise<unknown> =>
  tx.apiKey.updateMany({ where: { id: { in: ids }, revokedAt: null }, data: { revokedAt } });

const subjectOf = (row: ApiKeyRow) => ({ kind: 'api-key', id: row.id, name: row.name });

const keyOf = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  role: row.role,
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdByName === '' ? null : row.createdByName,
  expiresAt: row.expiresAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  revokedAt: row.revokedAt?.toISOString() ?? null,
});
