import type { Tenant } from '@plimsoll/contracts';

interface TenantRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly version: number;
}

/** The tenant as the API shows it. */
export const tenantOf = (row: TenantRow): Tenant => ({
  id: row.id,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
  version: row.version,
});
