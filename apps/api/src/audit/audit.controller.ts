import { Controller, Get, Query } from '@nestjs/common';
import { AuditReader } from '@plimsoll/audit';
import { AuditEventPage, AuditEventQuery, AuditVerification, CursorInvalid } from '@plimsoll/contracts';
import type { Actor, AuditEvent, Page } from '@plimsoll/contracts';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/audit-events')
export class AuditController {
  constructor(private readonly events: AuditReader) {}

  @Get()
  @Endpoint({
    operationId: 'listAuditEvents',
    summary: 'List audit events',
    description: 'The newest first. `from` is included, `until` is not.',
    permission: 'audit:read',
    response: AuditEventPage,
    problems: [CursorInvalid],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: AuditEventQuery }) query: z.output<typeof AuditEventQuery>,
  ): Promise<Page<AuditEvent>> {
    return this.events.list(actor, query);
  }

  @Get('verification')
  @Endpoint({
    operationId: 'verifyAuditEvents',
    summary: 'Verify the audit log',
    description:
      'Computes the chain of hashes over all events of the tenant again, and says where it is broken if it is.',
    permission: 'audit:read',
    response: AuditVerification,
  })
  verify(@CurrentActor() actor: Actor): Promise<AuditVerification> {
    return this.events.verify(actor);
  }
}
