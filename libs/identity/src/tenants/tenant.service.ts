import type { AuditWriter } from '@plimsoll/audit';
import { NotFound } from '@plimsoll/contracts';
import type { Actor, Tenant, UpdateTenant } from '@plimsoll/contracts';
import type { Database, Transaction } from '@plimsoll/persistence';
import type { z } from 'zod';
import { requireVersion } from '../version-check.ts';
import { lockTenant } from './tenant-lock.ts';
import { tenantOf } from './tenant-view.ts';

/** The tenant's own name and settings. */
export class TenantService {
  readonly #database: Database;
  readonly #audit: AuditWriter;

  constructor(database: Database, audit: AuditWriter) {
    this.#database = database;
    this.#audit = audit;
  }

  read(actor: Pick<Actor, 'tenantId'>): Promise<Tenant> {
    return this.#database.forTenant(actor.tenantId, async (tx) => tenantOf(await findTenant(tx, actor.tenantId)));
  }

  /**
   * @param expectedVersion what the client has read; null for whatever is there
   * @throws VersionConflict
   */
  update(actor: Actor, input: z.output<typeof UpdateTenant>, expectedVersion: number | null): Promise<Tenant> {
    const { tenantId } = actor;
    return this.#database.forTenant(tenantId, async (tx) => {
      await lockTenant(tx, tenantId);
      const before = await findTenant(tx, tenantId);
      requireVersion(before, expectedVersion);
      if (before.name === input.name) return tenantOf(before);
      const after = await tx.tenant.update({
        where: { id: tenantId },
        data: { name: input.name, version: { increment: 1 } },
      });
      await this.#audit.record(tx, actor, {
        action: 'tenant.updated',
        subject: { kind: 'tenant', id: tenantId, name: after.name },
        details: { name: { from: before.name, to: after.name } },
      });
      return tenantOf(after);
    });
  }
}

const findTenant = async (tx: Transaction, tenantId: string) => {
  const row = await tx.tenant.findUnique({ where: { id: tenantId } });
  if (row === null) throw new NotFound({});
  return row;
};
