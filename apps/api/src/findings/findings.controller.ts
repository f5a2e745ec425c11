import { Controller, Get, Param, Query } from '@nestjs/common';
import { CursorInvalid, Finding, FindingPage, FindingQuery, NotFound, Uuid } from '@plimsoll/contracts';
import type { Actor, Page } from '@plimsoll/contracts';
import { FindingsService } from '@plimsoll/scanning';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/findings')
export class FindingsController {
  constructor(private readonly findings: FindingsService) {}

  @Get()
  @Endpoint({
    operationId: 'listFindings',
    summary: 'List findings across the fleet',
    permission: 'findings:read',
    response: FindingPage,
    problems: [CursorInvalid],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: FindingQuery }) query: z.output<typeof FindingQuery>,
  ): Promise<Page<Finding>> {
    return this.findings.list(actor, query);
  }

  @Get(':findingId')
  @Endpoint({
    operationId: 'getFinding',
    summary: 'Read a finding',
    permission: 'findings:read',
    response: Finding,
    problems: [NotFound],
  })
  get(@CurrentActor() actor: Actor, @Param('findingId', { schema: Uuid }) findingId: string): Promise<Finding> {
    return this.findings.get(actor, findingId);
  }
}
