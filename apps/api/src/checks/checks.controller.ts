import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import {
  CheckDescription,
  CheckId,
  CheckList,
  CheckParameters,
  CheckQuery,
  NotFound,
  SetCheckParameters,
} from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { CatalogueReader, CheckParametersService } from '@plimsoll/scanning';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { IfMatch } from '../http/if-match.decorator.ts';

@Controller('v1/checks')
export class ChecksController {
  constructor(
    private readonly catalogue: CatalogueReader,
    private readonly parameters: CheckParametersService,
  ) {}

  @Get()
  @Endpoint({
    operationId: 'listChecks',
    summary: 'List the catalogue of checks',
    description: 'Each with what can be adjusted of it, and what the tenant has adjusted.',
    permission: 'checks:read',
    response: CheckList,
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: CheckQuery }) query: z.output<typeof CheckQuery>,
  ): Promise<z.infer<typeof CheckList>> {
    return this.catalogue.list(actor, query);
  }

  @Get(':checkId')
  @Endpoint({
    operationId: 'getCheck',
    summary: 'Read a check',
    permission: 'checks:read',
    response: CheckDescription,
    problems: [NotFound],
  })
  get(@CurrentActor() actor: Actor, @Param('checkId', { schema: CheckId }) checkId: string): Promise<CheckDescription> {
    return this.catalogue.get(actor, checkId);
  }

  @Get(':checkId/parameters')
  @Endpoint({
    operationId: 'getCheckParameters',
    summary: 'Read the parameters of a check',
    description: 'What can be set, its defaults, and what the tenant has set.',
    permission: 'checks:read',
    response: CheckParameters,
    etag: true,
    problems: [NotFound],
  })
  getParameters(
    @CurrentActor() actor: Actor,
    @Param('checkId', { schema: CheckId }) checkId: string,
  ): Promise<CheckParameters> {
    return this.parameters.get(actor, checkId);
  }

  @Put(':checkId/parameters')
  @Endpoint({
    operationId: 'setCheckParameters',
    summary: 'Set the parameters of a check',
    description:
      'Replaces all values of the tenant; what is left out is at its default. Every host is then judged again by its stored snapshot, with no contact to it.',
    permission: 'checks:configure',
    response: CheckParameters,
    etag: true,
    problems: [NotFound],
  })
  setParameters(
    @CurrentActor() actor: Actor,
    @Param('checkId', { schema: CheckId }) checkId: string,
    @IfMatch() version: number | null,
    @Body({ schema: SetCheckParameters }) body: z.output<typeof SetCheckParameters>,
  ): Promise<CheckParameters> {
    return this.parameters.set(actor, checkId, version, body.values);
  }

  @Delete(':checkId/parameters')
  @Endpoint({
    operationId: 'resetCheckParameters',
    summary: 'Go back to the defaults of a check',
    description: 'Every host is then judged again by its stored snapshot, with no contact to it.',
    permission: 'checks:configure',
    problems: [NotFound],
  })
  resetParameters(@CurrentActor() actor: Actor, @Param('checkId', { schema: CheckId }) checkId: string): Promise<void> {
    return this.parameters.reset(actor, checkId);
  }
}
