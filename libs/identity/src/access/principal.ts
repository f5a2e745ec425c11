import type { Actor, Permission, Role } from '@plimsoll/contracts';
import { permissionsOf } from '@plimsoll/contracts';
import type { Caller } from '../caller.ts';

/** Who a credential stands for, apart from the request that brought it. */
export interface Principal {
  readonly kind: 'user' | 'api-key';
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly role: Role;
  /** The session behind an access token; null for an API key. */
  readonly sessionId: string | null;
  /** May do nothing but change the password: somebody else may know it. Never of an API key. */
  readonly passwordChangeRequired: boolean;
}

const permissionSets: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(permissionsOf.owner),
  admin: new Set(permissionsOf.admin),
  operator: new Set(permissionsOf.operator),
  viewer: new Set(permissionsOf.viewer),
  auditor: new Set(permissionsOf.auditor),
};

/** What a role permits, as actors carry it. */
export const permissionSetOf = (role: Role): ReadonlySet<Permission> => permissionSets[role];

/** Whether somebody with these permissions may hand out, or take away, this role: never more than one has oneself. */
export const covers = (permissions: ReadonlySet<Permission>, role: Role): boolean =>
  permissionsOf[role].every((permission) => permissions.has(permission));

/** The actor of one request. */
export const actorOf = (principal: Principal, caller: Caller): Actor => ({
  kind: principal.kind,
  id: principal.id,
  name: principal.name,
  tenantId: principal.tenantId,
  role: principal.role,
  permissions: permissionSetOf(principal.role),
  address: caller.address,
  requestId: caller.requestId,
});
