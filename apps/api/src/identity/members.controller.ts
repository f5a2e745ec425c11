import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import {
  AccountExists,
  AddMember,
  AddedMember,
  AlreadyExists,
  CursorInvalid,
  LastOwner,
  Member,
  MemberPage,
  MemberQuery,
  NotFound,
  UpdateMember,
  Uuid,
} from '@plimsoll/contracts';
import type { Actor, Page } from '@plimsoll/contracts';
import { MemberService } from '@plimsoll/identity';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { IfMatch } from '../http/if-match.decorator.ts';

@Controller('v1/members')
export class MembersController {
  constructor(private readonly members: MemberService) {}

  @Get()
  @Endpoint({
    operationId: 'listMembers',
    summary: 'List members',
    permission: 'members:read',
    response: MemberPage,
    problems: [CursorInvalid],
  })
  list(
    @CurrentActor() actor: Actor,
    @Query({ schema: MemberQuery }) query: z.output<typeof MemberQuery>,
  ): Promise<Page<Member>> {
    return this.members.list(actor, query);
  }

  @Post()
  @Endpoint({
    operationId: 'addMember',
    summary: 'Add a member',
    description:
      'Makes a user with this email address, whose initial password is then shown this once and has to be changed at the first sign-in. ' +
      'Whoever has an account already is invited instead. Owners are made by owners only.',
    permission: 'members:manage',
    response: AddedMember,
    idempotent: true,
    secretResponse: true,
    etag: true,
    location: ({ id }) => `/v1/members/${id}`,
    problems: [AlreadyExists, AccountExists],
  })
  add(
    @CurrentActor() actor: Actor,
    @Body({ schema: AddMember }) body: z.output<typeof AddMember>,
  ): Promise<AddedMember> {
    return this.members.add(actor, body);
  }

  @Get(':memberId')
  @Endpoint({
    operationId: 'getMember',
    summary: 'Read a member',
    permission: 'members:read',
    response: Member,
    etag: true,
    problems: [NotFound],
  })
  get(@CurrentActor() actor: Actor, @Param('memberId', { schema: Uuid }) memberId: string): Promise<Member> {
    return this.members.read(actor, memberId);
  }

  @Patch(':memberId')
  @Endpoint({
    operationId: 'updateMember',
    summary: 'Change a member’s role',
    description: 'Owners are made and unmade by owners only, and one of them always stays.',
    permission: 'members:manage',
    response: Member,
    etag: true,
    problems: [NotFound, LastOwner],
  })
  update(
    @CurrentActor() actor: Actor,
    @Param('memberId', { schema: Uuid }) memberId: string,
    @IfMatch() expectedVersion: number | null,
    @Body({ schema: UpdateMember }) body: z.output<typeof UpdateMember>,
  ): Promise<Member> {
    return this.members.changeRole(actor, memberId, body, expectedVersion);
  }

  @Delete(':memberId')
  @Endpoint({
    operationId: 'removeMember',
    summary: 'Remove a member',
    description: 'Ends the member’s sessions in this tenant and revokes the API keys that the member made.',
    permission: 'members:manage',
    problems: [NotFound, LastOwner],
  })
  remove(@CurrentActor() actor: Actor, @Param('memberId', { schema: Uuid }) memberId: string): Promise<void> {
    return this.members.remove(actor, memberId);
  }
}
