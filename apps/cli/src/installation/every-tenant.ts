import type { Database } from '@plimsoll/persistence';

const portion = 500;

export interface NamedTenant {
  readonly id: string;
  readonly name: string;
}

/** The tenants of an installation in the order of their ids, one after the other. */
export async function* everyTenant(database: Database): AsyncGenerator<NamedTenant> {
  for (let after: string | undefined; ;) {
    const ids = await database.platform.listTenantIds(portion, after);
    for (const id of ids) {
      const row = await database.forTenant(id, (tx) => tx.tenant.findUnique({ where: { id }, select: { name: true } }));
      // Deleted since the list was read.
      if (row !== null) yield { id, name: row.name };
    }
    after = ids.at(-1);
    if (ids.length < portion) return;
  }
}

/** The actor of what an operator does to one tenant on the command line. */
export const operatorOf = (tenantId: string, command: string) =>
  ({ kind: 'system', id: null, name: command, tenantId, address: null, requestId: null }) as const;
