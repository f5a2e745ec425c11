import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import {
  AcceptInvitation,
  AcceptedInvitation,
  AlreadyExists,
  CreateInvitation,
  CreatedInvitation,
  CursorInvalid,
  InvitationPage,
  InvitationQuery,
  NotFound,
  PermissionMissing,
  Uuid,
} from '@plimsoll/contracts';
import type { Actor, Invitation, Page } from '@plimsoll/contracts';
import { InvitationService } from '@plimsoll/identity';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/invitations')
export class InvitationsController {
  constructor(private readonly invitations: InvitationService) {}

  @Get()
  @Endpoint({
    operationId: 'listInvitations',
    summary: 'List invitations',
    description: 'Those that nobody has accepted yet, the newest first. Codes are never shown again.',
    permission: 'members:read',
    response: InvitationPage,
    problems: [CursorInvalid],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: InvitationQuery }) query: z.output<typeof InvitationQuery>,
  ): Promise<Page<Invitation>> {
    return this.invitations.list(actor, query);
  }

  @Post()
  @Endpoint({
    operationId: 'createInvitation',
    summary: 'Invite somebody',
    description:
      'For whoever has an account already, or makes one. The answer holds a code, shown this once, to hand over to the ' +
      'person, who accepts with it within 7 days. A second invitation of an address ends the first.',
    permission: 'members:manage',
    response: CreatedInvitation,
    idempotent: true,
    secretResponse: true,
    problems: [AlreadyExists],
  })
  create(
    @CurrentActor() actor: Actor,
    @Body({ schema: CreateInvitation }) body: z.output<typeof CreateInvitation>,
  ): Promise<CreatedInvitation> {
    return this.invitations.create(actor, body);
  }

  @Delete(':invitationId')
  @Endpoint({
    operationId: 'withdrawInvitation',
    summary: 'Withdraw an invitation',
    permission: 'members:manage',
    problems: [NotFound],
  })
  withdraw(@CurrentActor() actor: Actor, @Param('invitationId', { schema: Uuid }) invitationId: string): Promise<void> {
    return this.invitations.withdraw(actor, invitationId);
  }
}

@Controller('v1/memberships')
export class MembershipsController {
  constructor(private readonly invitations: InvitationService) {}

  @Post()
  @Endpoint({
    operationId: 'acceptInvitation',
    summary: 'Accept an invitation',
    description:
      'Makes the user who asks a member of the tenant that the code is of; renew the session with that tenant to go ' +
      'there. The invitation must be for the email address of the account. Not for API keys.',
    permission: 'authenticated',
    response: AcceptedInvitation,
    idempotent: true,
    problems: [NotFound, PermissionMissing],
  })
  accept(
    @CurrentActor() actor: Actor,
    @Body({ schema: AcceptInvitation }) body: z.output<typeof AcceptInvitation>,
  ): Promise<AcceptedInvitation> {
    return this.invitations.accept(actor, body.code);
  }
}
