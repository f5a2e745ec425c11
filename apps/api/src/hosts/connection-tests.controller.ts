import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import { ConnectionTest, CredentialRejected, NotFound, TestConnection, Uuid } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { HostConnectionsService } from '@plimsoll/scanning';
import type { z } from 'zod';
import type { ApiReply } from '../http/api-request.ts';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { untilClientLeaves } from '../http/until-client-leaves.ts';

@Controller('v1')
export class ConnectionTestsController {
  constructor(private readonly connections: HostConnectionsService) {}

  @Post('connection-tests')
  @Endpoint({
    operationId: 'testConnection',
    summary: 'Test a connection before a host is saved',
    description:
      'Says exactly what is wrong and what to do. A connection that does not work is a result, not a problem.',
    permission: 'hosts:manage',
    status: 200,
    response: ConnectionTest,
    problems: [CredentialRejected],
  })
  testUnsaved(
    @CurrentActor() actor: Actor,
    @Body({ schema: TestConnection }) body: z.output<typeof TestConnection>,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ConnectionTest> {
    return this.connections.testUnsaved(actor, body, untilClientLeaves(reply));
  }

  @Post('hosts/:hostId/connection-tests')
  @Endpoint({
    operationId: 'testHostConnection',
    summary: 'Test the connection to a host',
    description: 'The outcome is kept as the host’s reachability.',
    permission: 'hosts:test',
    status: 200,
    response: ConnectionTest,
    problems: [NotFound],
  })
  testSaved(
    @CurrentActor() actor: Actor,
    @Param('hostId', { schema: Uuid }) hostId: string,
    @Res({ passthrough: true }) reply: ApiReply,
  ): Promise<ConnectionTest> {
    return this.connections.testSaved(actor, hostId, untilClientLeaves(reply));
  }
}
