import type { Role } from '../../api/generated/types.gen.ts';

/** Owners are made by owners only. */
export const assignableRoles = (mayMakeOwners: boolean): Role[] => [
  ...(mayMakeOwners ? (['owner'] as const) : []),
  'admin',
  'operator',
  'viewer',
  'auditor',
];
