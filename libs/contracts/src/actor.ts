import type { Permission, Role } from './permissions.ts';

/** Who acts, as every service sees it: made by the authentication guard, or by the system for itself. */
export interface Actor {
  readonly kind: 'user' | 'api-key' | 'system';
  readonly id: string | null;
  readonly name: string;
  readonly tenantId: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
  /** Where the request came from; null for the system. */
  readonly address: string | null;
  readonly requestId: string | null;
}
