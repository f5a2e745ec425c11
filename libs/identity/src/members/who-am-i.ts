import type { Actor, WhoAmI } from '@plimsoll/contracts';
import { NotFound } from '@plimsoll/contracts';
import type { Database } from '@plimsoll/persistence';
import { tenantOf } from '../tenants/tenant-view.ts';

/** The actor as the API shows it to itself. */
export const whoAmI = (database: Database, actor: Actor): Promise<WhoAmI> =>
  database.forTenant(actor.tenantId, async (tx) => {
    const tenant = await tx.tenant.findUnique({ where: { id: actor.tenantId } });
    if (tenant === null || actor.id === null || actor.kind === 'system') throw new NotFound({});
    const user = actor.kind === 'user' ? await tx.user.findUnique({ where: { id: actor.id } }) : null;
    return {
      kind: actor.kind,
      id: actor.id,
      name: user?.name ?? actor.name,
      tenant: tenantOf(tenant),
      role: actor.role,
      permissions: [...actor.permissions],
    };
  });
