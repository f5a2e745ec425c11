import type { AuditActor } from '@plimsoll/audit';

/** Plimsoll itself, in a tenant's audit log. */
export const systemActor = (tenantId: string): AuditActor => ({
  kind: 'system',
  id: null,
  name: 'Plimsoll',
  tenantId,
  address: null,
  requestId: null,
});
