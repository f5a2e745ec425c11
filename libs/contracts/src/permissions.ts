import { z } from 'zod';

export const roles = ['owner', 'admin', 'operator', 'viewer', 'auditor'] as const;
export const Role = z.enum(roles).meta({ id: 'Role', description: 'A named set of permissions.' });
export type Role = z.infer<typeof Role>;

/** Every permission a route may ask for, and what it lets one do. */
export const permissions = {
  'tenant:read': "See the tenant's name and settings",
  'tenant:update': "Change the tenant's name and settings",
  'members:read': 'See who is a member',
  'members:manage': 'Add members, change their roles, remove them',
  'owners:manage': 'Make and unmake owners',
  'api-keys:read': 'See API keys (never their secret)',
  'api-keys:manage': 'Create and revoke API keys',
  'hosts:read': 'See hosts and their state',
  'hosts:manage': 'Register, change and delete hosts and their credentials',
  'hosts:test': 'Test the connection to a host',
  'hosts:inspect-files': "Switch on reading a host's files",
  'scans:read': 'See scans, snapshots and results',
  'scans:start': 'Start and cancel scans',
  'findings:read': 'See findings',
  'findings:triage': 'Acknowledge findings and accept risks',
  'findings:attest': 'Answer, for a host, the questions that no scan can decide',
  'checks:read': 'See the catalogue of checks',
  'checks:configure': "Change the checks' parameters",
  'webhooks:read': 'See webhook endpoints and deliveries',
  'webhooks:manage': 'Create, change, delete and test webhook endpoints; redeliver',
  'audit:read': 'See the audit log',
} as const;
export type Permission = keyof typeof permissions;
export const allPermissions = Object.keys(permissions).filter((name): name is Permission => name in permissions);

const viewer: readonly Permission[] = ['tenant:read', 'hosts:read', 'scans:read', 'findings:read', 'checks:read'];
const operator: readonly Permission[] = [
  ...viewer,
  'hosts:manage',
  'hosts:test',
  'scans:start',
  'findings:triage',
  'findings:attest',
  'webhooks:read',
];
const admin: readonly Permission[] = [
  ...operator,
  'tenant:update',
  'members:read',
  'members:manage',
  'api-keys:read',
  'api-keys:manage',
  'hosts:inspect-files',
  'checks:configure',
  'webhooks:manage',
  'audit:read',
];
const auditor: readonly Permission[] = [...viewer, 'members:read', 'api-keys:read', 'webhooks:read', 'audit:read'];

/** What each role permits. */
export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = {
  owner: allPermissions,
  admin,
  operator,
  viewer,
  auditor,
};
