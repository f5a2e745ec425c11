import { Controller, Get, Param, Query } from '@nestjs/common';
import { ComplianceQuery, HostCompliance, NotFound, Uuid } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { ComplianceService } from '@plimsoll/scanning';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/hosts/:hostId/compliance')
export class ComplianceController {
  constructor(private readonly compliance: ComplianceService) {}

  @Get()
  @Endpoint({
    operationId: 'getHostCompliance',
    summary: 'How a host stands by a benchmark or by theme',
    description:
      'Sections with a percentage each, of the checks that apply and could be decided; for those that could not, why, and which setting would let them tell. Of the newest scan or judgement with a result.',
    permission: 'scans:read',
    response: HostCompliance,
    problems: [NotFound],
  })
  ofHost(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Query({ schema: ComplianceQuery }) query: z.output<typeof ComplianceQuery>,
  ): Promise<HostCompliance> {
    return this.compliance.ofHost(actor, hostId, query);
  }
}
