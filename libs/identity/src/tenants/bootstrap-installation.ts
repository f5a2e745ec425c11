import { AuditWriter } from '@plimsoll/audit';
import { Platform } from '@plimsoll/persistence';
import type { Database } from '@plimsoll/persistence';
import { hashPassword } from '../passwords/password-hasher.ts';
import { randomPassword } from '../passwords/random-password.ts';
import { foundTenant, newFoundationIds } from './found-tenant.ts';

export interface FirstOwner {
  /** Default `owner@plimsoll.local`. */
  readonly email?: string | undefined;
  /** One is made if absent. */
  readonly password?: string | undefined;
  /** Default `My organization`. */
  readonly tenantName?: string | undefined;
}

export interface BootstrappedInstallation {
  readonly tenantId: string;
  readonly userId: string;
  readonly email: string;
  /** The password that was made, to be shown this once; null when it was given. */
  readonly generatedPassword: string | null;
}

/**
 * Makes the first tenant and its owner of an empty installation; null when there is a tenant already. Several processes
 * that start at once make one.
 */
export const bootstrapInstallation = async (
  database: Database,
  { email = 'owner@plimsoll.local', password, tenantName = 'My organization' }: FirstOwner = {},
): Promise<BootstrappedInstallation | null> => {
  if (await database.platform.anyTenantExists()) return null;
  const generatedPassword = password === undefined ? randomPassword() : null;
  const passwordHash = await hashPassword(password ?? generatedPassword ?? randomPassword());
  const { tenantId, ownerId } = newFoundationIds();
  const address = email.trim().toLowerCase();
  return database.forTenant(
    tenantId,
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('bootstrap-installation', 0))`;
      if (await new Platform(tx).anyTenantExists()) return null;
      const owner = { id: ownerId, email: address, name: 'Owner', passwordHash };
      const system = {
        kind: 'system',
        id: null,
        name: 'first start',
        tenantId,
        address: null,
        requestId: null,
      } as const;
      await foundTenant(tx, new AuditWriter(), { tenantId, tenantName, owner, at: new Date() }, system);
      return { tenantId, userId: ownerId, email: address, generatedPassword };
    },
    { userId: ownerId },
  );
};
