import { Body, Controller, Get, Patch } from '@nestjs/common';
import { Tenant, UpdateTenant } from '@plimsoll/contracts';
import type { Actor } from '@plimsoll/contracts';
import { TenantService } from '@plimsoll/identity';
import type { z } from 'zod';
import { CurrentActor } from '../http/current-actor.decorator.ts';
import { Endpoint } from '../http/endpoint.decorator.ts';
import { IfMatch } from '../http/if-match.decorator.ts';

@Controller('v1/tenant')
export class TenantController {
  constructor(private readonly tenants: TenantService) {}

  @Get()
  @Endpoint({
    operationId: 'getTenant',
    summary: 'Read the tenant',
    permission: 'tenant:read',
    response: Tenant,
    etag: true,
  })
  get(@CurrentActor() actor: Actor): Promise<Tenant> {
    return this.tenants.read(actor);
  }

  @Patch()
  @Endpoint({
    operationId: 'updateTenant',
    summary: 'Change the tenant',
    permission: 'tenant:update',
    response: Tenant,
    etag: true,
  })
  update(
    @CurrentActor() actor: Actor,
    @IfMatch() expectedVersion: number | null,
    @Body({ schema: UpdateTenant }) body: z.output<typeof UpdateTenant>,
  ): Promise<Tenant> {
    return this.tenants.update(actor, body, expectedVersion);
  }
}
