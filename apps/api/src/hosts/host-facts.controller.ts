import { Controller, Get, Param } from '@nestjs/common';
import { type Actor, HostFacts, NotFound, Uuid } from '@plimsoll/contracts';
import { HostFactsService } from '@plimsoll/scanning';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/hosts/:hostId/facts')
export class HostFactsController {
  constructor(private readonly facts: HostFactsService) {}

  @Get()
  @Endpoint({
    operationId: 'getHostFacts',
    summary: "Facts of a host's endpoint and engine",
    description:
      'As the last scan with a result saw them: certificates, accepted TLS versions, what strangers are answered, and the versions of the engine and its parts.',
    permission: 'hosts:read',
    response: HostFacts,
    problems: [NotFound],
  })
  get(@CurrentActor() actor: Actor, @Param('hostId', { schema: Uuid }) hostId: string): Promise<HostFacts> {
    return this.facts.read(actor, hostId);
  }
}
