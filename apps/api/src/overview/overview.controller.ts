import { Controller, Get } from '@nestjs/common';
import { FleetOverview } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { OverviewService } from '@plimsoll/scanning';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/overview')
export class OverviewController {
  constructor(private readonly overviews: OverviewService) {}

  @Get()
  @Endpoint({
    operationId: 'getOverview',
    summary: 'The fleet at a glance',
    permission: 'hosts:read',
    response: FleetOverview,
  })
  read(@CurrentActor() actor: Actor): Promise<FleetOverview> {
    return this.overviews.read(actor);
  }
}
