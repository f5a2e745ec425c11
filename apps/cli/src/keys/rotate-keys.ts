import { AuditWriter } from '@plimsoll/audit';
import type { Database } from '@plimsoll/persistence';
import { type MasterKeyring, Vault, VaultError } from '@plimsoll/vault';
import { everyTenant, operatorOf } from '../installation/every-tenant.ts';

export interface KeyRotation {
  readonly tenants: number;
  /** Data keys that this run has wrapped by the current master key. */
  readonly rewrapped: number;
  /** Tenants whose data keys no master key of the ring opens, each with the reason. */
  readonly failed: readonly { readonly tenantId: string; readonly reason: string }[];
}

/**
 * Wraps the data keys of all tenants by the current master key, a transaction for each tenant: it can be stopped at any
 * moment and run again, and a tenant whose keys can not be opened keeps no other from its turn.
 * @param onProgress told how many tenants are done
 */
export const rotateKeys = async (
  database: Database,
  keyring: MasterKeyring,
  onProgress: (tenants: number) => void = () => {},
): Promise<KeyRotation> => {
  const vault = new Vault(keyring);
  const audit = new AuditWriter();
  const failed: { tenantId: string; reason: string }[] = [];
  let tenants = 0;
  let rewrapped = 0;
  for await (const { id: tenantId } of everyTenant(database)) {
    try {
      rewrapped += await database.forTenant(tenantId, async (tx) => {
        const count = await vault.rewrap(tx, tenantId);
        if (count === 0) return 0;
        await audit.record(tx, operatorOf(tenantId, 'keys rotate'), {
          action: 'keys.rotated',
          subject: { kind: 'tenant', id: tenantId },
          details: { dataKeys: count, masterKeyId: keyring.currentKeyId },
        });
        return count;
      });
    } catch (error) {
      if (!(error instanceof VaultError)) throw error;
      failed.push({ tenantId, reason: error.message });
    }
    tenants += 1;
    onProgress(tenants);
  }
  return { tenants, rewrapped, failed };
};
