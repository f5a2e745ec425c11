import { permissions, permissionsOf, roles } from '@plimsoll/contracts';
import type { RoleList } from '@plimsoll/contracts';

/** Every role with what it permits, in words. */
export const describeRoles = (): RoleList => ({
  items: roles.map((role) => ({
    role,
    permissions: permissionsOf[role].map((name) => ({ name, description: permissions[name] })),
  })),
});
