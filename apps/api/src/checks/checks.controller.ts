import { Controller, Get, Param, Query } from '@nestjs/common';
import { CheckDescription, CheckId, CheckList, CheckQuery, NotFound } from '@plimsoll/contracts';
import { CatalogueReader } from '@plimsoll/scanning';
import type { z } from 'zod';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/checks')
export class ChecksController {
  constructor(private readonly catalogue: CatalogueReader) {}

  @Get()
  @Endpoint({
    operationId: 'listChecks',
    summary: 'List the catalogue of checks',
    permission: 'checks:read',
    response: CheckList,
  })
  list(@Query({ schema: CheckQuery }) query: z.output<typeof CheckQuery>): z.infer<typeof CheckList> {
    return this.catalogue.list(query);
  }

  @Get(':checkId')
  @Endpoint({
    operationId: 'getCheck',
    summary: 'Read a check',
    permission: 'checks:read',
    response: CheckDescription,
    problems: [NotFound],
  })
  get(@Param('checkId', { schema: CheckId }) checkId: string): CheckDescription {
    return this.catalogue.get(checkId);
  }
}
