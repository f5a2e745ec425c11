import { randomBytes } from 'node:crypto';
import type { AuditActor, AuditWriter } from '@plimsoll/audit';
import { newId } from '@plimsoll/persistence';
import type { Transaction } from '@plimsoll/persistence';

export interface Foundation {
  readonly tenantId: string;
  readonly tenantName: string;
  readonly at: Date;
  readonly owner: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly passwordHash: string;
  };
}

/**
 * Writes a tenant and its owner. Needs a transaction of both (`forTenant(tenantId, …, { userId: owner.id })`); the ids
 * are made before, since they say what the transaction may see.
 */
export const foundTenant = async (
  tx: Transaction,
  audit: AuditWriter,
  foundation: Foundation,
  actor: AuditActor,
): Promise<void> => {
  const { tenantId, tenantName, owner, at } = foundation;
  await tx.tenant.create({
    data: { id: tenantId, name: tenantName, slug: slugOf(tenantName), createdAt: at },
    select: { id: true },
  });
  await tx.user.create({ data: { ...owner, createdAt: at, passwordChangedAt: at }, select: { id: true } });
  await tx.membership.create({
    data: { tenantId, userId: owner.id, role: 'owner', createdAt: at },
    select: { userId: true },
  });
  await audit.record(tx, actor, {
    action: 'tenant.created',
    subject: { kind: 'tenant', id: tenantId, name: tenantName },
    details: { owner: owner.email },
  });
};

/** Ids of a tenant and its owner to be. */
export const newFoundationIds = (): { tenantId: string; ownerId: string } => ({ tenantId: newId(), ownerId: newId() });

const slugOf = (name: string): string => {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 40);
  return `${words === '' ? 'tenant' : words}-${randomBytes(4).toString('hex')}`;
};
