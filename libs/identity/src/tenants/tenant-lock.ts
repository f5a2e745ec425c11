import type { Transaction } from '@plimsoll/persistence';

/**
 * Makes changes of one tenant's members wait for each other to the end of the transaction. "No key update", so that
 * everything that merely refers to the tenant goes on.
 */
export const lockTenant = async (tx: Transaction, tenantId: string): Promise<void> => {
  await tx.$queryRaw`SELECT id FROM tenants WHERE id = ${tenantId}::uuid FOR NO KEY UPDATE`;
};
