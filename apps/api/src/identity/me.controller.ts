import { Body, Controller, Get, Put, Req } from '@nestjs/common';
import {
  ChangePassword,
  CredentialsInvalid,
  LoginThrottled,
  PermissionMissing,
  RoleList,
  WhoAmI,
} from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { PasswordService, describeRoles, whoAmI } from '@plimsoll/identity';
import { Database } from '@plimsoll/persistence';
import type { z } from 'zod';
import type { ApiRequest } from '../http/api-request.ts';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1')
export class MeController {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordService,
  ) {}

  @Get('me')
  @Endpoint({
    operationId: 'getMe',
    summary: 'Who is asking',
    description: 'The user or API key behind the credentials, its tenant, its role and what that permits.',
    permission: 'authenticated',
    beforePasswordChange: true,
    response: WhoAmI,
  })
  me(@CurrentActor() actor: Actor): Promise<WhoAmI> {
    return whoAmI(this.database, actor);
  }

  @Put('me/password')
  @Endpoint({
    operationId: 'changePassword',
    summary: 'Change one’s own password',
    description: 'Ends all other sessions of the user. Not for API keys.',
    permission: 'authenticated',
    beforePasswordChange: true,
    problems: [CredentialsInvalid, LoginThrottled, PermissionMissing],
  })
  changePassword(
    @CurrentActor() actor: Actor,
    @Body({ schema: ChangePassword }) body: z.output<typeof ChangePassword>,
    @Req() request: ApiRequest,
  ): Promise<void> {
    return this.passwords.change(actor, request.sessionId ?? null, body);
  }

  @Get('roles')
  @Endpoint({
    operationId: 'listRoles',
    summary: 'List roles and what they permit',
    permission: 'authenticated',
    response: RoleList,
  })
  roles(): RoleList {
    return describeRoles();
  }
}
