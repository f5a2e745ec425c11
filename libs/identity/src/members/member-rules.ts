import { LastOwner, PermissionMissing, permissionsOf } from '@plimsoll/contracts';
import type { Actor, Permission, Role } from '@plimsoll/contracts';
import type { Transaction } from '@plimsoll/persistence';
import { permissionSetOf } from '../access/principal.ts';

type Permissions = ReadonlySet<Permission>;

/**
 * What the actor may do now that the tenant is locked: two owners who unmake each other at the same moment must not both
 * act as owners.
 */
export const readActingPermissions = async (tx: Transaction, actor: Actor): Promise<Permissions> => {
  if (actor.kind !== 'user' || actor.id === null) return actor.permissions;
  const membership = await tx.membership.findUnique({
    where: { tenantId_userId: { tenantId: actor.tenantId, userId: actor.id } },
    select: { role: true },
  });
  const permissions: Permissions = membership === null ? new Set() : permissionSetOf(membership.role);
  if (!permissions.has('members:manage')) {
    throw new PermissionMissing({ permission: 'members:manage' }, { detail: 'Your role has just been changed.' });
  }
  return permissions;
};

/**
 * Roles are given, changed and taken by those who have at least as much themselves, and the owner's by owners only.
 * @throws PermissionMissing
 */
export const requireAuthorityOver = (acting: Permissions, role: Role): void => {
  if (role === 'owner' && !acting.has('owners:manage')) {
    throw new PermissionMissing({ permission: 'owners:manage' }, { detail: 'Only owners make and unmake owners.' });
  }
  const beyond = permissionsOf[role].find((permission) => !acting.has(permission));
  if (beyond !== undefined) {
    throw new PermissionMissing(
      { permission: beyond },
      { detail: `The role ${role} permits ${beyond}, which you do not have yourself.` },
    );
  }
};

/**
 * Whether the tenant keeps an owner without this one; the tenant must be locked.
 * @throws LastOwner
 */
export const requireAnotherOwner = async (tx: Transaction, tenantId: string, userId: string): Promise<void> => {
  const others = await tx.membership.count({
    where: { tenantId, role: 'owner', userId: { not: userId }, user: { disabledAt: null } },
  });
  if (others === 0) throw new LastOwner({}, { detail: 'Make another member an owner first.' });
};
