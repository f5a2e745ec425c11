import { AuditWriter } from '@plimsoll/audit';
import { Database } from '@plimsoll/persistence';
import { Injectable } from '@nestjs/common';
import { RefusalRecorder } from '../http/ports.ts';
import type { Refusal } from '../http/ports.ts';

/** Writes what the permission guard refuses to the log of the actor's tenant. */
@Injectable()
export class AuditRefusalRecorder extends RefusalRecorder {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditWriter,
  ) {
    super();
  }

  override async recordRefusal({ actor, permission, operationId, method, path }: Refusal): Promise<void> {
    await this.database.forTenant(actor.tenantId, (tx) =>
      this.audit.record(tx, actor, {
        action: 'request.authorized',
        subject: { kind: 'operation', id: operationId, name: `${method} ${path.slice(0, 300)}` },
        outcome: 'refused',
        details: { reason: 'permission-missing', permission },
      }),
    );
  }
}
